"""Households: storing and reading them.

Wherever several rows are written at once, they are locked in the order of their ids. So a load and a geocoding step on
the same households wait for each other instead of deadlocking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from app.db.core.pages import Page, count_or_estimate
from app.db.core.pool import Connection
from app.db.core.slices import slices
from app.db.households.filters import conditions
from app.domain.households.filters import HouseholdFilters
from app.domain.households.input import NewHousehold

COLUMNS = """id, external_id, address, unit, city, state, zip_code, country, county, precinct_number, latitude,
longitude, geocoded, geocoded_at, geocoding_provider, accuracy, confidence, matched_address, raw_score, attribution,
expected_error_metres"""


@dataclass(frozen=True, slots=True)
class Household:
    """A stored household. The fields from `latitude` on are set by geocoding; coordinates are in degrees."""

    id: UUID
    external_id: str | None
    address: str
    unit: str | None
    city: str | None
    state: str | None
    zip_code: str | None
    country: str
    county: str | None
    precinct_number: str | None
    latitude: float | None
    longitude: float | None
    geocoded: bool
    geocoded_at: datetime | None
    geocoding_provider: str | None
    accuracy: str | None
    confidence: float | None
    matched_address: str | None
    raw_score: float | None
    attribution: str | None
    expected_error_metres: float | None


@dataclass(frozen=True, slots=True)
class UpsertCounts:
    created: int
    updated: int
    unchanged: int


LOCK = "SELECT FROM households WHERE external_id = ANY($1::text[]) ORDER BY id FOR UPDATE"

MOVED = """(h.address, h.city, h.state, h.zip_code, h.country)
    IS DISTINCT FROM (excluded.address, excluded.city, excluded.state, excluded.zip_code, excluded.country)"""

UPSERT = f"""
WITH written AS (
    INSERT INTO households AS h
        (id, external_id, address, unit, city, state, zip_code, country, county, precinct_number)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                         $9::text[], $10::text[]) AS new (id, external_id)
    ORDER BY new.external_id COLLATE "C"
    ON CONFLICT (external_id) WHERE external_id IS NOT NULL DO UPDATE SET
        address = excluded.address, unit = excluded.unit, city = excluded.city, state = excluded.state,
        zip_code = excluded.zip_code, country = excluded.country, county = excluded.county,
        precinct_number = excluded.precinct_number, updated_at = now(),
        latitude = CASE WHEN {MOVED} THEN NULL ELSE h.latitude END,
        longitude = CASE WHEN {MOVED} THEN NULL ELSE h.longitude END,
        geocoded = NOT ({MOVED}) AND h.geocoded,
        geocoded_at = CASE WHEN {MOVED} THEN NULL ELSE h.geocoded_at END,
        geocoding_provider = CASE WHEN {MOVED} THEN NULL ELSE h.geocoding_provider END,
        accuracy = CASE WHEN {MOVED} THEN NULL ELSE h.accuracy END,
        confidence = CASE WHEN {MOVED} THEN NULL ELSE h.confidence END,
        matched_address = CASE WHEN {MOVED} THEN NULL ELSE h.matched_address END,
        raw_score = CASE WHEN {MOVED} THEN NULL ELSE h.raw_score END,
        attribution = CASE WHEN {MOVED} THEN NULL ELSE h.attribution END,
        expected_error_metres = CASE WHEN {MOVED} THEN NULL ELSE h.expected_error_metres END,
        geocoded_job = CASE WHEN {MOVED} THEN NULL ELSE h.geocoded_job END
    WHERE {MOVED} OR (h.unit, h.county, h.precinct_number)
        IS DISTINCT FROM (excluded.unit, excluded.county, excluded.precinct_number)
    RETURNING xmax = 0 AS is_new  -- xmax is set where an older version of the row was replaced
)
SELECT count(*) FILTER (WHERE is_new) AS created, count(*) FILTER (WHERE NOT is_new) AS updated FROM written
"""


async def upsert(conn: Connection, households: Sequence[NewHousehold]) -> UpsertCounts:
    """Store households, replacing those with the same external id. No two of them may share an external id.

    Coordinates are removed if the address line, city, state, postcode or country changed; a new unit, county or
    precinct leaves them as they are.
    """
    await conn.execute(LOCK, [new.external_id for new in households if new.external_id is not None])
    created = updated = 0
    # in the order of the external ids, so that two transactions with the same ids do not wait for each other
    for part in slices(sorted(households, key=lambda new: new.external_id or "")):
        row = await conn.fetchrow(
            UPSERT,
            [uuid7() for _ in part],
            [new.external_id for new in part],
            [new.address for new in part],
            [new.unit for new in part],
            [new.city for new in part],
            [new.state for new in part],
            [new.zip_code for new in part],
            [new.country for new in part],
            [new.county for new in part],
            [new.precinct_number for new in part],
        )
        assert row is not None  # an aggregate always returns a row
        created += row["created"]
        updated += row["updated"]
    return UpsertCounts(created, updated, len(households) - created - updated)


async def get(conn: Connection, household_id: UUID) -> Household | None:
    """Return the household with that id, None if there is none."""
    row = await conn.fetchrow(f"SELECT {COLUMNS} FROM households WHERE id = $1", household_id)
    return Household(**row) if row else None


async def list_page(
    conn: Connection,
    filters: HouseholdFilters,
    *,
    geocoded: bool | None,
    external_id: str | None,
    after: UUID | None = None,
    limit: int,
    offset: int = 0,
) -> Page[Household]:
    """Return a page of matching households ordered by id, starting after the given id."""
    where = conditions(filters, geocoded=geocoded, external_id=external_id)
    total = await count_or_estimate(conn, f"SELECT FROM households WHERE {where}", where.args)
    where.add_if_given("id > {}::uuid", after)
    page = f"LIMIT {where.arg(limit + 1)} OFFSET {where.arg(offset)}"
    rows = await conn.fetch(f"SELECT {COLUMNS} FROM households WHERE {where} ORDER BY id {page}", *where.args)
    return Page.of([Household(**row) for row in rows], limit, total)


async def list_after(
    conn: Connection,
    filters: HouseholdFilters,
    *,
    geocoded: bool | None,
    external_id: str | None,
    after: UUID | None,
    limit: int,
) -> list[Household]:
    """Return the next matching households ordered by id, starting after the given id."""
    where = conditions(filters, geocoded=geocoded, external_id=external_id)
    where.add_if_given("id > {}::uuid", after)
    rows = await conn.fetch(
        f"SELECT {COLUMNS} FROM households WHERE {where} ORDER BY id LIMIT {where.arg(limit)}", *where.args
    )
    return [Household(**row) for row in rows]
