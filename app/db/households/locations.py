"""Households as geocoding reads them, and the coordinates it writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.db.core.conditions import Conditions
from app.db.core.pool import Connection
from app.db.households.filters import conditions
from app.domain.addresses.postal_address import Address
from app.domain.geocoding.places import GeocodedPlace
from app.domain.households.edits import BY_HAND
from app.domain.households.filters import HouseholdFilters
from app.domain.text.storable import storable


@dataclass(frozen=True, slots=True)
class HouseholdAddress:
    """A household's address, and its coordinates (latitude, longitude) if it was geocoded before."""

    id: UUID
    address: Address
    known_point: tuple[float, float] | None
    updated_at: datetime


def _conditions(
    filters: HouseholdFilters, skip_geocoded: bool, among: Sequence[UUID] | None, *, with_placed: bool = False
) -> Conditions:
    """Return the conditions. Households that a person placed are left out unless `among` names them."""
    where = conditions(filters, geocoded=False if skip_geocoded else None)
    if not skip_geocoded and among is None and not with_placed:
        where.add(f"geocoding_provider IS DISTINCT FROM '{BY_HAND}'")
    where.add_if_given("id = ANY({}::uuid[])", among)
    return where


async def count(
    conn: Connection,
    filters: HouseholdFilters,
    skip_geocoded: bool,
    *,
    among: Sequence[UUID] | None = None,
    limit: int | None = None,
    with_placed: bool = False,
) -> int:
    """Return the number of matching households, of all or `among` some; `with_placed` those that a person placed, too.

    Counting stops at `limit`, which keeps it fast over millions.
    """
    where = _conditions(filters, skip_geocoded, among, with_placed=with_placed)
    counted: int = await conn.fetchval(
        f"SELECT count(*) FROM (SELECT FROM households WHERE {where} LIMIT {where.arg(limit)}) AS found", *where.args
    )
    return counted


async def get_last_id(
    conn: Connection, filters: HouseholdFilters, skip_geocoded: bool, *, among: Sequence[UUID] | None = None
) -> UUID | None:
    """Return the highest id that matches now; households created later have higher ids."""
    where = _conditions(filters, skip_geocoded, among)
    last_id: UUID | None = await conn.fetchval(
        f"SELECT id FROM households WHERE {where} ORDER BY id DESC LIMIT 1", *where.args
    )
    return last_id


async def list_batch(
    conn: Connection,
    filters: HouseholdFilters,
    skip_geocoded: bool,
    *,
    after: UUID | None = None,
    until: UUID | None = None,
    ids: Sequence[UUID] | None = None,
    among: Sequence[UUID] | None = None,
    limit: int | None = None,
) -> list[HouseholdAddress]:
    """Return the next matching households ordered by id, after `after` and up to `until`, or only those of `ids`."""
    where = _conditions(filters, skip_geocoded, among)
    where.add_if_given("id > {}::uuid", after)
    where.add_if_given("id <= {}::uuid", until)
    where.add_if_given("id = ANY({}::uuid[])", ids)
    rows = await conn.fetch(
        f"""SELECT id, address, city, state, zip_code, country, county, latitude, longitude, updated_at
            FROM households
            WHERE {where} ORDER BY id LIMIT {where.arg(limit)}""",
        *where.args,
    )
    return [
        HouseholdAddress(
            id=row["id"],
            address=Address(
                street=row["address"],
                city=row["city"],
                county=row["county"],
                state=row["state"],
                zip_code=row["zip_code"],
                country=row["country"],
            ),
            known_point=None if row["latitude"] is None else (row["latitude"], row["longitude"]),
            updated_at=row["updated_at"],
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class HouseholdLocation:
    """The place that geocoding found for a household; `updated_at` is that of the household as it was read."""

    household_id: UUID
    updated_at: datetime
    place: GeocodedPlace


UPDATE = """
WITH found AS (
    SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::float8[], $4::float8[], $5::text[], $6::text[],
                         $7::float8[], $8::text[], $9::float8[], $10::text[], $12::float8[])
        AS found (id, updated_at, latitude, longitude, provider, accuracy, confidence, matched_address, raw_score,
                  attribution, expected_error_metres)
), locked AS (
    SELECT id FROM households WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE
)
UPDATE households AS h SET
    latitude = found.latitude, longitude = found.longitude, geocoded = true, geocoded_at = now(),
    geocoding_provider = found.provider, accuracy = found.accuracy, confidence = found.confidence,
    matched_address = found.matched_address, raw_score = found.raw_score, attribution = found.attribution,
    expected_error_metres = found.expected_error_metres, geocoded_job = $11, updated_at = now()
FROM found JOIN locked USING (id)
WHERE h.id = found.id AND h.updated_at = found.updated_at AND NOT EXISTS (
    SELECT FROM household_reviews AS r
    WHERE r.household_id = h.id AND r.decision = 'rejected'
      AND abs(r.latitude - found.latitude) < 1e-6 AND abs(r.longitude - found.longitude) < 1e-6
)
RETURNING h.id
"""


async def update(conn: Connection, locations: Sequence[HouseholdLocation], job_id: UUID) -> set[UUID]:
    """Write coordinates that a job found, and return the ids of the households that were written.

    A household that changed after it was read is left as it is: the place may be that of its former address. So is one
    for which a person rejected this very place.
    """
    places = [location.place for location in locations]
    rows = await conn.fetch(
        UPDATE,
        [location.household_id for location in locations],
        [location.updated_at for location in locations],
        [place.latitude for place in places],
        [place.longitude for place in places],
        [place.provider for place in places],
        [place.accuracy for place in places],
        [place.confidence for place in places],
        [storable(place.matched_address) for place in places],
        [place.raw_score for place in places],
        [place.attribution for place in places],
        job_id,
        [place.expected_error_metres for place in places],
    )
    return {row["id"] for row in rows}
