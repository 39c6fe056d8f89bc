"""Inserting and updating businesses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from app.db.core import locks
from app.db.core.locks import Lock
from app.db.core.pool import Connection
from app.db.core.slices import slices
from app.domain.websites.businesses import NewBusiness, normalise_name
from app.domain.websites.extraction.hosts import domain_of, host_of

COLUMN_TYPES = {
    "place_id": "text", "external_id": "text", "name": "text", "website": "text", "domain": "text", "phone": "text",
    "category": "text", "address": "text", "city": "text", "state": "text", "zip_code": "text", "country": "text",
    "latitude": "float8", "longitude": "float8", "attribution": "text",
}  # fmt: skip
"""The columns that the sender of a business fills, with their types, in the order of UPSERT's arguments."""


@dataclass(frozen=True, slots=True)
class BusinessUpsert:
    """The result of saving one submitted business."""

    id: UUID
    key: str
    is_new: bool
    is_changed: bool
    """Whether an existing business differs from before."""
    is_excluded: bool
    website: str | None


_NAMES = ", ".join(COLUMN_TYPES)
_HAS_NEW_WEBSITE = "(excluded.website IS NOT NULL AND excluded.website IS DISTINCT FROM b.website)"

_IS_CHANGED = " OR ".join(
    f"excluded.{name} IS NOT NULL AND excluded.{name} IS DISTINCT FROM b.{name}" for name in COLUMN_TYPES
)

UPSERT = f"""
WITH submitted AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[],
                         {", ".join(f"${i}::{kind}[]" for i, kind in enumerate(COLUMN_TYPES.values(), 7))})
        AS submitted (id, key, plain_name, hosts, {_NAMES})
), written AS (
    INSERT INTO businesses AS b (id, key, source, created_by, excluded_by, {_NAMES})
    SELECT id, key, $5, $6, (
        SELECT e.id FROM business_exclusions AS e
        WHERE (e.by = 'place_id' AND e.value = submitted.place_id) OR (e.by = 'name' AND e.value = submitted.plain_name)
           OR (e.by = 'domain' AND e.value = ANY(string_to_array(submitted.hosts, ' ')))
        LIMIT 1
    ), {_NAMES} FROM submitted ORDER BY key COLLATE "C"
    ON CONFLICT (key) DO UPDATE SET
        {", ".join(f"{name} = coalesce(excluded.{name}, b.{name})" for name in COLUMN_TYPES)},
        excluded_by = excluded.excluded_by,
        website_status = CASE WHEN {_HAS_NEW_WEBSITE} THEN NULL ELSE b.website_status END,
        website_checked_at = CASE WHEN {_HAS_NEW_WEBSITE} THEN NULL ELSE b.website_checked_at END,
        website_evidence = CASE WHEN {_HAS_NEW_WEBSITE} THEN NULL ELSE b.website_evidence END,
        updated_at = now()
    WHERE {_IS_CHANGED}
        OR excluded.excluded_by IS DISTINCT FROM b.excluded_by
    RETURNING b.id, b.key, b.website, b.excluded_by, xmax = 0 AS is_new  -- xmax: an older version was replaced
)
SELECT submitted.key, coalesce(w.id, b.id) AS id, coalesce(w.is_new, false) AS is_new,
       w.id IS NOT NULL AND NOT w.is_new AS is_changed, coalesce(w.website, b.website) AS website,
       CASE WHEN w.id IS NULL THEN b.excluded_by ELSE w.excluded_by END IS NOT NULL AS is_excluded
FROM submitted LEFT JOIN written AS w USING (key) LEFT JOIN businesses AS b USING (key)
"""


BUSINESSES_PER_SLICE = 250
"""Fewer than of other rows, because names and hosts are normalised here."""


async def upsert_businesses(
    conn: Connection, businesses: Sequence[NewBusiness], *, source: str, country: str, user_id: UUID
) -> dict[str, BusinessUpsert]:
    """Insert businesses, or update those with the same key, and return the results by key.

    Must run in a transaction, and no two businesses may share a key. A field that is None keeps the stored value; a
    new website resets what was known of the old one. `country` (ISO 3166-1 alpha-2) applies to businesses without one.
    """
    await locks.acquire_shared(conn, Lock.EXCLUSIONS)
    results: dict[str, BusinessUpsert] = {}
    # in the order of the keys, so that two transactions with the same keys do not wait for each other
    ordered = sorted(businesses, key=lambda business: business.key)
    for part in slices(ordered, BUSINESSES_PER_SLICE):
        results |= await _upsert_part(conn, part, source=source, country=country, user_id=user_id)
    return results


async def _upsert_part(
    conn: Connection, businesses: Sequence[NewBusiness], *, source: str, country: str, user_id: UUID
) -> dict[str, BusinessUpsert]:
    hosts = [host_of(business.website or "") for business in businesses]
    columns: dict[str, list[Any]] = {
        name: [getattr(business, name, None) for business in businesses] for name in COLUMN_TYPES
    }
    columns["domain"] = [domain_of(business.website or "") for business in businesses]
    columns["country"] = [(business.country or country).lower() for business in businesses]
    rows = await conn.fetch(
        UPSERT,
        [uuid7() for _ in businesses],
        [business.key for business in businesses],
        [normalise_name(business.name) for business in businesses],
        [" ".join(parent_domains(host)) for host in hosts],
        source,
        user_id,
        *columns.values(),
    )
    return {row["key"]: BusinessUpsert(**row) for row in rows}


def parent_domains(host: str) -> list[str]:
    """Return the host and every domain above it: a.b.c, b.c, c."""
    labels = host.split(".")
    return [".".join(labels[i:]) for i in range(len(labels)) if host]
