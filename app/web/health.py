"""Whether the process lives, and whether the platform is ready for work."""

from __future__ import annotations

import asyncio

from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import Response

from app.db import workers
from app.db.pool import CONNECTION_LOST
from app.web.platform import Platform
from app.web.responses import JSON

PROBE_SECONDS = 2.0


async def live(request: Request) -> Response:
    return JSON({"status": "ok"})


async def ready(request: Request) -> Response:
    """200 where Postgres and Redis answer and a worker beats; 503 otherwise, saying which is missing."""
    platform: Platform = request.app.state.platform
    postgres, redis = await asyncio.gather(_postgres(platform), _redis(platform))
    checks = {"postgres": postgres is not None, "redis": redis, "worker": bool(postgres)}
    good = all(checks.values())
    status = {"status": "ready" if good else "not ready", "checks": checks}
    return JSON(status, 200 if good else 503, {} if good else {"Retry-After": "1"})


async def _postgres(platform: Platform) -> bool | None:
    """Whether a worker is alive; None where Postgres cannot say."""
    try:
        async with asyncio.timeout(PROBE_SECONDS), platform.pool.acquire() as conn:
            return await workers.any_live(conn)
    except CONNECTION_LOST:
        return None


async def _redis(platform: Platform) -> bool:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            await platform.sender.ping()
    except (RedisError, OSError, TimeoutError):
        return False
    return True
