"""Health checks: whether the process is alive, and whether the platform is ready to run jobs."""

from __future__ import annotations

import asyncio
import re
from dataclasses import asdict
from typing import Literal

from pydantic import ConfigDict
from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import Response

from app.db.core.asyncpg_overrides import acquire_ahead
from app.db.core.pool import CONNECTION_LOST
from app.db.jobs import queue_depths, workers
from app.web.accounts import auth
from app.web.http.models import ResponseModel
from app.web.http.operation import RETRY_AFTER, Access, Reply, operation
from app.web.http.responses import JSON
from app.web.platform import Platform, get_platform

PROBE_SECONDS = 2.0


class Liveness(ResponseModel):
    status: Literal["ok"] = "ok"


class Checks(ResponseModel):
    postgres: bool
    redis: bool
    worker: bool
    """Whether at least one worker is alive."""


class Readiness(ResponseModel):
    status: Literal["ready", "not ready"]
    checks: Checks


class RedisHealth(ResponseModel):
    status: Literal["healthy", "unhealthy"]
    url: str | None
    """Without anything secret; null for users who are no administrators."""
    connected: bool
    state: Literal["ready", "reconnecting"]


class QueueHealth(ResponseModel):
    model_config = ConfigDict(alias_generator=None)

    name: str
    priority: int
    waiting: int
    active: int
    completed: int
    failed: int
    total: int
    workers: int
    """Live workers that serve it."""
    failed_percent: float


class QueuesHealth(ResponseModel):
    model_config = ConfigDict(alias_generator=None)

    status: Literal["healthy", "unhealthy"]
    without_workers: list[str]
    """Queues with waiting jobs and no worker."""
    queues: list[QueueHealth]


class Health(ResponseModel):
    redis: RedisHealth
    queues: QueuesHealth


@operation("getLiveness", tag="Service", access=Access.OPEN, returns={200: Liveness})
async def live(request: Request) -> Response:
    """Say that the process is alive."""
    return JSON(Liveness())


@operation(
    "getReadiness",
    tag="Service",
    access=Access.OPEN,
    returns={200: Readiness, 503: Reply(Readiness, headers=[RETRY_AFTER])},
)
async def ready(request: Request) -> Response:
    """Say whether Postgres, Redis and at least one worker are available."""
    platform = get_platform(request)
    postgres, redis = await asyncio.gather(_postgres(platform), _redis(platform))
    checks = Checks(postgres=postgres is not None, redis=redis, worker=bool(postgres))
    is_ready = checks.postgres and checks.redis and checks.worker
    body = Readiness(status="ready" if is_ready else "not ready", checks=checks)
    return JSON(body, 200 if is_ready else 503, {} if is_ready else {"Retry-After": "1"})


async def _postgres(platform: Platform) -> bool | None:
    """Return whether a worker is alive; None if Postgres is not available."""
    try:
        async with asyncio.timeout(PROBE_SECONDS), acquire_ahead(platform.pool) as conn:
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


@operation("getHealth", tag="Service", returns={200: Health})
async def detailed(request: Request) -> Response:
    """Return the state of Redis and of every queue."""
    user = await auth.require(request)
    platform = get_platform(request)
    redis = await _redis(platform)
    async with platform.pool.acquire() as conn:
        depths = await queue_depths.list_depths(conn)
    queues = [QueueHealth(**asdict(depth), failed_percent=_percent(depth.failed, depth.completed)) for depth in depths]
    stuck = [depth.name for depth in depths if depth.waiting and not depth.workers]
    return JSON(
        Health(
            redis=RedisHealth(
                status="healthy" if redis else "unhealthy",
                url=host_of(platform.settings.redis_url) if user.is_admin else None,
                connected=redis,
                state="ready" if redis else "reconnecting",
            ),
            queues=QueuesHealth(status="unhealthy" if stuck else "healthy", without_workers=stuck, queues=queues),
        )
    )


def _percent(failed: int, completed: int) -> float:
    return round(100 * failed / (failed + completed), 1) if failed else 0.0


def host_of(url: str) -> str:
    """Return the URL of a server without all that may be secret: user, password, path and query.

    A password may contain any character, so the host begins after the last `@`, and nothing follows it.
    """
    scheme, _, rest = url.partition("://")
    host = re.match(r"[A-Za-z0-9._:\[\]-]*", rest.partition("?")[0].rpartition("@")[2])
    return f"{scheme}://{host[0] if host else ''}"
