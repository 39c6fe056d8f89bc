"""Requests per minute and API key, counted in Redis by all API processes together.

A limit protects the platform from a client out of control. It must never become a reason for which requests fail: while
Redis is slow or gone, requests pass.
"""

from __future__ import annotations

import asyncio
import math
import time
from typing import Any
from uuid import UUID

import structlog
from limits import RateLimitItemPerMinute
from limits.aio.storage import RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import StorageError
from redis.exceptions import RedisError
from starlette.requests import Request

from app.errors import TooManyRequests
from app.queue.redis_overrides import open_connections
from app.web.http.request_context import RESPONSE_HEADERS

log = structlog.get_logger(__name__)

MAX_WAIT_SECONDS = 0.25
PAUSE_SECONDS = 5.0
"""After a failure, until Redis is asked again."""


class KeyRateLimit:
    """The limit of one API process; with `per_minute` 0 there is none, and Redis is never asked."""

    def __init__(self, redis_url: str, prefix: str, per_minute: int) -> None:
        self._item = RateLimitItemPerMinute(per_minute) if per_minute else None
        self._paused_until = 0.0
        """On the monotonic clock."""
        if self._item is not None:
            self._storage = RedisStorage(
                "async+redis://",  # the address is that of the pool
                connection_pool=open_connections(redis_url, retries=0),  # type: ignore[arg-type]
                implementation="redispy",
                key_prefix=f"{prefix}:rate",
                wrap_exceptions=True,
            )
            self._limiter = FixedWindowRateLimiter(self._storage)

    async def close(self) -> None:
        """Close the connections to Redis."""
        if self._item is not None:
            bridge: Any = self._storage.bridge
            await bridge.get_connection().aclose(close_connection_pool=True)

    async def check(self, request: Request, key_id: UUID) -> None:
        """Count the request, and note the headers of its response. Raises TooManyRequests beyond the limit."""
        if self._item is None or time.monotonic() < self._paused_until:
            return
        try:
            async with asyncio.timeout(MAX_WAIT_SECONDS):
                is_allowed = await self._limiter.hit(self._item, key_id.hex)
                stats = await self._limiter.get_window_stats(self._item, key_id.hex)
        except (StorageError, RedisError, OSError, TimeoutError) as error:
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            log.warning("rate_limit_skipped", error=repr(error), seconds=PAUSE_SECONDS)
            return
        seconds = max(1, math.ceil(stats.reset_time - time.time()))
        request.scope[RESPONSE_HEADERS] = [
            (b"ratelimit-policy", b'"default";q=%d;w=60' % self._item.amount),
            (b"ratelimit", b'"default";r=%d;t=%d' % (max(0, stats.remaining), seconds)),
        ]
        if not is_allowed:
            raise TooManyRequests(
                f"This API key has made {self._item.amount:,} requests within a minute, which is the limit. Wait, and"
                " poll no more often than poll_interval_ms says.",
                retry_after=seconds,
                limit="requestsPerMinute",
                maximum=self._item.amount,
            )
