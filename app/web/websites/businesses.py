"""Reading businesses and what was found on their websites. All users of the installation share them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal
from uuid import UUID

from pydantic import Field
from pydantic.alias_generators import to_camel
from starlette.requests import Request
from starlette.responses import Response

from app.db.core.pool import Connection
from app.db.jobs import records as jobs
from app.db.websites.businesses import (
    BusinessFilters,
    ExportedBusiness,
    get_business,
    list_businesses,
    list_for_export,
)
from app.db.websites.contacts import list_contacts
from app.db.websites.validations import list_validations
from app.domain.text.typed_columns import typed_columns
from app.domain.vocabulary.websites import WebsiteStatus
from app.errors import NotFound
from app.web.accounts import auth
from app.web.http import request_parsing
from app.web.http.cursors import RowId, decode_cursor, encode_cursor
from app.web.http.downloads import send_table
from app.web.http.models import KeysetPageModel, RequestModel
from app.web.http.off_loop import off_loop_for
from app.web.http.operation import operation
from app.web.http.pagination import KeysetPaging, OpaqueKeysetPaging, keyset_fields, keyset_pages
from app.web.http.responses import JSON
from app.web.http.schema_types import Timestamp
from app.web.http.table_download import Table
from app.web.http.table_formats import ALL_FORMATS, TableDownload, TableFormat, choose_format, table_reply
from app.web.jobs.access import reader_id
from app.web.platform import get_platform
from app.web.websites import presenters

EXPORT_PAGE_SIZE = 1_000
EXPORT_FIELDS = (
    "id", "name", "website", "domain", "website_status", "website_checked_at", "phone", "category", "address", "city",
    "state", "zip_code", "country", "latitude", "longitude", "place_id", "external_id", "source", "excluded",
    "attribution",
)  # fmt: skip
"""The names of the columns are these in camelCase."""


Flag = Literal["true", "false"]


class BusinessFilterQuery(RequestModel):
    """Query parameters that filter businesses; all that are given must match."""

    website_status: WebsiteStatus | None = None
    """The result of the last validation."""
    has_website: Flag | None = None
    has_email: Flag | None = None
    """Whether an e-mail address was found on the website."""
    has_social: Flag | None = None
    """Whether a profile of a social network was found on the website."""
    excluded: Flag | None = None
    """Whether an exclusion applies."""
    domain: str | None = Field(default=None, max_length=255)
    """The registered domain of the website, in any case."""
    city: str | None = Field(default=None, max_length=300)
    """In any case."""
    state: str | None = Field(default=None, max_length=300)
    """As it was given, in any case."""
    source: str | None = Field(default=None, max_length=100)
    """`rest`, `csv`, a provider of places, or the name given to an import."""
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


class BusinessExportQuery(BusinessFilterQuery, TableDownload):
    """The query parameters of the download of businesses."""


class BusinessQuery(BusinessFilterQuery, KeysetPaging):
    """The query parameters of the list of businesses."""


class BusinessPage(KeysetPageModel):
    businesses: list[presenters.ListedBusinessModel]


class CheckPage(KeysetPageModel):
    checks: list[presenters.WebsiteCheck]


@operation("listBusinesses", tag="Businesses", query=BusinessQuery, returns={200: BusinessPage})
async def index(request: Request) -> Response:
    """List businesses, newest first, each with its number of contacts by kind."""
    await auth.require(request)
    query = request_parsing.parse_query(request, BusinessQuery)
    async with get_platform(request).pool.acquire() as conn:
        page = await list_businesses(
            conn, query.to_filters(), before=query.cursor, limit=query.limit, offset=query.offset
        )

    def respond() -> Response:
        businesses = [
            presenters.ListedBusinessModel(
                **presenters.business_fields(entry.business),
                found={str(kind): number for kind, number in entry.contact_counts.items()},
            )
            for entry in page.rows
        ]
        return JSON(BusinessPage(businesses=businesses, **keyset_fields(page, query, lambda entry: entry.business.id)))

    return await off_loop_for(len(page.rows), respond)


@operation("getBusiness", tag="Businesses", returns={200: presenters.BusinessDetails})
async def read(request: Request) -> Response:
    """Return a business and all contacts found on its website, each with its evidence."""
    await auth.require(request)
    business_id = request_parsing.path_id(request)
    async with get_platform(request).pool.acquire() as conn:
        business = await get_business(conn, business_id)
        contacts = await list_contacts(conn, business_id)
    if business is None:
        raise NotFound(f"Business {business_id} not found.")
    lists = presenters.contact_lists(contacts)
    return JSON(presenters.BusinessDetails(**presenters.business_fields(business), **lists))


@operation("listBusinessChecks", tag="Businesses", query=OpaqueKeysetPaging, returns={200: CheckPage})
async def validations(request: Request) -> Response:
    """List the validations of a business's website, newest first."""
    user = await auth.require(request)
    business_id, paging = request_parsing.path_id(request), request_parsing.parse_query(request, OpaqueKeysetPaging)
    before = decode_cursor(paging.cursor, tuple[RowId])[0] if paging.cursor else None
    async with get_platform(request).pool.acquire() as conn:
        if await get_business(conn, business_id) is None:
            raise NotFound(f"Business {business_id} not found.")
        page = await list_validations(conn, business_id, before=before, limit=paging.limit, offset=paging.offset)
        readable = await jobs.list_readable(conn, [entry.job_id for entry in page.rows], reader_id(user))
    checks = [presenters.present_validation(entry, readable) for entry in page.rows]
    return JSON(CheckPage(checks=checks, **keyset_fields(page, paging, lambda entry: encode_cursor(entry.id))))


@operation(
    "exportBusinesses",
    tag="Businesses",
    query=BusinessExportQuery,
    returns={200: table_reply(ALL_FORMATS)},
)
async def export_csv(request: Request) -> Response:
    """Download the businesses that match: as CSV, a spreadsheet, or points for a map.

    The cells of e-mail addresses, profiles and telephone numbers list them, highest confidence first.
    """
    await auth.require(request)
    query = request_parsing.parse_query(request, BusinessExportQuery)
    filters = query.to_filters()

    async def read_page(conn: Connection, after: UUID | None) -> Sequence[ExportedBusiness]:
        return await list_for_export(conn, filters, after=after, limit=EXPORT_PAGE_SIZE)

    pages = keyset_pages(get_platform(request).pool, read_page, lambda entry: entry.business.id, EXPORT_PAGE_SIZE)
    names = [*map(to_camel, EXPORT_FIELDS), *(list_name for _, list_name, _ in presenters.CONTACT_LISTS)]
    table = Table(
        "businesses",
        typed_columns(names, numbers=("latitude", "longitude"), dates=("websiteCheckedAt",), booleans=("excluded",)),
        ([[*_cells(entry)] for entry in page] async for page in pages),
        point=(EXPORT_FIELDS.index("latitude"), EXPORT_FIELDS.index("longitude")),
        id_column=EXPORT_FIELDS.index("id"),
    )
    format = choose_format(request, query.format, ALL_FORMATS, TableFormat.CSV)
    return await send_table(request, table, format, bom=query.bom == "true")


def _cells(entry: ExportedBusiness) -> Iterable[object]:
    fields = presenters.business_fields(entry.business)
    yield from (fields[name] for name in EXPORT_FIELDS)
    for kind, _, _ in presenters.CONTACT_LISTS:
        yield " ".join(entry.contacts.get(kind, ()))
