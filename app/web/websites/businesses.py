"""Reading businesses and what was found on their websites. All users of the installation share them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from starlette.requests import Request
from starlette.responses import Response

from app.db.core.pool import Connection
from app.db.websites.businesses import (
    BusinessFilters,
    ExportedBusiness,
    get_business,
    list_businesses,
    list_for_export,
)
from app.db.websites.contacts import list_contacts
from app.db.websites.validations import list_validations
from app.domain.vocabulary.websites import WebsiteStatus
from app.errors import NotFound
from app.web.accounts import auth
from app.web.http import request_parsing
from app.web.http.csv_export import csv_response
from app.web.http.pagination import Paging, keyset_pages, page_of
from app.web.http.responses import JSON
from app.web.http.schema_types import Timestamp
from app.web.platform import get_platform
from app.web.websites import presenters

EXPORT_PAGE_SIZE = 1_000
EXPORT_COLUMNS = (
    "id", "name", "website", "domain", "websiteStatus", "websiteCheckedAt", "phone", "category", "address", "city",
    "state", "zipCode", "country", "latitude", "longitude", "placeId", "externalId", "source", "excluded",
    "attribution",
)  # fmt: skip


class FilterQuery(BaseModel):
    """Query parameters that filter businesses; all that are given must match."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    website_status: WebsiteStatus | None = None
    has_website: Literal["true", "false"] | None = None
    has_email: Literal["true", "false"] | None = None
    has_social: Literal["true", "false"] | None = None
    excluded: Literal["true", "false"] | None = None
    domain: str | None = Field(default=None, max_length=255)
    city: str | None = Field(default=None, max_length=300)
    state: str | None = Field(default=None, max_length=300)
    source: str | None = Field(default=None, max_length=100)
    q: str | None = Field(default=None, min_length=1, max_length=200)
    """Part of the name."""
    checked_before: Timestamp | None = None
    """Last validated before this time, or never."""

    def to_filters(self) -> BusinessFilters:
        return BusinessFilters(
            website_status=self.website_status,
            has_website=_flag(self.has_website),
            has_email=_flag(self.has_email),
            has_social=_flag(self.has_social),
            excluded=_flag(self.excluded),
            domain=self.domain and self.domain.lower(),
            city=self.city,
            state=self.state,
            source=self.source,
            name_contains=self.q,
            checked_before=self.checked_before,
        )


def _flag(value: str | None) -> bool | None:
    return None if value is None else value == "true"


class ListQuery(FilterQuery, Paging):
    pass


async def index(request: Request) -> Response:
    """200 with a page of businesses, newest first, each with its number of contacts by kind."""
    await auth.require(request)
    query = request_parsing.parse_query(request, ListQuery)
    async with get_platform(request).pool.acquire() as conn:
        listed, total = await list_businesses(conn, query.to_filters(), limit=query.limit, offset=query.offset)
    items = [presenters.business(entry.business) | {"found": entry.contact_counts} for entry in listed]
    return JSON(page_of("businesses", items, total, query))


async def read(request: Request) -> Response:
    """200 with a business and all its contacts, each with its evidence."""
    await auth.require(request)
    business_id = request_parsing.path_id(request)
    async with get_platform(request).pool.acquire() as conn:
        business = await get_business(conn, business_id)
        contacts = await list_contacts(conn, business_id)
    if business is None:
        raise NotFound(f"Business {business_id} not found.")
    return JSON(presenters.business(business) | presenters.contact_lists(contacts))


async def validations(request: Request) -> Response:
    """200 with a page of the validations of a business, newest first."""
    await auth.require(request)
    business_id, paging = request_parsing.path_id(request), request_parsing.parse_query(request, Paging)
    async with get_platform(request).pool.acquire() as conn:
        if await get_business(conn, business_id) is None:
            raise NotFound(f"Business {business_id} not found.")
        found, total = await list_validations(conn, business_id, limit=paging.limit, offset=paging.offset)
    return JSON(page_of("checks", [presenters.validation(entry) for entry in found], total, paging))


async def export_csv(request: Request) -> Response:
    """200 with a CSV file of the businesses that match; each cell of contacts lists them, highest confidence first."""
    await auth.require(request)
    filters = request_parsing.parse_query(request, FilterQuery).to_filters()

    async def read_page(conn: Connection, after: UUID | None) -> Sequence[ExportedBusiness]:
        return await list_for_export(conn, filters, after=after, limit=EXPORT_PAGE_SIZE)

    pages = keyset_pages(get_platform(request).pool, read_page, lambda entry: entry.business.id, EXPORT_PAGE_SIZE)
    header = (*EXPORT_COLUMNS, *(list_name for _, list_name, _ in presenters.CONTACT_LISTS))
    return await csv_response("businesses.csv", header, (map(_cells, page) async for page in pages))


def _cells(entry: ExportedBusiness) -> Iterable[object]:
    fields = presenters.business(entry.business)
    yield from (fields[name] for name in EXPORT_COLUMNS)
    for kind, _, _ in presenters.CONTACT_LISTS:
        yield " ".join(entry.contacts.get(kind, ()))
