"""Whether the process lives, and whether the platform is ready for work."""

from __future__ import annotations

import asyncio
import re

from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import Response

from app.db.core.pool import CONNECTION_LOST
from app.db.jobs import queue_depths, workers
from app.web.accounts import auth
from app.web.http.responses import JSON
from app.web.platform import Platform, get_platform

PROBE_SECONDS = 2.0


async def live(request: Request) -> Response:
    return JSON({"status": "ok"})


async def ready(request: Request) -> Response:
    """200 where Postgres and Redis answer and a worker beats; 503 otherwise, saying which is missing."""
    platform = get_platform(request)
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


async def document(request: Request) -> Response:
    """Redis and every queue, as the health check of the company document shows them."""
    await auth.require(request)
    platform = get_platform(request)
    redis = await _redis(platform)
    async with platform.pool.acquire() as conn:
        rows = await queue_depths.queues(conn)
    queues = [dict(row) | {"failed_percent": _percent(row["failed"], row["completed"])} for row in rows]
    stuck = [one["name"] for one in queues if one["waiting"] and not one["workers"]]
    return JSON(
        {
            "redis": {
                "status": "healthy" if redis else "unhealthy",
                "url": without_password(platform.settings.redis_url),
                "connected": redis,
                "state": "ready" if redis else "reconnecting",
            },
            "queues": {"status": "unhealthy" if stuck else "healthy", "without_workers": stuck, "queues": queues},
        }
    )


def _percent(failed: int, completed: int) -> float:
    return round(100 * failed / (failed + completed), 1) if failed else 0.0


def without_password(url: str) -> str:
    return re.sub(r"://[^/@]*@", "://***@", url)
