"""The stand-ins as one process for all providers, with faults from a seed."""

from __future__ import annotations

import asyncio
import json
import signal
import sys

import aiohttp
import pytest

from tests.servers.everyone import STAND_INS
from tests.servers.nominatim import NominatimStandIn
from tests.servers.standin import Fault, Mix


async def test_all_of_them_in_one_process() -> None:
    options = ["--all", "--limits", "census=5", "--faults", "5xx=1", "--faulty", "photon"]
    argv = [sys.executable, "-m", "tests.servers", *options]
    process = await asyncio.create_subprocess_exec(*argv, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        urls = json.loads(await process.stdout.readline())
        assert set(urls) == set(STAND_INS)
        async with aiohttp.ClientSession() as session:
            async with session.get(f"{urls['photon']}/api", params={"q": "Anchorage"}) as response:
                assert response.status == 503
            for _ in range(7):
                async with session.get(f"{urls['census']}/geocoder/locations/address", params={"benchmark": "4"}):
                    pass
            async with session.get(f"{urls['census']}/_stand-in") as response:
                counts = await response.json()
    finally:
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
    assert (counts["requests"], counts["violations"]) == (7, 2)


async def statuses(seed: int) -> list[int]:
    mix = Mix({Fault.SERVER_ERROR: 0.3, Fault.GARBAGE: 0.2})
    async with NominatimStandIn() as server, aiohttp.ClientSession() as session:
        search = {"format": "jsonv2", "city": "Anchorage"}
        server.fail_at_random(mix, seed)
        seen = []
        for _ in range(40):
            async with session.get(f"{server.url}/search", params=search) as response:
                seen.append(response.status if response.content_type == "application/json" else -response.status)
    return seen


async def test_faults_are_drawn_from_a_seed() -> None:
    once = await statuses(seed=3)
    assert {200, -200, -503} == set(once)
    assert await statuses(seed=3) == once
    assert await statuses(seed=4) != once


async def test_refusals_come_in_bursts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.servers.standin.BURST", 3600.0)
    async with NominatimStandIn() as server, aiohttp.ClientSession() as session:
        search = {"format": "jsonv2", "city": "Anchorage"}
        server.fail_at_random(Mix({}, bursts=0.2), seed=2)
        seen = []
        for _ in range(40):
            async with session.get(f"{server.url}/search", params=search) as response:
                seen.append((response.status, response.headers.get("Retry-After")))
    first = seen.index((429, "1"))
    assert first > 0
    assert set(seen[:first]) == {(200, None)} and set(seen[first:]) == {(429, "1")}
