"""Points of interest: as imports and providers write them, and as scores are computed from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import asyncpg

from app.db.core.pool import Connection
from app.db.imports.staging import Target
from app.domain.heatmaps import scoring
from app.domain.heatmaps.bounds import Bounds
from app.domain.heatmaps.grid import Grid
from app.domain.heatmaps.scoring import Poi
from app.domain.imports.pois import COLUMNS
from app.domain.vocabulary.distance import equirectangular_km

TYPES = {"latitude": "float8", "longitude": "float8", "extra": "jsonb"}
TARGET = Target("pois", {name: TYPES.get(name, "text") for name in COLUMNS})

IN_BOUNDS = "latitude >= $1 AND latitude <= $2 AND longitude >= $3 AND longitude <= $4 AND category = ANY($5)"
MARGIN = 1e-6
"""Degrees, against rounding at the edges."""


def bounds_args(bounds: Bounds) -> list[tuple[float, float, float, float]]:
    """South, north, west, east, once or, across the antimeridian, twice."""
    return [
        (bounds.south - MARGIN, bounds.north + MARGIN, west - MARGIN, east + MARGIN) for west, east in bounds.spans()
    ]


# The nearest of each category are sorted out here: in a dense city thousands lie within the cut-off.
NEAR = f"""
SELECT category, latitude, longitude, name FROM (
    SELECT *, row_number() OVER (PARTITION BY category ORDER BY
        (latitude - $6) ^ 2 + ((longitude - $7) * cosd(0.5 * (latitude + $6))) ^ 2) AS rank
    FROM (SELECT category, latitude, longitude, name FROM pois WHERE {IN_BOUNDS}) AS inside
) AS ranked WHERE rank <= {scoring.RANKS}
"""
FIRST_LOOK_KM = 1.0
"""Where a category has enough places within this, nobody looks farther for it."""


async def near(conn: Connection, latitude: float, longitude: float) -> list[Poi]:
    """The nearest places of each category that counts, as many of each as can count for this point.

    Raises InvalidRegion for a point near a pole.
    """
    around(latitude, longitude, scoring.CUTOFF_KM)  # would raise
    close = await _within(conn, latitude, longitude, FIRST_LOOK_KM, list(scoring.WEIGHTS))
    enough = Counter(
        poi.category
        for poi in close
        if equirectangular_km(latitude, longitude, poi.latitude, poi.longitude) <= FIRST_LOOK_KM
    )
    sparse = [category for category in scoring.WEIGHTS if enough[category] < scoring.RANKS]
    found = [poi for poi in close if poi.category not in sparse]
    return found + (await _within(conn, latitude, longitude, scoring.CUTOFF_KM, sparse) if sparse else [])


async def _within(conn: Connection, latitude: float, longitude: float, km: float, categories: list[str]) -> list[Poi]:
    """The nearest ones of each category in a box so far round the point."""
    found: list[Poi] = []
    for args in bounds_args(around(latitude, longitude, km)):
        # on the other side of the antimeridian the point is where its own side would count on to
        own = longitude + 360 * (-1 if longitude - args[3] > 180 else 1 if args[2] - longitude > 180 else 0)
        rows = await conn.fetch(NEAR, *args, categories, latitude, own)
        found += [Poi(row["category"], row["latitude"], row["longitude"], row["name"]) for row in rows]
    return found


def around(latitude: float, longitude: float, km: float) -> Bounds:
    """What lies within so many km of a point, and some corners. Raises InvalidRegion near a pole."""
    east = longitude + MARGIN if longitude < 180 else longitude - MARGIN
    return Bounds(latitude, min(longitude, east), latitude + MARGIN, max(longitude, east)).expanded(km)


@dataclass(frozen=True)
class Loaded:
    """The places that count for a region: (latitude, longitude) by category, their number and their digest."""

    points: dict[str, list[tuple[float, float]]]
    count: int
    digest: int


async def load(conn: Connection, grid: Grid) -> Loaded:
    """All places within the cut-off of a region's cells."""
    points: dict[str, list[tuple[float, float]]] = {}
    count, digest = 0, 0
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        for args in bounds_args(grid.bounds.expanded(scoring.CUTOFF_KM)):
            rows = await conn.fetch(
                f"SELECT category, latitude, longitude FROM pois WHERE {IN_BOUNDS}", *args, list(scoring.WEIGHTS)
            )
            for row in rows:
                points.setdefault(row["category"], []).append((row["latitude"], row["longitude"]))
            part = await conn.fetchrow(f"SELECT {DIGEST} FROM pois WHERE {IN_BOUNDS}", *args, list(scoring.WEIGHTS))
            assert part is not None
            count, digest = count + part["pois"], digest ^ part["digest"]
    return Loaded(points, count, digest)


DIGEST = """count(*)::int AS pois,
    coalesce(bit_xor(hashtextextended(concat_ws(' ', source, record_id, category, latitude, longitude), 0)), 0)
        AS digest"""


async def digest(conn: Connection, bounds: Bounds) -> tuple[int, int]:
    """Number and digest of the places that count for a region with these edges, as `load` has them."""
    count, found = 0, 0
    for args in bounds_args(bounds.expanded(scoring.CUTOFF_KM)):
        row = await conn.fetchrow(f"SELECT {DIGEST} FROM pois WHERE {IN_BOUNDS}", *args, list(scoring.WEIGHTS))
        assert row is not None
        count, found = count + row["pois"], found ^ row["digest"]
    return count, found


async def fresh_tiles(conn: Connection, provider: str, younger: timedelta) -> set[tuple[int, int]]:
    """Row and column of the tiles that were fetched so lately."""
    rows = await conn.fetch(
        "SELECT row, col FROM poi_tiles WHERE provider = $1 AND fetched_at > now() - $2::interval", provider, younger
    )
    return {(row["row"], row["col"]) for row in rows}


async def known_tile(conn: Connection, provider: str, row: int, col: int) -> asyncpg.Record | None:
    """When a tile was fetched last, however long ago."""
    return await conn.fetchrow(
        "SELECT fetched_at FROM poi_tiles WHERE provider = $1 AND row = $2 AND col = $3", provider, row, col
    )


@dataclass(frozen=True)
class Fetched:
    """A place as a provider has it; `tags` is JSON text."""

    record_id: str
    name: str | None
    category: str
    latitude: float
    longitude: float
    tags: str


KEEP = """
INSERT INTO pois AS p (source, record_id, name, category, latitude, longitude, extra, row_hash, run)
SELECT $1, record_id, name, category, latitude, longitude, extra, md5(i::text)::uuid, $2
FROM unnest($3::text[], $4::text[], $5::text[], $6::float8[], $7::float8[], $8::jsonb[])
    AS i (record_id, name, category, latitude, longitude, extra)
ON CONFLICT (source, record_id) DO UPDATE
    SET name = excluded.name, category = excluded.category, latitude = excluded.latitude,
        longitude = excluded.longitude, extra = excluded.extra, row_hash = excluded.row_hash, run = excluded.run,
        updated_at = CASE WHEN p.row_hash = excluded.row_hash THEN p.updated_at ELSE now() END
"""


async def keep_tile(
    conn: Connection, provider: str, tile: tuple[int, int], bounds: Bounds, run: UUID, places: Sequence[Fetched]
) -> None:
    """Have what a provider says of a tile, and nothing else of its in there; in a transaction."""
    await conn.execute(
        KEEP,
        provider,
        run,
        [place.record_id for place in places],
        [place.name for place in places],
        [place.category for place in places],
        [place.latitude for place in places],
        [place.longitude for place in places],
        [place.tags for place in places],
    )
    await conn.execute(
        """DELETE FROM pois WHERE source = $1 AND run <> $2
           AND latitude >= $3 AND latitude < $4 AND longitude >= $5 AND longitude < $6""",
        provider,
        run,
        bounds.south,
        bounds.north,
        bounds.west,
        bounds.east,
    )
    await conn.execute(
        """INSERT INTO poi_tiles (provider, row, col, pois) VALUES ($1, $2, $3, $4)
           ON CONFLICT (provider, row, col) DO UPDATE SET pois = excluded.pois, fetched_at = now()""",
        provider,
        *tile,
        len(places),
    )
