"""Overhead of geocoding beyond the requests: 2,000 households against a bare loop, and how well a rate limit is used.

`python -m tests.benchmarks.geocoding [--rounds 3]`. The stand-in speaks Nominatim's wire format, knows the sample's
real addresses, and runs as a process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp

from tests.benchmarks.report import line, spread
from tests.harness import ADMIN_KEY, follow
from tests.processes import Platform, Process, platform
from tests.servers.addresses import sample

HOUSEHOLDS = 2_000
CONCURRENCY = 20
LATENCY = 0.05
LIMIT = 20
LIMITED_HOUSEHOLDS = 600
HEADERS = {"Authorization": f"Bearer {ADMIN_KEY}"}


async def stand_in(folder: Path, env: dict[str, str], *options: str) -> tuple[Process, str]:
    """A Nominatim as a process, and its address."""
    log = folder / f"nominatim-{'-'.join(options)}.log"
    argv = [sys.executable, "-m", "tests.servers", "--nominatim", *options]
    server = await Process("nominatim", argv, env, log).start()
    while not (text := log.read_text()):
        await asyncio.sleep(0.05)
    return server, text.split()[0]


async def load(http: aiohttp.ClientSession, precinct: str, count: int) -> None:
    rows = [
        {
            "id": f"{precinct}-{i}",
            "address": a["address1"],
            "city": a["city"],
            "state": a["state"],
            "zipCode": a["postal_code"],
            "precinctNumber": precinct,
        }
        for i, a in enumerate(sample(count))
    ]
    async with http.post("/api/v1/households", json=rows) as response:
        assert response.status == 201, await response.text()


async def geocode(http: aiohttp.ClientSession, precinct: str) -> tuple[float, dict[str, Any]]:
    """Households a second from the create request to the end, and the job."""
    start = time.perf_counter()
    body = {"filters": {"precinctNumber": precinct}, "skipGeocoded": False, "useCache": False}
    async with http.post("/api/v1/gis/households/geocode", json=body) as response:
        assert response.status == 202, await response.text()
        job_id = (await response.json())["jobId"]
    job = await follow(http, job_id, within=300)
    assert job["status"] == "completed", job
    return job["processedItems"] / (time.perf_counter() - start), job


async def bare_loop(url: str, count: int) -> float:
    """Return the addresses per second of a loop that sends requests with the same concurrency and stores nothing."""
    todo = iter(sample(count))
    async with aiohttp.ClientSession(url, connector=aiohttp.TCPConnector(limit=0)) as http:
        start = time.perf_counter()

        async def ask() -> None:
            for a in todo:
                params = {
                    "street": a["address1"],
                    "city": a["city"],
                    "state": a["state"],
                    "postalcode": a["postal_code"],
                }
                async with http.get("/search", params=params | {"format": "jsonv2", "addressdetails": "1"}) as response:
                    await response.json()

        await asyncio.gather(*(ask() for _ in range(CONCURRENCY)))
        return count / (time.perf_counter() - start)


def configured(url: str, **more: str) -> dict[str, str]:
    return {
        "TRIGPOINT_GEOCODERS": "nominatim",
        "TRIGPOINT_PROVIDERS__NOMINATIM__URL": url,
        "TRIGPOINT_GEOCODE_CONCURRENCY": str(CONCURRENCY),
    } | more


async def throughput(folder: Path, rounds: int) -> None:
    env = Platform(folder).env
    server, url = await stand_in(folder, env, "--latency", str(LATENCY))
    async with (
        platform(folder, env=configured(url)) as running,
        aiohttp.ClientSession(running.url, headers=HEADERS) as http,
    ):
        await load(http, "all", HOUSEHOLDS)
        ours, bare = [], []
        for _ in range(rounds):
            bare.append(await bare_loop(url, HOUSEHOLDS))
            rate, job = await geocode(http, "all")
            assert job["processedItems"] == HOUSEHOLDS and job["failedItems"] == 0
            ours.append(rate)
        ratios = [a / b for a, b in zip(ours, bare, strict=True)]
        line("2,000 households at 50 ms, households/s", spread(ours), "", True)
        line("bare aiohttp loop, addresses/s", spread(bare), "", True)
        line("households / bare loop", spread(ratios), ">= 0.7", median(ratios) >= 0.7)
    await server.end(signal.SIGTERM)


async def limited(folder: Path) -> None:
    env = Platform(folder).env
    server, url = await stand_in(folder, env, "--latency", str(LATENCY), "--limit", str(LIMIT))
    more = configured(url, TRIGPOINT_PROVIDERS__NOMINATIM__RATE=str(LIMIT))
    async with platform(folder, env=more) as running, aiohttp.ClientSession(running.url, headers=HEADERS) as http:
        await load(http, "all", LIMITED_HOUSEHOLDS)
        _, job = await geocode(http, "all")
        assert job["processedItems"] == LIMITED_HOUSEHOLDS
    async with aiohttp.ClientSession() as http, http.get(f"{url}/_stand-in") as response:
        counts = await response.json()
    times = sorted(counts["arrivals"])
    used = (len(times) - 1) / (times[-1] - times[0]) / LIMIT
    line(
        f"limit of {LIMIT}/s: violations seen by the server", str(counts["violations"]), "0", counts["violations"] == 0
    )
    line(f"limit of {LIMIT}/s: share of it used", f"{used:.1%}", ">= 97 %", used >= 0.97)
    await server.end(signal.SIGTERM)


async def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        await throughput(Path(first), rounds)
        await limited(Path(second))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    asyncio.run(main(parser.parse_args().rounds))
