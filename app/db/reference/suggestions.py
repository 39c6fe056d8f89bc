"""Streets and houses of the reference data whose names begin as typed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from app.db.core.pool import Connection
from app.db.reference import lookups
from app.db.reference.sources import VISIBLE
from app.domain.reference.house_numbers import HouseNumber
from app.domain.reference.interpolation import House
from app.domain.reference.matching import KnownStreet
from app.domain.reference.typed_addresses import TypedAddress, continues

MAX_TRIED, MAX_STREETS = 1_500, 200
"""Streets that are looked at, and read, for one reading of what was typed."""
MAX_HOUSES = 4
"""Houses of one number in a street: 12, 12A, 12B."""

SUGGEST = f"""
WITH sources AS MATERIALIZED (
    SELECT s.* FROM reference_sources AS s WHERE {VISIBLE.format(owner="$1")} AND s.country = $2
)
SELECT q.i, {lookups.STREET}, {lookups.SOURCE}, p.*
FROM unnest($3::int[], $4::text[], $5::text[]) AS q (i, first, beyond)
CROSS JOIN LATERAL (
    SELECT t.* FROM (
        SELECT t.* FROM reference_streets AS t
        WHERE lower(t.name) ~>=~ q.first AND lower(t.name) ~<~ q.beyond AND t.source_id + 0 IN (SELECT id FROM sources)
          AND ($6 = '' OR starts_with(t.city, $6) OR t.city = '') AND ($7 = '' OR starts_with(t.postcode, $7))
        LIMIT {MAX_TRIED}
    ) AS t
    WHERE $8 = 0 OR EXISTS (SELECT FROM reference_points AS p WHERE p.street_id = t.id AND p.number = $8)
    LIMIT {MAX_STREETS}
) AS t
JOIN sources AS s ON s.id = t.source_id
LEFT JOIN LATERAL (
    SELECT p.number, p.latitude, p.longitude, p.mark FROM reference_points AS p
    WHERE p.street_id = t.id AND p.number = $8 AND $8 > 0 LIMIT {MAX_HOUSES}
) AS p ON true
"""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A street, or a house in it."""

    street: KnownStreet
    house: House | None

    @property
    def line(self) -> str:
        """The address on one line."""
        street = f"{self.house.number} {self.street.label}" if self.house else self.street.label
        region = " ".join(part for part in (self.street.place.state, self.street.place.postcode) if part)
        return ", ".join(part for part in (street, self.street.city, region) if part)


async def suggest(conn: Connection, owner: UUID, country: str, typed: TypedAddress, limit: int) -> list[Suggestion]:
    """Return what may be meant, the likeliest first, from sources that answer `owner`: houses if there are any.

    Run it in a transaction after `lookups.begin`.
    """
    if not typed.readings:
        return []
    found = await _find(conn, owner, country, typed)
    if not found and typed.number is not None:
        found = await _find(conn, owner, country, replace(typed, number=None))
    return found[:limit]


async def _find(conn: Connection, owner: UUID, country: str, typed: TypedAddress) -> list[Suggestion]:
    """Return the houses of the number, or without one the streets."""
    readings = typed.readings
    rows = await conn.fetch(
        SUGGEST,
        owner,
        country,
        list(range(len(readings))),
        [reading.first for reading in readings],
        [reading.beyond for reading in readings],
        typed.town,
        typed.postcode,
        typed.number.number if typed.number else 0,
    )
    found: dict[str, tuple[tuple[object, ...], Suggestion]] = {}
    for row in rows:
        reading, street = readings[row["i"]], lookups.to_street(row)
        if not continues(reading, street):
            continue
        house = None if row["number"] is None else lookups.to_house(row)
        one = Suggestion(street, house)
        rank = (house is None, not _is_same(house, typed.number), not reading.is_exact, len(street.key.name), one.line)
        if one.line not in found or rank < found[one.line][0]:
            found[one.line] = rank, one
    return [one for _, one in sorted(found.values(), key=lambda entry: entry[0])]


def _is_same(house: House | None, number: HouseNumber | None) -> bool:
    return house is not None and house.number == number
