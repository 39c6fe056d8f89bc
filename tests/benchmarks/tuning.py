"""Measure the benefit of each process-wide setting of a worker: the speed of imports, and memory after long pages.

`python -m tests.benchmarks.tuning [--rounds 3]`. The variants run in turn, each on a fresh worker; ratios are taken
round by round. Decision 14 quotes the figures.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import aiohttp
import asyncpg
import psutil

from tests import registers
from tests.benchmarks.imports import HEADERS, plain_voters, seconds, send
from tests.benchmarks.report import line, spread
from tests.processes import Process, platform
from workers.core import process_tuning

ROWS = 100_000
VARIANTS = ("all settings", "switch interval", "garbage collector")
PAGES, PAGE_BYTES, THREADS = 60, 2_000_000, 8


def leave_out(variant: str) -> None:
    """Give one setting back Python's default, in this process."""
    if variant == "switch interval":
        process_tuning.SWITCH_INTERVAL_SECONDS = 0.005
    elif variant == "garbage collector":
        process_tuning.GC_THRESHOLDS = (700, 10, 10)


async def imports(rounds: int) -> None:
    """Rows per second of imports, without each setting and with all of them."""
    rates: dict[tuple[str, str], list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        voters = plain_voters(folder, ROWS)
        parcels = folder / "parcels.geojson"
        parcels.write_bytes(registers.collection([registers.parcel(n) for n in range(ROWS)]))
        env = {"TRIGPOINT_UPLOADS_URL": (folder / "uploads").as_uri()}
        async with (
            platform(folder, env=env) as running,
            aiohttp.ClientSession(running.url, headers=HEADERS, timeout=aiohttp.ClientTimeout(total=None)) as http,
        ):
            await running.workers[0].end()  # each variant has a worker of its own
            conn = await asyncpg.connect(running.postgres.dsn)
            for _ in range(rounds):
                for variant in VARIANTS:
                    argv = [sys.executable, "-m", "tests.benchmarks.tuning", "--worker", variant]
                    worker = await Process("worker", argv, running.env, folder / "worker.log").start()
                    await conn.execute("TRUNCATE voters, households, parcels CASCADE")
                    rates[variant, "voters"].append(ROWS / seconds(await send(http, "voters", voters)))
                    rates[variant, "parcels"].append(ROWS / seconds(await send(http, "parcels", parcels)))
                    await worker.end()
            await conn.close()
    for kind in ("voters", "parcels"):
        line(f"{ROWS:,} {kind}, rows/s", spread(rates["all settings", kind]), "", True)
        for variant in VARIANTS[1:]:
            pairs = zip(rates["all settings", kind], rates[variant, kind], strict=True)
            ratios = [tuned / plain for tuned, plain in pairs]
            line(f"  with / without the {variant}", spread(ratios), ">= 1", median(ratios) >= 1)


def resident_after_pages(variant: str) -> float:
    """MB that this process holds after parsing long pages in threads, over what it held before."""
    from selectolax.lexbor import LexborHTMLParser

    if variant != "without arenas":
        process_tuning.tune_process()
    page = "<p class=a>" + "<b>text</b> " * (PAGE_BYTES // 12)
    LexborHTMLParser("<p>")
    process = psutil.Process()
    before = process.memory_info().rss
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda _: len(LexborHTMLParser(page).css("b")), range(PAGES)))
    if variant != "without trim":
        process_tuning.return_free_memory()
    return float(process.memory_info().rss - before) / 2**20


async def memory(rounds: int) -> None:
    """Memory after long pages with both settings of malloc, and without each of them."""
    for variant in ("both", "without arenas", "without trim"):
        held = []
        for _ in range(rounds):
            argv = [sys.executable, "-m", "tests.benchmarks.tuning", "--pages", variant]
            process = await asyncio.create_subprocess_exec(*argv, stdout=asyncio.subprocess.PIPE)
            out, _err = await process.communicate()
            held.append(float(out))
        line(f"memory held after {PAGES} pages of 2 MB, {variant}, MB", spread(held), "", True)


async def main(rounds: int) -> None:
    await imports(rounds)
    await memory(rounds)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("--pages", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        from arq.cli import cli

        leave_out(asked.worker)
        cli(["workers.Settings"])
    elif asked.pages:
        print(resident_after_pages(asked.pages))
    else:
        asyncio.run(main(asked.rounds))
