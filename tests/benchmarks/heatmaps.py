"""Cost of a heat map: scoring alone, regions through the whole platform, the worker's memory, and a single score.

`python -m tests.benchmarks.heatmaps [--rounds 3]`. Document 002 requires 500 to 1,000 cells per second.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
from datetime import datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import aiohttp
import asyncpg
import psutil
from uuid_utils.compat import uuid7

from app.domain.heatmaps import cell_scores
from app.domain.heatmaps.bounds import Bounds
from app.domain.heatmaps.cell_scores import PointArrays
from app.domain.heatmaps.grid import Grid
from app.domain.heatmaps.scoring import CUTOFF_KM, WEIGHTS
from tests.benchmarks.report import line, percentile, spread
from tests.harness import ADMIN_KEY, follow
from tests.processes import Platform, platform

HEADERS = {"Authorization": f"Bearer {ADMIN_KEY}"}
MIDDLE = (40.0, -86.8)
POIS = 500
Points = dict[str, list[tuple[float, float]]]


def some_pois(count: int, bounds: Bounds) -> Points:
    """Return `count` points in the bounds, by category."""
    draw = random.Random(1)
    points: Points = {category: [] for category in WEIGHTS}
    for _ in range(count):
        place = draw.uniform(bounds.south, bounds.north), draw.uniform(bounds.west, bounds.east)
        points[draw.choice(list(WEIGHTS))].append(place)
    return points


def scoring(rounds: int) -> None:
    """One thread, nothing stored: 23,895 cells, with more or fewer distances at a time."""
    grid = Grid.around(*MIDDLE, 0.001)
    for count in (POIS, 10 * POIS):
        places = {
            name: PointArrays.from_pairs(found)
            for name, found in some_pois(count, grid.bounds.expanded(CUTOFF_KM)).items()
        }
        for max_distances in (cell_scores.MAX_DISTANCES // 8, cell_scores.MAX_DISTANCES, cell_scores.MAX_DISTANCES * 8):
            rates = []
            for _ in range(rounds):
                start = perf_counter()
                cell_scores.score_rows(grid, 0, grid.rows, places, max_distances)
                rates.append(grid.cells / (perf_counter() - start))
            goal = ">= 100,000" if (count, max_distances) == (POIS, cell_scores.MAX_DISTANCES) else ""
            name = f"scored, {count:,} places, {max_distances:,} distances at once, cells/s"
            line(name, spread(rates), goal, not goal or median(rates) >= 100_000)


async def put(conn: asyncpg.Connection[Any], points: Points) -> None:
    """Have these points of interest and no others."""
    rows = [(name, *place) for name, places in points.items() for place in places]
    await conn.execute("TRUNCATE pois")
    await conn.execute(
        """INSERT INTO pois (source, record_id, category, latitude, longitude, row_hash, run)
           SELECT 'bench', n, category, latitude, longitude, gen_random_uuid(), $1
           FROM unnest($2::text[], $3::float8[], $4::float8[]) WITH ORDINALITY AS p (category, latitude, longitude, n)
        """,
        uuid7(),
        *(list(column) for column in zip(*rows, strict=True)),
    )
    await conn.execute("VACUUM ANALYZE pois")


async def compute(http: aiohttp.ClientSession, grid: Grid) -> tuple[float, float]:
    """Return the seconds from the request to the response with `completed`, and from the claim to the end."""
    start = perf_counter()
    body = {"bounds": grid.bounds.as_dict(), "gridStep": grid.step, "force": True}
    async with http.post("/api/heatmap/schedule", json=body) as response:
        assert response.status == 202, await response.text()
        created = await response.json()
    job = await follow(http, created["jobId"], within=600)
    taken = perf_counter() - start
    assert (job["status"], job["processedItems"]) == ("completed", grid.cells), job
    claimed, ended = (datetime.fromisoformat(job[name]) for name in ("startedAt", "completedAt"))
    return taken, (ended - claimed).total_seconds()


async def regions(running: Platform, http: aiohttp.ClientSession, conn: Any, rounds: int) -> None:
    small, fine = Grid.around(*MIDDLE, 0.0025), Grid.around(*MIDDLE, 0.001, km=30)
    await put(conn, some_pois(POIS, fine.bounds.expanded(CUTOFF_KM)))
    await compute(http, small)  # numpy is imported
    taken = [(await compute(http, small))[0] for _ in range(rounds)]
    line(f"15 km × 15 km, {small.cells:,} cells, POST to completed, s", spread(taken), "<= 2", median(taken) <= 2)
    for chunk, target in ((500, 30_000), (5_000, 0)):
        for worker in running.workers:
            if worker.alive:
                await worker.end()
        await running.start_worker(WORKER_CHUNK_SIZE=str(chunk))
        await compute(http, small)
        for what in ("new", "again"):
            rates = []
            for _ in range(rounds):
                if what == "new":
                    await conn.execute("TRUNCATE heat_cells")
                rates.append(fine.cells / (await compute(http, fine))[1])
            good = median(rates) >= target
            goal = f">= {target:,}" if target else ""
            line(f"{fine.cells:,} cells, {what}, {chunk:,} a commit, cells/s", spread(rates), goal, good)


async def memory(running: Platform, http: aiohttp.ClientSession, conn: Any) -> None:
    """Return the worker's peak memory beyond its idle memory, for regions of growing size."""
    await put(conn, some_pois(20_000, Grid.around(*MIDDLE, 0.005, km=250).bounds))
    for km in (25, 250):
        grid = Grid.around(*MIDDLE, 0.005, km=km)
        for worker in running.workers:
            if worker.alive:
                await worker.end()
        worker = await running.start_worker()
        await compute(http, Grid.around(*MIDDLE, 0.01))
        process = psutil.Process(worker.pid)
        before = most = process.memory_info().rss
        computing = asyncio.create_task(compute(http, grid))
        while not computing.done():
            most = max(most, process.memory_info().rss)
            await asyncio.sleep(0.05)
        taken, _ = await computing
        grown = (most - before) / 2**20
        line(f"{km} km × {km} km at 0.005°, {grid.cells:,} cells, s", f"{taken:.1f}", "", True)
        line("  the worker's memory over a small region's, MB", f"{grown:.0f}", "<= 60", grown <= 60)


async def scores(http: aiohttp.ClientSession, conn: Any) -> None:
    """Single requests, one after the other, at points that are covered."""
    for name, km in (("one city", 30.0), ("a state", 500.0)):
        grid = Grid.around(*MIDDLE, 0.01, km=km)
        await put(conn, some_pois(100_000, grid.bounds))
        around = Grid.around(*MIDDLE, 0.01, km=28)
        await compute(http, around)
        draw, taken = random.Random(2), []
        for _ in range(500):
            point = {
                "lat": str(draw.uniform(around.bounds.south, around.bounds.north)),
                "lng": str(draw.uniform(around.bounds.west, around.bounds.east)),
            }
            start = perf_counter()
            async with http.get("/api/score", params=point) as response:
                found = await response.json()
            taken.append((perf_counter() - start) * 1000)
            assert found["hasHeatmapCoverage"], found
        p95 = percentile(taken, 0.95)
        line(f"GET /api/score, 100,000 places in {name}, p50 ms", f"{median(taken):.1f}", "", True)
        line("  p95 ms", f"{p95:.1f}", "<= 20", p95 <= 20)


async def main(rounds: int) -> None:
    scoring(rounds)
    with tempfile.TemporaryDirectory() as folder:
        async with (
            platform(Path(folder)) as running,
            aiohttp.ClientSession(running.url, headers=HEADERS) as http,
        ):
            conn = await asyncpg.connect(running.postgres.dsn)
            await regions(running, http, conn, rounds)
            await memory(running, http, conn)
            await scores(http, conn)
            await conn.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    asyncio.run(main(parser.parse_args().rounds))
