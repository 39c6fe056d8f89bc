"""Reading businesses: one, a filtered list, or the next ones by id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from app.db.core.conditions import Conditions, escape_like
from app.db.core.pages import Page, count_or_estimate
from app.db.core.pool import Connection
from app.domain.vocabulary.websites import ContactKind

COLUMNS = """b.id, b.source, b.place_id, b.external_id, b.name, b.website, b.domain, b.phone, b.category, b.address,
b.city, b.state, b.zip_code, b.country, b.latitude, b.longitude, b.attribution, b.excluded_by, b.website_status,
b.website_checked_at, b.website_evidence, b.created_at, b.updated_at"""


@dataclass(frozen=True, slots=True)
class Business:
    """A stored business."""

    id: UUID
    source: str
    """Where it comes from: `rest`, `csv`, a provider of places, or the name given to an import."""
    place_id: str | None
    external_id: str | None
    name: str
    website: str | None
    domain: str | None
    """The registered domain of the website."""
    phone: str | None
    category: str | None
    address: str | None
    city: str | None
    state: str | None
    zip_code: str | None
    country: str
    """ISO 3166-1 alpha-2, in lower case."""
    latitude: float | None
    longitude: float | None
    attribution: str | None
    excluded_by: UUID | None
    """The exclusion that applies to it."""
    website_status: str | None
    website_checked_at: datetime | None
    website_evidence: str | None
    """JSON text."""
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ListedBusiness:
    """A business in a list."""

    business: Business
    contact_counts: Mapping[ContactKind, int]
    """Number of contacts by kind; kinds without any are left out."""


@dataclass(frozen=True, slots=True)
class ExportedBusiness:
    """A business in an export."""

    business: Business
    contacts: Mapping[str, Sequence[str]]
    """Values by kind, highest confidence first; kinds without any are left out."""


@dataclass(frozen=True)
class BusinessFilters:
    """Filters that are joined by AND; None matches every business."""

    website_status: str | None = None
    has_website: bool | None = None
    has_email: bool | None = None
    has_social: bool | None = None
    excluded: bool | None = None
    domain: str | None = None
    city: str | None = None
    state: str | None = None
    source: str | None = None
    name_contains: str | None = None
    checked_before: datetime | None = None
    """Last validated before this time, or never."""

    def conditions(self) -> Conditions:
        """Return the conditions on `businesses AS b`."""
        where = Conditions()
        where.add_if_given("b.website_status = {}", self.website_status)
        for condition, flag in (
            ("b.website IS NOT NULL", self.has_website),
            (_HAS_CONTACT.format(kind="email"), self.has_email),
            (_HAS_CONTACT.format(kind="social"), self.has_social),
            ("b.excluded_by IS NOT NULL", self.excluded),
        ):
            if flag is not None:
                where.add(condition if flag else f"NOT ({condition})")
        where.add_if_given("b.domain = {}", self.domain)
        where.add_if_given("lower(b.city) = lower({})", self.city)
        where.add_if_given("lower(b.state) = lower({})", self.state)
        where.add_if_given("b.source = {}", self.source)
        if self.name_contains is not None:
            where.add("b.name ILIKE {}", f"%{escape_like(self.name_contains)}%")
        where.add_if_given("b.website_checked_at IS NULL OR b.website_checked_at < {}", self.checked_before)
        return where


_HAS_CONTACT = "EXISTS (SELECT FROM business_contacts AS c WHERE c.business_id = b.id AND c.kind = '{kind}')"


async def get_business(conn: Connection, business_id: UUID) -> Business | None:
    """Return the business, None if there is none with this id."""
    row = await conn.fetchrow(f"SELECT {COLUMNS} FROM businesses AS b WHERE id = $1", business_id)
    return Business(**row) if row else None


async def list_businesses(
    conn: Connection, filters: BusinessFilters, *, before: UUID | None = None, limit: int, offset: int = 0
) -> Page[ListedBusiness]:
    """Return one page of businesses, newest first; `before` (a cursor) limits it to those older than that one."""
    where = filters.conditions()
    total = await count_or_estimate(conn, f"SELECT FROM businesses AS b WHERE {where}", where.args)
    where.add_if_given("b.id < {}", before)
    rows = await conn.fetch(
        f"""SELECT {COLUMNS}, (
                SELECT json_object_agg(kind, n) FROM (
                    SELECT kind, count(*) AS n FROM business_contacts AS c WHERE c.business_id = b.id GROUP BY kind
                ) AS counted) AS contact_counts
            FROM businesses AS b WHERE {where}
            ORDER BY b.id DESC LIMIT {where.arg(limit + 1)} OFFSET {where.arg(offset)}""",
        *where.args,
    )
    found = [dict(row) for row in rows]
    counts = [
        {ContactKind(kind): n for kind, n in orjson.loads(row.pop("contact_counts") or "{}").items()} for row in found
    ]
    listed = [ListedBusiness(Business(**row), count) for row, count in zip(found, counts, strict=True)]
    return Page.of(listed, limit, total)


async def list_for_export(
    conn: Connection, filters: BusinessFilters, *, after: UUID | None, limit: int
) -> list[ExportedBusiness]:
    """Return the next businesses by id, those behind `after`, with their contacts."""
    where = filters.conditions()
    where.add_if_given("b.id > {}", after)
    rows = await conn.fetch(
        f"""SELECT {COLUMNS}, (
                SELECT json_agg(json_build_array(c.kind, c.value) ORDER BY c.confidence DESC, c.value)
                FROM business_contacts AS c WHERE c.business_id = b.id) AS contacts
            FROM businesses AS b WHERE {where} ORDER BY b.id LIMIT {where.arg(limit)}""",
        *where.args,
    )
    exported = []
    for row in map(dict, rows):
        contacts: dict[str, list[str]] = {}
        for kind, value in orjson.loads(row.pop("contacts") or "[]"):
            contacts.setdefault(kind, []).append(value)
        exported.append(ExportedBusiness(Business(**row), contacts))
    return exported


async def list_ids_to_visit(
    conn: Connection, business_ids: Sequence[UUID] | None, *, after: UUID | None, limit: int
) -> list[UUID]:
    """Return the next ids of businesses that have a website and are not excluded, of the given ones or of all."""
    return await _list_ids(conn, "$1::uuid[] IS NULL OR id = ANY($1)", business_ids, after, limit)


async def list_stale_ids(conn: Connection, *, stale_after_days: float, after: UUID | None, limit: int) -> list[UUID]:
    """Return the next ids of businesses to visit whose website was not validated in the last days, or never."""
    is_stale = "website_checked_at IS NULL OR website_checked_at < now() - make_interval(secs => $1)"
    return await _list_ids(conn, is_stale, stale_after_days * 86_400, after, limit)


async def _list_ids(conn: Connection, condition: str, value: Any, after: UUID | None, limit: int) -> list[UUID]:
    """Return the ids behind `after` of businesses to visit that meet a condition on `$1`, in their order."""
    rows = await conn.fetch(
        f"""SELECT id FROM businesses WHERE website IS NOT NULL AND excluded_by IS NULL
            AND ({condition}) AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3""",
        value,
        after,
        limit,
    )
    return [row["id"] for row in rows]
