"""Heat cells: the scores that were computed, by grid step and center."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.db.core.pool import Connection
from app.domain.heatmaps.bounds import Bounds
from app.domain.heatmaps.grid import STEPS, cell_center

Cell = tuple[float, float, int]
"""Latitude and longitude of the center in degrees, and the score; a plain tuple, since there may be 100,000."""


@dataclass(frozen=True, slots=True)
class CellScore:
    """The score of a cell, without its place."""

    grid_step: float
    score: int
    computed_at: datetime


async def find_finest(conn: Connection, latitude: float, longitude: float) -> CellScore | None:
    """Return the smallest cell that contains the point, None if there is no cell."""
    centers = [cell_center(latitude, longitude, step) for step in STEPS]
    row = await conn.fetchrow(
        """SELECT c.grid_step, c.score, c.computed_at
           FROM unnest($1::float8[], $2::float8[], $3::float8[]) AS p (grid_step, lat, lng)
           CROSS JOIN LATERAL (
               SELECT * FROM heat_cells AS c WHERE c.grid_step = p.grid_step AND c.lat = p.lat AND c.lng = p.lng
           ) AS c ORDER BY c.grid_step LIMIT 1""",
        list(STEPS),
        [lat for lat, _ in centers],
        [lng for _, lng in centers],
    )
    return CellScore(**row) if row else None


CREATE_STAGING = (
    """CREATE TEMP TABLE IF NOT EXISTS incoming_heat_cells (lat float8, lng float8, score int2) ON COMMIT DELETE ROWS"""
)
UPSERT = """
INSERT INTO heat_cells (grid_step, lat, lng, score, city_id) SELECT $1, lat, lng, score, $2 FROM incoming_heat_cells
ON CONFLICT (grid_step, lat, lng) DO UPDATE
    SET score = excluded.score, city_id = coalesce(excluded.city_id, heat_cells.city_id), computed_at = now()
"""


async def upsert(conn: Connection, step: float, city_id: int | None, cells: Iterable[Cell]) -> None:
    """Store cells, each of which may occur once. Must run in a transaction."""
    await conn.execute(CREATE_STAGING)
    await conn.copy_records_to_table("incoming_heat_cells", records=cells)
    await conn.execute(UPSERT, step, city_id)


IN_BOUNDS = "grid_step = $1 AND lat >= $2 AND lat < $3 AND lng >= $4 AND lng < $5"


def _bounds_args(bounds: Bounds, step: float) -> list[tuple[float, float, float, float, float]]:
    """Return the arguments of IN_BOUNDS, twice for bounds that cross the antimeridian."""
    return [(step, bounds.south, bounds.north, west, east) for west, east in bounds.spans()]


async def get_version(conn: Connection, bounds: Bounds, step: float, limit: int) -> tuple[int, datetime | None]:
    """Return the number of cells with their center in the bounds and the time at which the latest was computed.

    Together they change whenever any of the cells does. Counting stops soon after `limit`.
    """
    count, latest = 0, None
    for args in _bounds_args(bounds, step):
        row = await conn.fetchrow(
            f"""SELECT count(*)::int AS cells, max(computed_at) AS latest
                FROM (SELECT computed_at FROM heat_cells WHERE {IN_BOUNDS} LIMIT $6) AS inside""",
            *args,
            limit + 1,
        )
        assert row is not None
        count += row["cells"]
        latest = max(filter(None, (latest, row["latest"])), default=None)
    return count, latest


async def list_in_bounds(conn: Connection, bounds: Bounds, step: float) -> list[Cell]:
    """Return all cells with their center in the bounds, row by row from the south."""
    cells: list[Cell] = []
    for args in _bounds_args(bounds, step):
        rows = await conn.fetch(f"SELECT lat, lng, score FROM heat_cells WHERE {IN_BOUNDS} ORDER BY lat, lng", *args)
        cells += map(tuple, rows)
    return cells


async def delete_in_bounds(conn: Connection, bounds: Bounds, step: float) -> int:
    """Delete all cells with their center in the bounds and return their number."""
    deleted = 0
    for args in _bounds_args(bounds, step):
        status: str = await conn.execute(f"DELETE FROM heat_cells WHERE {IN_BOUNDS}", *args, timeout=60)
        deleted += int(status.split()[-1])
    return deleted
