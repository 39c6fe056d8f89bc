"""What all stand-ins share: a server on a free port that keeps a log, enforces a limit, and fails on request."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

import orjson
from aiohttp import web

#: The stand-in's own address beside the provider's: GET tells the log, POST sets fault and latency.
CONTROL = "/_stand-in"
#: What SLOW adds, in seconds: longer than a test's timeout, shorter than anyone's patience.
SLOWNESS = 1.0


class Fault(StrEnum):
    """Ways to fail."""

    SLOW = "slow"  # the right answer, SLOWNESS later
    HANG = "hang"  # no answer
    RATE_LIMITED = "rate-limited"  # 429 without Retry-After
    RETRY_AFTER = "retry-after"  # 429 with it
    SERVER_ERROR = "server-error"  # 503
    GARBAGE = "garbage"  # 200 and a page of HTML
    CUT_OFF = "cut-off"  # half an answer, then the connection ends
    RESET = "reset"  # the connection ends at once
    QUOTA = "quota"  # the day's allowance is used up
    BAD_KEY = "bad-key"  # we are refused


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request that came, at `at` on the monotonic clock; `refused` by the enforced limit."""

    at: float
    query: dict[str, str]
    user_agent: str
    refused: bool


class StandIn(ABC):
    """An async context manager around one server. `latency` is in seconds; `limit` in requests a sliding second.

    Attributes may be changed while it runs.
    """

    #: Where the provider answers.
    path: str

    def __init__(self, latency: float = 0.0, limit: int | None = None, port: int = 0) -> None:
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
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get(self.path, self._answer)
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

    @abstractmethod
    def look_up(self, params: dict[str, str]) -> web.Response:
        """The provider's answer to a query."""

    @abstractmethod
    def refuse(self, fault: Fault) -> web.Response:
        """The provider's words for RATE_LIMITED, QUOTA, BAD_KEY and SERVER_ERROR."""

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        now = time.monotonic()
        refused = self._over_limit(now)
        params = dict(request.query)
        self.arrivals.append(Arrival(now, params, request.headers.get("User-Agent", ""), refused))
        if refused:
            self.violations += 1
            return self.refuse(Fault.RATE_LIMITED)
        fault = self._take_fault()
        if self.latency:
            await asyncio.sleep(self.latency)
        if fault is None:
            return self.look_up(params)
        return await self._fail(request, fault, params)

    async def _fail(self, request: web.Request, fault: Fault, params: dict[str, str]) -> web.StreamResponse:
        match fault:
            case Fault.SLOW:
                await asyncio.sleep(SLOWNESS)
                return self.look_up(params)
            case Fault.HANG:
                await asyncio.Event().wait()
            case Fault.GARBAGE:
                return web.Response(text="<html><body>It works!</body></html>", content_type="text/html")
            case Fault.CUT_OFF:
                whole = self.look_up(params).body
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

    def _take_fault(self) -> Fault | None:
        fault = self._fault
        if fault is not None and self._times is not None:
            self._times -= 1
            if self._times <= 0:
                self.fail(None)
        return fault

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


def _hang_up(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
