"""Files as people send them: voters as CSV and .xlsx, parcels as a shapefile in feet, from the request to the result.

`python -m tests.benchmarks.files [--rounds 3] [--rows 100000]`. "from the request on" includes the upload and its
conversion; the memory is the growth of the API, the worker and their child processes together.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import tempfile
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import aiohttp
import asyncpg
import psutil
import pyogrio.raw
import shapely
import xlsxwriter
from pyproj import Transformer

from tests import registers
from tests.benchmarks.imports import HEADERS, plain_voters, seconds, send
from tests.benchmarks.report import line, spread
from tests.processes import Platform, platform

FEET = 2264
"""EPSG code of North Carolina's state plane in US survey feet."""
ROWS = 100_000
MAX_MEGABYTES = 600


def spreadsheet(folder: Path, rows: int) -> Path:
    """The campaign's list as .xlsx."""
    file = folder / "voters.xlsx"
    with xlsxwriter.Workbook(str(file), {"constant_memory": True, "tmpdir": str(folder)}) as book:
        sheet = book.add_worksheet("Voters")
        sheet.write_row(0, 0, list(registers.voter(0)))
        for number in range(rows):
            sheet.write_row(number + 1, 0, list(registers.voter(number).values()))
    return file


def shapefile(folder: Path, rows: int) -> Path:
    """Parcels in feet, zipped."""
    import numpy

    features = [registers.parcel(number) for number in range(rows)]
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in features]
    to_feet = Transformer.from_crs(4326, FEET, always_xy=True)
    shapes = shapely.transform(
        numpy.array(shapes), lambda xy: numpy.column_stack(to_feet.transform(xy[:, 0], xy[:, 1]))
    )
    names = list(features[0]["properties"])
    parts = folder / "shapefile"
    parts.mkdir()
    pyogrio.raw.write(
        parts / "parcels.shp",
        geometry=shapely.to_wkb(shapes),
        field_data=[numpy.array([feature["properties"][name] for feature in features]) for name in names],
        fields=[name[:10] for name in names],
        geometry_type="Polygon",
        crs=f"EPSG:{FEET}",
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(parts.iterdir()):
            archive.write(part, part.name)
    file = folder / "parcels.zip"
    file.write_bytes(packed.getvalue())
    return file


def resident_bytes(pids: Iterable[int]) -> int:
    """Memory of these processes and their children."""
    total = 0
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            for one in (process, *process.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    total += one.memory_info().rss
    return total


async def measure(
    running: Platform, http: aiohttp.ClientSession, what: str, file: Path
) -> tuple[dict[str, Any], float, float]:
    """Import a file. Returns the job, the seconds from the request on, and the growth of the memory in MB."""
    assert running.api is not None
    pids = [running.api.pid, *(worker.pid for worker in running.workers if worker.alive)]
    idle = most = resident_bytes(pids)
    start = perf_counter()
    sending = asyncio.create_task(send(http, what, file))
    while not sending.done():
        most = max(most, resident_bytes(pids))
        await asyncio.wait([sending], timeout=0.1)
    return await sending, perf_counter() - start, (most - idle) / 2**20


async def main(rounds: int, rows: int = ROWS) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cases = (
            ("voters, CSV", "voters", await asyncio.to_thread(plain_voters, folder, rows), 40_000),
            ("voters, .xlsx", "voters", await asyncio.to_thread(spreadsheet, folder, rows), 15_000),
            ("parcels, zipped shapefile in feet", "parcels", await asyncio.to_thread(shapefile, folder, rows), 15_000),
        )
        env = {"TRIGPOINT_MAX_ITEMS": "2000000", "TRIGPOINT_UPLOADS_URL": (folder / "uploads").as_uri()}
        async with (
            platform(folder, env=env) as running,
            aiohttp.ClientSession(running.url, headers=HEADERS, timeout=aiohttp.ClientTimeout(total=None)) as http,
        ):
            conn = await asyncpg.connect(running.postgres.dsn)
            for label, what, file, target in cases:
                whole, job_only, grown = [], [], []
                for _ in range(rounds):
                    await conn.execute("TRUNCATE voters, households, parcels CASCADE")
                    job, elapsed, megabytes = await measure(running, http, what, file)
                    assert job["result"]["inserted"] == rows, job["result"]
                    whole.append(rows / elapsed)
                    job_only.append(rows / seconds(job))
                    grown.append(megabytes)
                line(
                    f"{rows:,} {label}: the job, rows/s", spread(job_only), f">= {target:,}", median(job_only) >= target
                )
                line("  from the request on, rows/s", spread(whole), "", True)
                line("  memory over idle, MB", spread(grown), f"<= {MAX_MEGABYTES}", max(grown) <= MAX_MEGABYTES)
            await conn.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=ROWS)
    asked = parser.parse_args()
    asyncio.run(main(asked.rounds, asked.rows))
