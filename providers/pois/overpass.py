"""Overpass (https://wiki.openstreetmap.org/wiki/Overpass_API): OpenStreetMap's shops within a box.

The public servers allow two slots per address and ask for fewer than 10,000 queries and 1 GB per day. They answer 429
if there is no slot, 504 if they are too busy, and 200 with a `remark` if a query ran out of time or memory. The caller
sends one query at a time; this client paces and identifies them and pauses when the server asks for it. Your own server
has only the limits that you configure. Data © OpenStreetMap contributors, ODbL 1.0.

Posts to `/api/interpreter` below the configured url.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode, urlsplit

import aiohttp

from providers.errors import ProviderError, RateLimited, Unavailable
from providers.http import MAX_LARGE_CONTAINERS, MAX_LARGE_VALUES, HttpReply, Request, error_of, exchange, parse_json
from providers.rate_limit import RateLimiter, Window
from providers.rate_limit.base import window_of_rate

QUERY_SECONDS = 60
"""Seconds that the server may take for a query, without the transfer of the answer."""
ANSWER_SECONDS = 90.0
MAX_BODY = 64 << 20
BUSY_SECONDS = 30.0
"""Pause after a 429 or 504 without Retry-After."""


@dataclass(frozen=True, slots=True)
class Element:
    """A node, or the centre of a way or relation, in degrees. `id` is `node/1`, `way/2` or `relation/3`."""

    id: str
    latitude: float
    longitude: float
    tags: Mapping[str, str]


class Overpass:
    """A client of one server. All methods raise ProviderError."""

    name: ClassVar[str] = "overpass"
    public_hosts: ClassVar[frozenset[str]] = frozenset(
        {
            "overpass-api.de",
            "lz4.overpass-api.de",
            "z.overpass-api.de",
            "overpass.kumi.systems",
            "overpass.private.coffee",
        }
    )
    windows: ClassVar[tuple[Window, ...]] = (Window(1, 2.0),)
    daily: ClassVar[int] = 10_000
    attribution: ClassVar[str] = "© OpenStreetMap contributors, ODbL 1.0. https://www.openstreetmap.org/copyright"

    def __init__(
        self,
        url: str,
        session: aiohttp.ClientSession,
        limiter: RateLimiter,
        user_agent: str,
        *,
        rate: float | None = None,
        daily: int | None = None,
    ) -> None:
        self._url = url.rstrip("/") + "/api/interpreter"
        self._session, self._limiter = session, limiter
        self._headers = {"User-Agent": user_agent, "Content-Type": "application/x-www-form-urlencoded"}
        public = urlsplit(url).hostname in self.public_hosts
        self._windows = (window_of_rate(rate),) if rate else self.windows if public else ()
        self._daily = daily or (self.daily if public else None)

    async def within(
        self, box: tuple[float, float, float, float], values: Mapping[str, Sequence[str]]
    ) -> list[Element]:
        """Return everything in the box (south, west, north, east) with one of these values under one of these keys."""
        return await self.ask(query(box, values))

    async def ask(self, ql: str) -> list[Element]:
        """Return the elements found by a query in Overpass QL."""
        body = urlencode({"data": ql}).encode()
        request = Request(self.name, self._url, {}, self._headers, ANSWER_SECONDS, body=body, max_body=MAX_BODY)
        try:
            found = await exchange(self._session, request, self._admit, self._read, _judge)
        except RateLimited as error:
            if error.asked:
                await self._limiter.penalise(self.name, error.retry_after or BUSY_SECONDS, str(error))
            raise
        return found or []

    async def _admit(self) -> None:
        await self._limiter.acquire(self.name, self._windows, self._daily)

    async def _read(self, reply: HttpReply) -> list[Element]:
        return await asyncio.to_thread(read, reply.body)


def query(box: tuple[float, float, float, float], values: Mapping[str, Sequence[str]]) -> str:
    """Return the query in Overpass QL. Values are plain words."""
    area = ",".join(f"{degrees:.6f}" for degrees in box)
    parts = "".join(f'nwr["{key}"~"^({"|".join(words)})$"]({area});' for key, words in values.items())
    return f"[out:json][timeout:{QUERY_SECONDS}];({parts});out center tags;"


def read(body: bytes) -> list[Element]:
    """Return the elements of an answer. Raises Unavailable if it is incomplete."""
    answer = parse_json(body, Overpass.name, max_values=MAX_LARGE_VALUES, max_containers=MAX_LARGE_CONTAINERS)
    elements = answer.get("elements") if isinstance(answer, dict) else None
    if not isinstance(elements, list):
        raise Unavailable("garbled answer: no elements", provider=Overpass.name)
    if (remark := answer.get("remark")) and "error" in str(remark):
        raise Unavailable(f"the query was given up: {str(remark)[:200]}", provider=Overpass.name)
    return list(_elements(elements))


def _elements(found: list[Any]) -> Iterator[Element]:
    for element in found:
        try:
            point = element.get("center", element)
            latitude, longitude = float(point["lat"]), float(point["lon"])
            identity, tags = f"{element['type']}/{int(element['id'])}", element.get("tags") or {}
        except (AttributeError, TypeError, KeyError, ValueError):
            continue  # an element without coordinates, such as a relation that contains only relations
        if isinstance(tags, dict) and math.isfinite(latitude) and abs(latitude) <= 90 and abs(longitude) <= 180:
            yield Element(identity, latitude, longitude, {str(key): str(value) for key, value in tags.items()})


def _judge(status: int, text: str, retry_after: float | None) -> ProviderError:
    if status == 504:
        return RateLimited("HTTP 504: too busy", provider=Overpass.name, retry_after=retry_after)
    return error_of(Overpass.name, status, text, retry_after)
