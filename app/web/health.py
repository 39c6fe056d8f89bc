"""Health checks: whether the process is alive, and whether the platform is ready to run jobs."""

from __future__ import annotations

import asyncio
import re
from dataclasses import asdict

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
    """200 `{"status": "ok"}` while the process answers."""
    return JSON({"status": "ok"})


async def ready(request: Request) -> Response:
    """200 if Postgres, Redis and at least one worker are available, 503 otherwise.

    `{"status": "ready", "checks": {"postgres": bool, "redis": bool, "worker": bool}}`.
    """
    platform = get_platform(request)
    postgres, redis = await asyncio.gather(_postgres(platform), _redis(platform))
    checks = {"postgres": postgres is not None, "redis": redis, "worker": bool(postgres)}
    is_ready = all(checks.values())
    body = {"status": "ready" if is_ready else "not ready", "checks": checks}
    return JSON(body, 200 if is_ready else 503, {} if is_ready else {"Retry-After": "1"})


async def _postgres(platform: Platform) -> bool | None:
    """Return whether a worker is alive; None if Postgres is not available."""
    try:
        async with asyncio.timeout(PROBE_SECONDS), platform.pool.acquire() as conn:
            return await workers.is_any_live(conn)
    except CONNECTION_LOST:
        return None


async def _redis(platform: Platform) -> bool:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            await platform.sender.ping()
    except (RedisError, OSError, TimeoutError):
        return False
    return True


async def detailed(request: Request) -> Response:
    """The health check of document 004: the state of Redis and of every queue.

    200 `{"redis": {"status", "url", "connected", "state"}, "queues": {"status", "without_workers", "queues"}}`.
    """
    await auth.require(request)
    platform = get_platform(request)
    redis = await _redis(platform)
    async with platform.pool.acquire() as conn:
        depths = await queue_depths.list_depths(conn)
    queues = [asdict(depth) | {"failed_percent": _percent(depth.failed, depth.completed)} for depth in depths]
    stuck = [depth.name for depth in depths if depth.waiting and not depth.workers]
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
