"""Households: keeping them, finding them by the job's filters, and writing where they are.

Rows are locked in the order of their ids wherever several are written at once, so that a load and a geocoding step that
meet wait for each other instead of deadlocking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from app.db.core.pool import Connection
from app.domain.geocoding.model import Place
from app.domain.households.input import HouseholdFilters, NewHousehold
from app.domain.text.storable import storable
from app.domain.vocabulary.states import state_code

COLUMNS = """id, external_id, address, unit, city, state, zip_code, country, county, precinct_number, latitude,
longitude, geocoded, geocoded_at, geocoding_provider, accuracy, confidence, matched_address, raw_score, attribution"""


@dataclass(frozen=True)
class Upserted:
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
    ORDER BY new.external_id
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
        attribution = CASE WHEN {MOVED} THEN NULL ELSE h.attribution END
    WHERE {MOVED} OR (h.unit, h.county, h.precinct_number)
        IS DISTINCT FROM (excluded.unit, excluded.county, excluded.precinct_number)
    RETURNING xmax = 0 AS is_new  -- xmax is set where an older version of the row was replaced
)
SELECT count(*) FILTER (WHERE is_new) AS created, count(*) FILTER (WHERE NOT is_new) AS updated FROM written
"""


async def upsert(conn: Connection, households: Sequence[NewHousehold]) -> Upserted:
    """Keep households; one whose external id is known replaces what was kept under it.

    No two of them may share an external id. Coordinates go when the address line, city, state, postcode or country
    changed; a changed unit, county or precinct leaves the house where it was.
    """
    await conn.execute(LOCK, [one.external_id for one in households if one.external_id is not None])
    row = await conn.fetchrow(
        UPSERT,
        [uuid7() for _ in households],
        [one.external_id for one in households],
        [one.address for one in households],
        [one.unit for one in households],
        [one.city for one in households],
        [one.state for one in households],
        [one.zip_code for one in households],
        [one.country for one in households],
        [one.county for one in households],
        [one.precinct_number for one in households],
    )
    assert row is not None  # an aggregate always answers
    created, updated = row["created"], row["updated"]
    return Upserted(created, updated, len(households) - created - updated)


FURTHER = {
    "after": "id > {}::uuid",
    "until": "id <= {}::uuid",
    "ids": "id = ANY({}::uuid[])",
    "external_id": "external_id = {}::text",
}


def _where(filters: HouseholdFilters, *, geocoded: bool | None = None, **further: Any) -> tuple[str, list[Any]]:
    """The one place where filters become SQL: a condition and its arguments.

    Only what is given appears, so that each filter finds its index. `further` are arguments of the FURTHER conditions.
    """
    state = filters.state and (state_code(filters.state) or filters.state)
    zip_code = filters.zip_code and filters.zip_code.upper()
    whole_zip = zip_code if zip_code and "-" in zip_code else None
    conditions: list[tuple[str, Any]] = [
        ("lower(city) = lower({}::text)", filters.city),
        ("lower(state) = lower({}::text)", state),
        ("split_part(zip_code, '-', 1) = split_part({}::text, '-', 1)", zip_code),
        ("zip_code = {}::text", whole_zip),
        ("lower(county) = lower({}::text)", filters.county),
        ("precinct_number = {}::text", filters.precinct_number),
        ("geocoded = {}::boolean", geocoded),
        *((FURTHER[name], value) for name, value in further.items()),
    ]
    given = [(sql, value) for sql, value in conditions if value is not None]
    text = " AND ".join(sql.format(f"${place}") for place, (sql, _) in enumerate(given, 1))
    return text or "true", [value for _, value in given]


def condition(filters: HouseholdFilters) -> tuple[str, list[Any]]:
    """The filters as a condition on `households`, and its arguments from $1 on."""
    return _where(filters)


def _pending(skip_geocoded: bool) -> bool | None:
    return False if skip_geocoded else None


async def count_households(
    conn: Connection, filters: HouseholdFilters, skip_geocoded: bool, *, at_most: int | None = None
) -> int:
    """How many match; counting stops at `at_most`, which keeps it quick over millions."""
    where, args = _where(filters, geocoded=_pending(skip_geocoded))
    count: int = await conn.fetchval(
        f"SELECT count(*) FROM (SELECT FROM households WHERE {where} LIMIT ${len(args) + 1}) AS found",
        *args,
        at_most,
    )
    return count


async def last_id(conn: Connection, filters: HouseholdFilters, skip_geocoded: bool) -> UUID | None:
    """The highest id that matches now: later households lie beyond it."""
    where, args = _where(filters, geocoded=_pending(skip_geocoded))
    found: UUID | None = await conn.fetchval(f"SELECT id FROM households WHERE {where} ORDER BY id DESC LIMIT 1", *args)
    return found


async def batch(
    conn: Connection,
    filters: HouseholdFilters,
    skip_geocoded: bool,
    after: UUID | None,
    until: UUID | None,
    limit: int | None,
    *,
    ids: Sequence[UUID] | None = None,
) -> list[asyncpg.Record]:
    """The next matching households by id, after `after` and up to `until`: what a geocoder needs, and `updated_at`.

    With `ids`, of these only.
    """
    where, args = _where(filters, geocoded=_pending(skip_geocoded), after=after, until=until, ids=ids)
    return await conn.fetch(
        f"""SELECT id, address, unit, city, state, zip_code, country, county, latitude, longitude, updated_at
            FROM households
            WHERE {where} ORDER BY id LIMIT ${len(args) + 1}""",
        *args,
        limit,
    )


@dataclass(frozen=True, slots=True)
class Located:
    """Where a household is."""

    id: UUID
    updated_at: datetime
    """Of the household as it was read."""
    place: Place


SAVE = """
WITH found AS (
    SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::float8[], $4::float8[], $5::text[], $6::text[],
                         $7::float8[], $8::text[], $9::float8[], $10::text[])
        AS found (id, updated_at, latitude, longitude, provider, accuracy, confidence, matched_address, raw_score,
                  attribution)
), locked AS (
    SELECT id FROM households WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE
)
UPDATE households AS h SET
    latitude = found.latitude, longitude = found.longitude, geocoded = true, geocoded_at = now(),
    geocoding_provider = found.provider, accuracy = found.accuracy, confidence = found.confidence,
    matched_address = found.matched_address, raw_score = found.raw_score, attribution = found.attribution,
    updated_at = now()
FROM found JOIN locked USING (id)
WHERE h.id = found.id AND h.updated_at = found.updated_at
RETURNING h.id
"""


async def save_locations(conn: Connection, located: Sequence[Located]) -> set[UUID]:
    """Write coordinates; answers the ids written.

    A household that changed after it was read is left as it is: the answer may be for an address it no longer has.
    """
    places = [one.place for one in located]
    rows = await conn.fetch(
        SAVE,
        [one.id for one in located],
        [one.updated_at for one in located],
        [place.latitude for place in places],
        [place.longitude for place in places],
        [place.provider for place in places],
        [place.accuracy for place in places],
        [place.confidence for place in places],
        [storable(place.matched_address) for place in places],
        [place.raw_score for place in places],
        [place.attribution for place in places],
    )
    return {row["id"] for row in rows}


async def search(
    conn: Connection,
    filters: HouseholdFilters,
    *,
    geocoded: bool | None,
    external_id: str | None,
    limit: int,
    offset: int,
) -> tuple[list[asyncpg.Record], int]:
    """A page of households in the order of their ids, and how many there are in all."""
    where, args = _where(filters, geocoded=geocoded, external_id=external_id)
    place = len(args)
    rows = await conn.fetch(
        f"SELECT {COLUMNS} FROM households WHERE {where} ORDER BY id LIMIT ${place + 1} OFFSET ${place + 2}",
        *args,
        limit,
        offset,
    )
    total: int = await conn.fetchval(f"SELECT count(*) FROM households WHERE {where}", *args)
    return rows, total


async def page(
    conn: Connection,
    filters: HouseholdFilters,
    *,
    geocoded: bool | None,
    external_id: str | None,
    after: UUID | None,
    limit: int,
) -> list[asyncpg.Record]:
    """The next households by id: a walk over all of them holds no connection between two pages."""
    where, args = _where(filters, geocoded=geocoded, external_id=external_id, after=after)
    return await conn.fetch(
        f"SELECT {COLUMNS} FROM households WHERE {where} ORDER BY id LIMIT ${len(args) + 1}", *args, limit
    )


async def get(conn: Connection, household_id: UUID) -> asyncpg.Record | None:
    return await conn.fetchrow(f"SELECT {COLUMNS} FROM households WHERE id = $1", household_id)
