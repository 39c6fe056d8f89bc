"""Heat cells and the regions they were computed for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import asyncpg
import orjson
from uuid_utils.compat import uuid7

from app.db.core import locks
from app.db.core.locks import Lock
from app.db.core.pool import Connection
from app.domain.heatmaps import scoring
from app.domain.heatmaps.bounds import Bounds
from app.domain.heatmaps.grid import STEPS, Grid, cell_center


async def lock(conn: Connection) -> None:
    """Only one at a time finds out what is covered and makes a job for what is not; until the transaction ends."""
    await locks.acquire(conn, Lock.HEATMAP_REGIONS)


async def covering_cell(conn: Connection, latitude: float, longitude: float) -> asyncpg.Record | None:
    """The finest cell that holds the point."""
    centres = [cell_center(latitude, longitude, step) for step in STEPS]
    return await conn.fetchrow(
        """SELECT c.grid_step, c.score, c.computed_at
           FROM unnest($1::float8[], $2::float8[], $3::float8[]) AS p (grid_step, lat, lng)
           CROSS JOIN LATERAL (
               SELECT * FROM heat_cells AS c WHERE c.grid_step = p.grid_step AND c.lat = p.lat AND c.lng = p.lng
           ) AS c ORDER BY c.grid_step LIMIT 1""",
        list(STEPS),
        [lat for lat, _ in centres],
        [lng for _, lng in centres],
    )


async def covering_job(conn: Connection, latitude: float, longitude: float) -> asyncpg.Record | None:
    """The id and status of the active job whose region holds the point."""
    return await conn.fetchrow(
        """SELECT j.id, j.status, r.grid_step FROM jobs AS j JOIN heat_regions AS r ON r.job_id = j.id
           WHERE j.kind = 'heatmap_compute' AND j.dedupe_key IS NOT NULL AND j.status IN ('pending', 'processing')
           AND $1 >= r.south AND $1 < r.north
           AND CASE WHEN r.west < r.east THEN $2 >= r.west AND $2 < r.east ELSE $2 >= r.west OR $2 < r.east END
           ORDER BY j.id LIMIT 1""",
        latitude,
        longitude,
    )


IS_GRID = "grid_step = $1 AND row = $2 AND col = $3 AND rows = $4 AND cols = $5"


def _key(grid: Grid) -> tuple[float, int, int, int, int]:
    return grid.step, grid.row, grid.col, grid.rows, grid.cols


async def ask_for(conn: Connection, grid: Grid, city_id: int | None, job_id: UUID) -> None:
    """Enter a region with the job that computes it; one that is there already keeps what is known of it."""
    bounds = grid.bounds
    await conn.execute(
        """INSERT INTO heat_regions (grid_step, row, col, rows, cols, id, south, west, north, east, city_id, job_id)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
           ON CONFLICT (grid_step, row, col, rows, cols) DO UPDATE
               SET job_id = excluded.job_id, city_id = coalesce(excluded.city_id, heat_regions.city_id)""",
        *_key(grid),
        uuid7(),
        bounds.south,
        bounds.west,
        bounds.north,
        bounds.east,
        city_id,
        job_id,
    )


async def region(conn: Connection, grid: Grid) -> asyncpg.Record | None:
    """What is known of just this region."""
    return await conn.fetchrow(f"SELECT {REGION} FROM {REGIONS} WHERE {IS_GRID}", *_key(grid))


async def computed(conn: Connection, grid: Grid, pois: int, digest: int) -> None:
    """All cells of the region are there."""
    await conn.execute(
        f"""UPDATE heat_regions SET computed_at = now(), method = $6, constants = $7, pois = $8, pois_digest = $9
            WHERE {IS_GRID}""",
        *_key(grid),
        scoring.METHOD,
        orjson.dumps(scoring.constants()).decode(),
        pois,
        digest,
    )


REGION = """r.id, r.grid_step, r.row, r.col, r.rows, r.cols, r.south, r.west, r.north, r.east, r.city_id,
            c.slug AS city_slug, r.job_id, j.status AS job_status, r.computed_at, r.method, r.constants, r.pois,
            r.pois_digest"""
REGIONS = """heat_regions AS r LEFT JOIN cities AS c ON c.id = r.city_id LEFT JOIN jobs AS j ON j.id = r.job_id"""


async def regions(conn: Connection, *, step: float | None, limit: int, offset: int) -> tuple[list[asyncpg.Record], int]:
    """A page of the regions, the latest first, and how many there are in all."""
    where = "$1::float8 IS NULL OR r.grid_step = $1"
    rows = await conn.fetch(
        f"SELECT {REGION} FROM {REGIONS} WHERE {where} ORDER BY r.id DESC LIMIT $2 OFFSET $3", step, limit, offset
    )
    total: int = await conn.fetchval(f"SELECT count(*) FROM heat_regions AS r WHERE {where}", step)
    return rows, total


async def computed_regions(conn: Connection, bounds: Bounds, step: float) -> list[asyncpg.Record]:
    """The computed regions of a step that meet the bounds."""
    rows = await conn.fetch(
        f"""SELECT {REGION} FROM {REGIONS}
            WHERE r.grid_step = $1 AND r.computed_at IS NOT NULL AND r.south < $3 AND r.north > $2
            ORDER BY r.id""",
        step,
        bounds.south,
        bounds.north,
    )
    return [row for row in rows if _meet(bounds, Bounds(row["south"], row["west"], row["north"], row["east"]))]


def _meet(one: Bounds, other: Bounds) -> bool:
    return any(w < east and west < e for w, e in one.spans() for west, east in other.spans())


STAGE = (
    """CREATE TEMP TABLE IF NOT EXISTS incoming_heat_cells (lat float8, lng float8, score int2) ON COMMIT DELETE ROWS"""
)
WRITE = """
INSERT INTO heat_cells (grid_step, lat, lng, score, city_id) SELECT $1, lat, lng, score, $2 FROM incoming_heat_cells
ON CONFLICT (grid_step, lat, lng) DO UPDATE
    SET score = excluded.score, city_id = coalesce(excluded.city_id, heat_cells.city_id), computed_at = now()
"""


async def write(conn: Connection, step: float, city_id: int | None, cells: Iterable[tuple[float, float, int]]) -> None:
    """Keep (latitude, longitude, score) of cells, each once; in a transaction."""
    await conn.execute(STAGE)
    await conn.copy_records_to_table("incoming_heat_cells", records=cells)
    await conn.execute(WRITE, step, city_id)


IN_BOUNDS = "grid_step = $1 AND lat >= $2 AND lat < $3 AND lng >= $4 AND lng < $5"


def _args(bounds: Bounds, step: float) -> list[tuple[float, float, float, float, float]]:
    return [(step, bounds.south, bounds.north, west, east) for west, east in bounds.spans()]


async def version(conn: Connection, bounds: Bounds, step: float, at_most: int) -> tuple[int, datetime | None]:
    """How many cells have their centre in the bounds, and when the latest was computed: changes when any of them does.

    Nothing is counted far beyond `at_most`.
    """
    count, latest = 0, None
    for args in _args(bounds, step):
        row = await conn.fetchrow(
            f"""SELECT count(*)::int AS cells, max(computed_at) AS latest
                FROM (SELECT computed_at FROM heat_cells WHERE {IN_BOUNDS} LIMIT $6) AS inside""",
            *args,
            at_most + 1,
        )
        assert row is not None
        count += row["cells"]
        latest = max(filter(None, (latest, row["latest"])), default=None)
    return count, latest


async def cells(conn: Connection, bounds: Bounds, step: float) -> list[asyncpg.Record]:
    """(latitude, longitude, score) of all cells with their centre in the bounds, by rows from the south."""
    found: list[asyncpg.Record] = []
    for args in _args(bounds, step):
        found += await conn.fetch(f"SELECT lat, lng, score FROM heat_cells WHERE {IN_BOUNDS} ORDER BY lat, lng", *args)
    return found


async def steps_within(conn: Connection, bounds: Bounds) -> list[float]:
    """The steps of the computed regions that meet the bounds, the finest first."""
    rows = await conn.fetch(
        """SELECT DISTINCT grid_step, south, west, north, east FROM heat_regions
           WHERE computed_at IS NOT NULL AND south < $2 AND north > $1""",
        bounds.south,
        bounds.north,
    )
    meeting = {
        row["grid_step"] for row in rows if _meet(bounds, Bounds(row["south"], row["west"], row["north"], row["east"]))
    }
    return sorted(meeting)


async def reset(conn: Connection, grid: Grid) -> int:
    """Forget a region and the cells in it; answers how many cells that were. Regions that overlap are whole no more."""
    removed = 0
    for args in _args(grid.bounds, grid.step):
        status: str = await conn.execute(f"DELETE FROM heat_cells WHERE {IN_BOUNDS}", *args, timeout=60)
        removed += int(status.split()[-1])
    await conn.execute(f"DELETE FROM heat_regions WHERE {IS_GRID}", *_key(grid))
    broken = [row["id"] for row in await computed_regions(conn, grid.bounds, grid.step)]
    await conn.execute(
        """UPDATE heat_regions SET computed_at = NULL, method = NULL, constants = NULL, pois = NULL, pois_digest = NULL
           WHERE id = ANY($1)""",
        broken,
    )
    return removed


def grid_of(row: asyncpg.Record) -> Grid:
    return Grid(row["grid_step"], row["row"], row["col"], row["rows"], row["cols"])


def is_stale(row: asyncpg.Record, now: tuple[int, int]) -> bool:
    """Whether a computed region would come out otherwise today, given the number and digest of its places now."""
    return (row["method"], row["pois"], row["pois_digest"]) != (scoring.METHOD, *now)
