"""The cost of imports compared with COPY: voters and parcels on the whole platform, and the worker's memory.

`python -m tests.benchmarks.imports [--rounds 3] [--large]`. The yardstick is a COPY of the same file into a bare table
of the same columns in the same run. `--large` imports a million voters too, for the memory.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import aiohttp
import asyncpg
import psutil

from tests import registers
from tests.benchmarks.report import line, spread
from tests.harness import ADMIN_KEY, follow
from tests.processes import Platform, platform

VOTERS = 100_000
PARCELS = 100_000
HEADERS = {"Authorization": f"Bearer {ADMIN_KEY}"}


def seconds(job: dict[str, Any]) -> float:
    """From the claim to the end."""
    return (datetime.fromisoformat(job["completedAt"]) - datetime.fromisoformat(job["startedAt"])).total_seconds()


async def send(http: aiohttp.ClientSession, what: str, file: Path, **options: str) -> dict[str, Any]:
    """Import a file; the finished job."""
    with file.open("rb") as data:
        async with http.post(f"/api/v1/{what}/import", data=data, params=options) as response:
            assert response.status == 202, await response.text()
            created = await response.json()
    job = await follow(http, created["jobId"], within=600)
    assert job["status"] == "completed", job
    return job


async def bare_copy(conn: asyncpg.Connection[Any], file: Path, header: Sequence[str]) -> float:
    """Rows a second of a COPY of the file into a table of text columns."""
    columns = ", ".join(f'"{name}" text' for name in header)
    await conn.execute(f"DROP TABLE IF EXISTS bare; CREATE TABLE bare ({columns})")
    start = perf_counter()
    done = await conn.copy_to_table("bare", source=file, format="csv", header=True)
    return int(done.split()[1]) / (perf_counter() - start)


def voters(folder: Path, rows: int) -> Path:
    """An Ohio file with elections: 44 columns, some 250 bytes per row."""
    file = folder / f"voters-{rows}.csv"
    with file.open("wb") as out:
        for first in range(0, rows, 10_000):
            part = (row for n, row in enumerate(registers.ohio(min(rows, first + 10_000))) if n >= first)
            out.write(registers.delimited(part, registers.OHIO_HEADER if not first else None))
    return file


def plain_voters(folder: Path, rows: int) -> Path:
    """The list of a campaign: 11 columns, some 100 bytes per row."""
    file = folder / f"plain-{rows}.csv"
    file.write_bytes(registers.table([registers.voter(n) for n in range(rows)]))
    return file


async def voter_speed(running: Platform, http: aiohttp.ClientSession, folder: Path, rounds: int) -> None:
    conn = await asyncpg.connect(running.postgres.dsn)
    for name, file, header in (
        ("Ohio voters", voters(folder, VOTERS), registers.OHIO_HEADER),
        ("plain voters", plain_voters(folder, VOTERS), list(registers.voter(0))),
    ):
        new, again, bare = [], [], []
        for _ in range(rounds):
            bare.append(await bare_copy(conn, file, header))
            await conn.execute("TRUNCATE voters, households CASCADE")
            new.append(VOTERS / seconds(await send(http, "voters", file)))
            again.append(VOTERS / seconds(await send(http, "voters", file)))
        ratios = [ours / theirs for ours, theirs in zip(new, bare, strict=True)]
        line(f"{VOTERS:,} {name}, rows/s", spread(new), ">= 40,000", median(new) >= 40_000)
        line("  the same again (unchanged), rows/s", spread(again), "", True)
        line("  COPY into a bare table, rows/s", spread(bare), "", True)
        line("  import / bare COPY", spread(ratios), ">= 0.1", median(ratios) >= 0.1)
    await conn.close()


async def parcel_speed(running: Platform, http: aiohttp.ClientSession, folder: Path, rounds: int) -> None:
    file = folder / "parcels.geojson"
    made = await asyncio.to_thread(lambda: registers.collection([registers.parcel(n) for n in range(PARCELS)]))
    await asyncio.to_thread(file.write_bytes, made)
    conn = await asyncpg.connect(running.postgres.dsn)
    rates = []
    for _ in range(rounds):
        await conn.execute("TRUNCATE parcels")
        job = await send(http, "parcels", file)
        assert job["result"]["inserted"] == PARCELS
        rates.append(PARCELS / seconds(job))
    await conn.close()
    line(f"{PARCELS:,} parcels with polygons, features/s", spread(rates), ">= 15,000", median(rates) >= 15_000)


async def memory(running: Platform, http: aiohttp.ClientSession, folder: Path, sizes: Sequence[int]) -> None:
    """Return the worker's peak memory beyond its idle memory for files of growing length, each on a new worker."""
    for rows in sizes:
        for worker in running.workers:
            if worker.alive:
                await worker.end()
        worker = await running.start_worker()
        process = psutil.Process(worker.pid)
        await asyncio.sleep(3)
        idle = most = process.memory_info().rss
        file = await asyncio.to_thread(voters, folder, rows)
        sending = asyncio.create_task(send(http, "voters", file, source=f"memory {rows}"))
        while not sending.done():
            most = max(most, process.memory_info().rss)
            await asyncio.sleep(0.05)
        await sending
        grown = (most - idle) / 2**20
        line(f"memory over idle, {rows:,} voters, MB", f"{grown:.0f}", "<= 60", grown <= 60)


async def main(rounds: int, *, large: bool = False) -> None:
    env = {"TRIGPOINT_MAX_ITEMS": "2000000"}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env["TRIGPOINT_UPLOADS_URL"] = (folder / "uploads").as_uri()
        async with (
            platform(folder, env=env) as running,
            aiohttp.ClientSession(running.url, headers=HEADERS, timeout=aiohttp.ClientTimeout(total=None)) as http,
        ):
            await voter_speed(running, http, folder, rounds)
            await parcel_speed(running, http, folder, rounds)
            await memory(running, http, folder, (10_000, 100_000, 1_000_000) if large else (10_000, 100_000))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--large", action="store_true")
    asked = parser.parse_args()
    asyncio.run(main(asked.rounds, large=asked.large))
