"""Streets and houses of the reference data whose names begin as typed."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.db.core.pool import Connection
from app.db.reference import lookups
from app.db.reference.sources import VISIBLE
from app.domain.reference.house_numbers import HouseNumber
from app.domain.reference.interpolation import House
from app.domain.reference.matching import KnownStreet
from app.domain.reference.typed_addresses import TypedAddress, continues

MAX_STREETS = 300
"""Streets that are read for one reading of what was typed."""
MAX_HOUSES = 4
"""Houses of one number in a street: 12, 12A, 12B."""

SUGGEST = f"""
WITH sources AS MATERIALIZED (
    SELECT s.* FROM reference_sources AS s WHERE {VISIBLE.format(owner="$1")} AND s.country = $2
)
SELECT q.i, {lookups.STREET}, {lookups.SOURCE}, p.*
FROM unnest($3::int[], $4::text[], $5::text[]) AS q (i, first, beyond)
CROSS JOIN LATERAL (
    SELECT t.* FROM reference_streets AS t
    WHERE lower(t.name) ~>=~ q.first AND lower(t.name) ~<~ q.beyond AND t.source_id IN (SELECT id FROM sources)
      AND ($6 = '' OR starts_with(t.city, $6) OR t.city = '') AND ($7 = '' OR starts_with(t.postcode, $7))
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
    readings = typed.readings
    if not readings:
        return []
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
    ranked = sorted(found.values(), key=lambda entry: entry[0])
    houses = [one for _, one in ranked if one.house is not None]
    return (houses or [one for _, one in ranked])[:limit]


def _is_same(house: House | None, number: HouseNumber | None) -> bool:
    return house is not None and house.number == number
