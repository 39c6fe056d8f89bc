"""Points of interest as scores are computed from them: those near a point, and those that count for a region."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from app.db.core.pool import Connection
from app.domain.heatmaps import scoring
from app.domain.heatmaps.bounds import Bounds
from app.domain.heatmaps.grid import Grid
from app.domain.heatmaps.scoring import Poi
from app.domain.vocabulary.distance import equirectangular_km

IN_BOUNDS = """latitude >= $1 AND latitude <= $2 AND longitude >= $3 AND longitude <= $4 AND category = ANY($5)
    AND retired_at IS NULL"""
MARGIN_DEGREES = 1e-6
"""Added at every edge against rounding."""


def bounds_args(bounds: Bounds) -> list[tuple[float, float, float, float]]:
    """Return (south, north, west, east) for IN_BOUNDS, twice for bounds that cross the antimeridian."""
    return [
        (bounds.south - MARGIN_DEGREES, bounds.north + MARGIN_DEGREES, west - MARGIN_DEGREES, east + MARGIN_DEGREES)
        for west, east in bounds.spans()
    ]


# The nearest of each category are selected in the database: a dense city has thousands within the cut-off.
NEAREST = f"""
SELECT category, latitude, longitude, name FROM (
    SELECT *, row_number() OVER (PARTITION BY category ORDER BY
        (latitude - $6) ^ 2 + ((longitude - $7) * cosd(0.5 * (latitude + $6))) ^ 2) AS rank
    FROM (SELECT category, latitude, longitude, name FROM pois WHERE {IN_BOUNDS}) AS inside
) AS ranked WHERE rank <= {scoring.RANKS}
"""
FIRST_SEARCH_KM = 1.0
"""Categories with enough points within this distance are not searched any farther."""


async def list_nearest(conn: Connection, latitude: float, longitude: float) -> list[Poi]:
    """Return the nearest points of each scored category, as many of each as can count for this point.

    Raises InvalidRegion for a point near a pole.
    """
    box_around(latitude, longitude, scoring.CUTOFF_KM)  # raises before any query
    close = await _list_in_box(conn, latitude, longitude, FIRST_SEARCH_KM, list(scoring.WEIGHTS))
    within_reach = Counter(
        poi.category
        for poi in close
        if equirectangular_km(latitude, longitude, poi.latitude, poi.longitude) <= FIRST_SEARCH_KM
    )
    sparse = [category for category in scoring.WEIGHTS if within_reach[category] < scoring.RANKS]
    found = [poi for poi in close if poi.category not in sparse]
    return found + (await _list_in_box(conn, latitude, longitude, scoring.CUTOFF_KM, sparse) if sparse else [])


async def _list_in_box(
    conn: Connection, latitude: float, longitude: float, km: float, categories: list[str]
) -> list[Poi]:
    """Return the nearest points of each category in a box that reaches `km` to every side of the point."""
    found: list[Poi] = []
    for args in bounds_args(box_around(latitude, longitude, km)):
        # beyond the antimeridian, longitudes are compared with the point's own, counted on past 180°
        own_longitude = longitude + 360 * (-1 if longitude - args[3] > 180 else 1 if args[2] - longitude > 180 else 0)
        rows = await conn.fetch(NEAREST, *args, categories, latitude, own_longitude)
        found += [Poi(**row) for row in rows]
    return found


def box_around(latitude: float, longitude: float, km: float) -> Bounds:
    """Return bounds that contain all points within `km` of a point. Raises InvalidRegion near a pole."""
    east = longitude + MARGIN_DEGREES if longitude + MARGIN_DEGREES <= 180 else longitude - MARGIN_DEGREES
    return Bounds(latitude, min(longitude, east), latitude + MARGIN_DEGREES, max(longitude, east)).expanded(km)


@dataclass(frozen=True, slots=True)
class PoiDigest:
    """Number and hash of the points that count for a region; both equal means equal scores."""

    count: int
    digest: int


@dataclass(frozen=True, slots=True)
class RegionPois:
    """The points that count for a region, as (latitude, longitude) by category."""

    points: dict[str, list[tuple[float, float]]]
    digest: PoiDigest


DIGEST = """count(*)::int AS count,
    coalesce(bit_xor(hashtextextended(concat_ws(' ', source, record_id, category, latitude, longitude), 0)), 0)
        AS digest"""


async def load(conn: Connection, grid: Grid) -> RegionPois:
    """Return all points within the cut-off of a region's cells, with their digest in the same snapshot."""
    points: dict[str, list[tuple[float, float]]] = {}
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        for args in bounds_args(grid.bounds.expanded(scoring.CUTOFF_KM)):
            rows = await conn.fetch(
                f"SELECT category, latitude, longitude FROM pois WHERE {IN_BOUNDS}", *args, list(scoring.WEIGHTS)
            )
            for row in rows:
                points.setdefault(row["category"], []).append((row["latitude"], row["longitude"]))
        return RegionPois(points, await get_digest(conn, grid.bounds))


async def get_digest(conn: Connection, bounds: Bounds) -> PoiDigest:
    """Return the digest of the points that count for a region with these edges now."""
    count, digest = 0, 0
    for args in bounds_args(bounds.expanded(scoring.CUTOFF_KM)):
        row = await conn.fetchrow(f"SELECT {DIGEST} FROM pois WHERE {IN_BOUNDS}", *args, list(scoring.WEIGHTS))
        assert row is not None
        count, digest = count + row["count"], digest ^ row["digest"]
    return PoiDigest(count, digest)
