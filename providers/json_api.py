"""A rate-limited client of a JSON API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp
import orjson

from providers.errors import Busy, ProviderError
from providers.http import HttpReply, Judge, Request, error_of, exchange, parse_json_off_loop
from providers.rate_limit import RateLimiter, Window

PATIENCE = 10.0
"""Seconds that a request waits for the rate limiter."""
MAX_BODY = 4 << 20


class JsonApi:
    """`url` has no trailing slash. A key in `headers` must also be in `secrets`."""

    def __init__(
        self,
        name: str,
        url: str,
        session: aiohttp.ClientSession,
        limiter: RateLimiter,
        *,
        windows: Sequence[Window],
        daily: int | None = None,
        headers: Mapping[str, str],
        secrets: Sequence[str] = (),
        timeout: float = 10.0,
    ) -> None:
        self.name, self.url = name, url.rstrip("/")
        self._session, self._limiter, self._windows, self._daily = session, limiter, windows, daily
        self._headers = {"Accept": "application/json", **headers}
        self._secrets, self._timeout = secrets, timeout

    async def get(
        self, path: str, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        """Return the JSON of a 200, or None for a 404. Raises ProviderError."""
        return await self._send(path, params or {}, None, headers or {})

    async def post(self, path: str, body: Any, headers: Mapping[str, str]) -> Any:
        """Post JSON; returns the JSON of a 200, or None for a 404. Raises ProviderError."""
        return await self._send(path, {}, orjson.dumps(body), {"Content-Type": "application/json", **headers})

    async def _send(self, path: str, params: Mapping[str, str], body: bytes | None, headers: Mapping[str, str]) -> Any:
        request = Request(
            provider=self.name,
            url=self.url + path,
            params=params,
            headers={**self._headers, **headers},
            timeout=self._timeout,
            secrets=self._secrets,
            body=body,
            max_body=MAX_BODY,
        )

        async def read(reply: HttpReply) -> Any:
            return await parse_json_off_loop(reply.body, self.name)

        return await exchange(self._session, request, self._admit, read, _judge(self.name))

    async def _admit(self) -> None:
        wait = self._limiter.expected_wait(self.name, self._windows)
        if wait > PATIENCE:
            raise Busy(f"its rate limit allows no request for {wait:.0f} s", provider=self.name, wait=wait)
        await self._limiter.acquire(self.name, self._windows, self._daily)


def _judge(name: str) -> Judge:
    """Return a judge for which a 404 is no match."""

    def judge(status: int, text: str, retry_after: float | None) -> ProviderError | None:
        return None if status == 404 else error_of(name, status, text, retry_after)

    return judge
