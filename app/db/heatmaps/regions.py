"""Heat map regions: rectangles of cells that were requested, and how they were computed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from uuid_utils.compat import uuid7

from app.db.core import locks
from app.db.core.conditions import Conditions
from app.db.core.pages import Page, count_or_estimate
from app.db.core.pool import Connection
from app.db.heatmaps import cells
from app.db.heatmaps.pois import PoiDigest
from app.db.jobs.archive import ALL_JOBS
from app.domain.heatmaps import scoring
from app.domain.heatmaps.bounds import Bounds
from app.domain.heatmaps.grid import Grid


@dataclass(frozen=True, slots=True)
class HeatRegion:
    """A region and its latest job. `computed_at`, `method`, `constants` and `pois` are set once it is complete."""

    id: UUID
    grid: Grid
    city_slug: str | None
    job_id: UUID | None
    job_status: str | None
    computed_at: datetime | None
    method: str | None
    constants: dict[str, Any] | None
    pois: PoiDigest | None

    def is_stale(self, current: PoiDigest) -> bool:
        """Return whether computing the region again could give other scores, given today's points of interest."""
        return (self.method, self.pois) != (scoring.METHOD, current)


@dataclass(frozen=True, slots=True)
class CoveringJob:
    """An active job whose region contains a certain point."""

    id: UUID
    status: str
    grid_step: float


async def lock_scheduling(conn: Connection) -> None:
    """Serialise checking which regions exist and creating jobs for missing ones, until the transaction ends."""
    await locks.acquire(conn, locks.Lock.HEATMAP_REGIONS)


async def find_covering_job(conn: Connection, latitude: float, longitude: float) -> CoveringJob | None:
    """Return the oldest active job whose region contains the point, None if there is none."""
    row = await conn.fetchrow(
        """SELECT j.id, j.status, r.grid_step FROM jobs AS j JOIN heat_regions AS r ON r.job_id = j.id
           WHERE j.kind = 'heatmap_compute' AND j.dedupe_key IS NOT NULL AND j.status IN ('pending', 'processing')
           AND $1 >= r.south AND $1 < r.north
           AND CASE WHEN r.west < r.east THEN $2 >= r.west AND $2 < r.east ELSE $2 >= r.west OR $2 < r.east END
           ORDER BY j.id LIMIT 1""",
        latitude,
        longitude,
    )
    return CoveringJob(**row) if row else None


IS_GRID = "grid_step = $1 AND row = $2 AND col = $3 AND rows = $4 AND cols = $5"


def _key(grid: Grid) -> tuple[float, int, int, int, int]:
    return grid.step, grid.row, grid.col, grid.rows, grid.cols


async def register(conn: Connection, grid: Grid, city_id: int | None, job_id: UUID) -> None:
    """Store a region with the job that computes it; an existing region keeps everything but its job."""
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


async def mark_computed(conn: Connection, grid: Grid, pois: PoiDigest) -> None:
    """Record that all cells of the region are stored, and from which points of interest they were computed."""
    await conn.execute(
        f"""UPDATE heat_regions SET computed_at = now(), method = $6, constants = $7, pois = $8, pois_digest = $9
            WHERE {IS_GRID}""",
        *_key(grid),
        scoring.METHOD,
        orjson.dumps(scoring.constants()).decode(),
        pois.count,
        pois.digest,
    )


COLUMNS = """r.id, r.grid_step, r.row, r.col, r.rows, r.cols, c.slug AS city_slug, r.job_id, j.status AS job_status,
             r.computed_at, r.method, r.constants, r.pois, r.pois_digest"""
TABLES = f"heat_regions AS r LEFT JOIN cities AS c ON c.id = r.city_id LEFT JOIN {ALL_JOBS} AS j ON j.id = r.job_id"


def _region(row: asyncpg.Record) -> HeatRegion:
    return HeatRegion(
        id=row["id"],
        grid=Grid(row["grid_step"], row["row"], row["col"], row["rows"], row["cols"]),
        city_slug=row["city_slug"],
        job_id=row["job_id"],
        job_status=row["job_status"],
        computed_at=row["computed_at"],
        method=row["method"],
        constants=None if row["constants"] is None else orjson.loads(row["constants"]),
        pois=None if row["pois"] is None else PoiDigest(row["pois"], row["pois_digest"]),
    )


async def find(conn: Connection, grid: Grid) -> HeatRegion | None:
    """Return the region of exactly these cells, None if it was never requested."""
    row = await conn.fetchrow(f"SELECT {COLUMNS} FROM {TABLES} WHERE {IS_GRID}", *_key(grid))
    return _region(row) if row else None


async def list_page(
    conn: Connection, *, step: float | None = None, before: UUID | None = None, limit: int, offset: int = 0
) -> Page[HeatRegion]:
    """Return a page of the regions, optionally of one step, newest first, starting before the given id."""
    where = Conditions()
    where.add_if_given("r.grid_step = {}::float8", step)
    total = await count_or_estimate(conn, f"SELECT FROM heat_regions AS r WHERE {where}", where.args)
    where.add_if_given("r.id < {}::uuid", before)
    rows = await conn.fetch(
        f"""SELECT {COLUMNS} FROM {TABLES} WHERE {where}
            ORDER BY r.id DESC LIMIT {where.arg(limit + 1)} OFFSET {where.arg(offset)}""",
        *where.args,
    )
    return Page.of([_region(row) for row in rows], limit, total)


async def list_computed(conn: Connection, bounds: Bounds, step: float) -> list[HeatRegion]:
    """Return the computed regions of a step that overlap the bounds, oldest first."""
    rows = await conn.fetch(
        f"""SELECT {COLUMNS} FROM {TABLES}
            WHERE r.grid_step = $1 AND r.computed_at IS NOT NULL AND r.south < $3 AND r.north > $2
            ORDER BY r.id""",
        step,
        bounds.south,
        bounds.north,
    )
    return [region for region in map(_region, rows) if region.grid.bounds.meets(bounds)]


async def list_computed_steps(conn: Connection, bounds: Bounds) -> list[float]:
    """Return the grid steps of the computed regions that overlap the bounds, smallest first."""
    rows = await conn.fetch(
        """SELECT DISTINCT grid_step, south, west, north, east FROM heat_regions
           WHERE computed_at IS NOT NULL AND south < $2 AND north > $1""",
        bounds.south,
        bounds.north,
    )
    return sorted(
        {row["grid_step"] for row in rows if Bounds(row["south"], row["west"], row["north"], row["east"]).meets(bounds)}
    )


async def delete(conn: Connection, grid: Grid) -> int:
    """Delete a region with its cells and return the number of cells. Overlapping regions become incomplete."""
    deleted = await cells.delete_in_bounds(conn, grid.bounds, grid.step)
    await conn.execute(f"DELETE FROM heat_regions WHERE {IS_GRID}", *_key(grid))
    incomplete = [region.id for region in await list_computed(conn, grid.bounds, grid.step)]
    await conn.execute(
        """UPDATE heat_regions SET computed_at = NULL, method = NULL, constants = NULL, pois = NULL, pois_digest = NULL
           WHERE id = ANY($1)""",
        incomplete,
    )
    return deleted
