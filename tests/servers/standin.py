"""What all stand-ins share: a server on a free port that keeps a log, enforces a limit, and fails on request."""

from __future__ import annotations

import asyncio
import random
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

import orjson
from aiohttp import web

#: The key that the stand-ins of providers with keys accept.
KEY = "pk.stand-in"
#: The path that controls the stand-in: GET returns the log, POST sets fault and latency.
CONTROL = "/_stand-in"
#: What SLOW adds, in seconds: longer than a test's timeout, shorter than anyone's patience.
SLOWNESS = 1.0
#: How long a burst of refusals lasts, in seconds.
BURST = 0.3


class Fault(StrEnum):
    """Ways to fail."""

    SLOW = "slow"  # the right response after SLOWNESS
    HANG = "hang"  # no answer
    RATE_LIMITED = "rate-limited"  # 429 without Retry-After
    RETRY_AFTER = "retry-after"  # 429 with it
    SERVER_ERROR = "server-error"  # 503
    GARBAGE = "garbage"  # 200 and a page of HTML
    CUT_OFF = "cut-off"  # half of the response, then the connection ends
    RESET = "reset"  # the connection ends at once
    QUOTA = "quota"  # the day's allowance is used up
    BAD_KEY = "bad-key"  # we are refused


@dataclass(frozen=True, slots=True)
class Mix:
    """Faults at random, each with its probability; `bursts` is that of a BURST of refusals, with Retry-After."""

    faults: Mapping[Fault, float]
    bursts: float = 0.0


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request that came, at `at` on the monotonic clock; `refused` by the enforced limit."""

    at: float
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    refused: bool

    @property
    def user_agent(self) -> str:
        return self.headers.get("User-Agent", "")


class StandIn(ABC):
    """An async context manager around one server. `latency` is in seconds; `limit` in requests a sliding second.

    Attributes may be changed while it runs.
    """

    #: The paths for queries, points, and batches by POST; empty if the provider has none.
    path: str
    reverse_path = ""
    batch_path = ""

    def __init__(self, latency: float = 0.0, limit: int | None = None, port: int = 0, key: str = KEY) -> None:
        self.key = key
        self.latency = latency
        self.limit = limit
        self.retry_after = 1
        self.arrivals: list[Arrival] = []
        self.violations = 0
        self.url = ""
        self._port = port
        self._fault: Fault | None = None
        self._times: int | None = None
        self._recent: deque[float] = deque()
        self._mix: Mix | None = None
        self._random = random.Random()
        self._burst_until = 0.0
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        for path in {self.path, self.reverse_path} - {""}:
            app.router.add_get(path, self._answer)
        if self.batch_path:
            app.router.add_post(self.batch_path, self._answer)
        app.router.add_get(CONTROL, self._tell)
        app.router.add_post(CONTROL, self._set)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def fail(self, fault: Fault | None, times: int | None = None) -> None:
        """Fail that way from now on, or for the next `times` requests; None ends it."""
        self._fault, self._times = fault, times

    def fail_at_random(self, mix: Mix, seed: int) -> None:
        """Fail now and then from now on, the same way for the same seed and order of requests."""
        self._mix, self._random = mix, random.Random(seed)

    @abstractmethod
    def look_up(self, params: dict[str, str]) -> web.Response:
        """Return the provider's response to a query."""

    def look_back(self, params: dict[str, str]) -> web.Response:
        """Return the provider's response to a point."""
        raise NotImplementedError

    def look_up_batch(self, params: dict[str, str], body: bytes) -> web.Response:
        """Return the provider's response to a batch: the posted body, or the file in it."""
        raise NotImplementedError

    @abstractmethod
    def refuse(self, fault: Fault) -> web.Response:
        """The provider's words for RATE_LIMITED, QUOTA, BAD_KEY and SERVER_ERROR."""

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        now = time.monotonic()
        refused = self._over_limit(now)
        params = dict(request.query)
        self.arrivals.append(Arrival(now, request.path, params, dict(request.headers), refused))
        if refused:
            self.violations += 1
            return self.refuse(Fault.RATE_LIMITED)
        fault = self._take_fault(now)
        answer = await self._respond(request, params)
        if self.latency:
            await asyncio.sleep(self.latency)
        return answer if fault is None else await self._fail(request, fault, answer)

    async def _respond(self, request: web.Request, params: dict[str, str]) -> web.Response:
        if request.method == "POST":
            if request.content_type == "multipart/form-data":
                form = await request.post()
                params |= {name: value for name, value in form.items() if isinstance(value, str)}
                file = next(value for value in form.values() if isinstance(value, web.FileField))
                return self.look_up_batch(params, file.file.read())
            return self.look_up_batch(params, await request.read())
        if request.path == self.reverse_path != self.path:
            return self.look_back(params)
        return self.look_up(params)

    async def _fail(self, request: web.Request, fault: Fault, answer: web.Response) -> web.StreamResponse:
        match fault:
            case Fault.SLOW:
                await asyncio.sleep(SLOWNESS)
                return answer
            case Fault.HANG:
                await asyncio.Event().wait()
            case Fault.GARBAGE:
                return web.Response(text="<html><body>It works!</body></html>", content_type="text/html")
            case Fault.CUT_OFF:
                whole = answer.body
                assert isinstance(whole, bytes)
                response = web.StreamResponse(headers={"Content-Length": str(len(whole))})
                await response.prepare(request)
                await response.write(whole[: len(whole) // 2])
                _hang_up(request)
                return response
            case Fault.RESET:
                _hang_up(request)
            case Fault.RETRY_AFTER:
                refusal = self.refuse(Fault.RATE_LIMITED)
                refusal.headers["Retry-After"] = str(self.retry_after)
                return refusal
            case _:
                return self.refuse(fault)
        return web.Response()

    def _over_limit(self, now: float) -> bool:
        if self.limit is None:
            return False
        while self._recent and self._recent[0] <= now - 1.0:
            self._recent.popleft()
        self._recent.append(now)
        return len(self._recent) > self.limit

    def _take_fault(self, now: float) -> Fault | None:
        if self._mix is not None:
            return self._draw(self._mix, now)
        fault = self._fault
        if fault is not None and self._times is not None:
            self._times -= 1
            if self._times <= 0:
                self.fail(None)
        return fault

    def _draw(self, mix: Mix, now: float) -> Fault | None:
        if now < self._burst_until:
            return Fault.RETRY_AFTER
        drawn = self._random.random()
        if drawn < mix.bursts:
            self._burst_until = now + BURST
            return Fault.RETRY_AFTER
        drawn -= mix.bursts
        for fault, probability in mix.faults.items():
            if drawn < probability:
                return fault
            drawn -= probability
        return None

    async def _tell(self, request: web.Request) -> web.Response:
        return json_response(
            {
                "requests": len(self.arrivals),
                "violations": self.violations,
                "arrivals": [arrival.at for arrival in self.arrivals],
                "queries": [arrival.query for arrival in self.arrivals],
            }
        )

    async def _set(self, request: web.Request) -> web.Response:
        order: dict[str, Any] = orjson.loads(await request.read())
        if "fault" in order:
            self.fail(Fault(order["fault"]) if order["fault"] else None, order.get("times"))
        self.latency = order.get("latency", self.latency)
        return web.Response(status=204)


def json_response(data: object, status: int = 200) -> web.Response:
    """`data` as JSON."""
    return web.Response(body=orjson.dumps(data), status=status, content_type="application/json", charset="utf-8")


def html_response(status: int) -> web.Response:
    """The error page of the proxy before a public server, in HTML."""
    return web.Response(status=status, text=f"<html><h1>{status}</h1></html>", content_type="text/html")


#: The status of each refusal where a provider has no sign of its own for it. None of them documents one for a used up
#: quota but 402, which is what the status is for.
STATUSES = {Fault.RATE_LIMITED: 429, Fault.BAD_KEY: 403, Fault.QUOTA: 402, Fault.SERVER_ERROR: 503}


def _hang_up(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
