"""How fast addresses are suggested while they are typed, and found at a point, from imported reference data."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from statistics import quantiles
from typing import Protocol

import aiohttp

from tests.benchmarks.report import line

ASKED = 500
POINTS = 100


class House(Protocol):
    @property
    def number(self) -> str: ...
    @property
    def street(self) -> str: ...
    @property
    def city(self) -> str: ...
    @property
    def latitude(self) -> float: ...
    @property
    def longitude(self) -> float: ...


def typed(house: House, choice: random.Random) -> str:
    """Return the beginning of the address as somebody may have typed it by now."""
    text = f"{house.number} {house.street} {house.city}".lower()
    return text[: choice.randint(len(house.number) + 3, len(text))]


async def suggest(http: aiohttp.ClientSession, houses: Sequence[House]) -> None:
    choice = random.Random(13)
    taken, right = [], 0
    for _ in range(ASKED):
        house = choice.choice(houses)
        start = time.perf_counter()
        async with http.get("/api/v1/geocode/suggest", params={"q": typed(house, choice)}) as response:
            found = (await response.json())["suggestions"]
        taken.append((time.perf_counter() - start) * 1000)
        right += any(one["address"].startswith(f"{house.number} ") for one in found)
    p95 = quantiles(taken, n=20)[-1]
    line("suggestions over HTTP, p95, ms", f"{p95:.1f}", "<= 15", p95 <= 15)
    share = right / ASKED
    line("suggestions with the number that was typed", f"{share:.1%}", ">= 99 %", share >= 0.99)


async def reverse(http: aiohttp.ClientSession, houses: Sequence[House]) -> None:
    choice = random.Random(14)
    taken = []
    for _ in range(POINTS):
        house = choice.choice(houses)
        start = time.perf_counter()
        point = {"lat": house.latitude, "lon": house.longitude}
        async with http.get("/api/v1/reverse", params=point) as response:
            await response.read()
        taken.append((time.perf_counter() - start) * 1000)
    p95 = quantiles(taken, n=20)[-1]
    line("the house at a point over HTTP, p95, ms", f"{p95:.1f}", "<= 50", p95 <= 50)
