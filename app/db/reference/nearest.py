"""The known house nearest to a point, found by the rectangles around the postcodes of each source."""

from __future__ import annotations

from math import cos, radians
from uuid import UUID

from app.db.core.pool import Connection
from app.db.reference import lookups
from app.db.reference.sources import VISIBLE
from app.domain.reference.address_points import UNITS_PER_DEGREE
from app.domain.reference.interpolation import House
from app.domain.reference.matching import KnownStreet
from app.domain.reference.stretches import METRES_PER_DEGREE

MAX_METRES = 250.0

NEAREST = f"""
WITH sources AS MATERIALIZED (
    SELECT s.* FROM reference_sources AS s WHERE {VISIBLE.format(owner="$1")}
), places AS MATERIALIZED (
    SELECT c.source_id, c.postcode FROM reference_coverage AS c
    WHERE c.source_id IN (SELECT id FROM sources)
      AND $2 BETWEEN c.south - $4::int AND c.north + $4 AND $3 BETWEEN c.west - $5::int AND c.east + $5
)
SELECT {lookups.STREET}, {lookups.SOURCE}, p.number, p.latitude, p.longitude, p.mark
FROM places
JOIN reference_streets AS t ON t.source_id = places.source_id AND t.postcode = places.postcode
JOIN sources AS s ON s.id = t.source_id
CROSS JOIN LATERAL (
    SELECT p.* FROM reference_points AS p
    WHERE p.street_id = t.id AND p.latitude BETWEEN $2::int - $4 AND $2 + $4
      AND p.longitude BETWEEN $3::int - $5 AND $3 + $5
    OFFSET 0
) AS p
ORDER BY (p.latitude - $2)::float8 ^ 2 + ((p.longitude - $3) * $6::float8) ^ 2, s.kind DESC, s.id DESC, p.number
LIMIT 1
"""


async def find_house(
    conn: Connection, owner: UUID | None, latitude: float, longitude: float
) -> tuple[KnownStreet, House] | None:
    """Return the nearest house within MAX_METRES of a point in degrees, of the sources that answer `owner`.

    Run it in a transaction after `lookups.begin`.
    """
    narrowing = max(0.01, cos(radians(latitude)))
    height = round(MAX_METRES / METRES_PER_DEGREE * UNITS_PER_DEGREE)
    row = await conn.fetchrow(
        NEAREST,
        owner,
        round(latitude * UNITS_PER_DEGREE),
        round(longitude * UNITS_PER_DEGREE),
        height,
        round(min(height / narrowing, UNITS_PER_DEGREE)),
        narrowing,
    )
    return None if row is None else (lookups.to_street(row), lookups.to_house(row))
