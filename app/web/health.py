"""Health checks: whether the process is alive, and whether the platform is ready to run jobs."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from typing import Literal

import asyncpg
from pydantic import ConfigDict
from starlette.requests import Request
from starlette.responses import Response

from app.db.core.asyncpg_overrides import acquire_ahead
from app.db.core.faults import describe_fault
from app.db.core.pool import CONNECTION_LOST
from app.db.core.schema import find_write_fault
from app.db.core.snapshots import list_old_snapshots
from app.db.jobs import queue_depths, workers
from app.domain.text.server_urls import mask_url
from app.web.accounts import auth
from app.web.http.models import ResponseModel
from app.web.http.operation import RETRY_AFTER, Access, Reply, operation
from app.web.http.responses import JSON
from app.web.platform import Platform, get_platform

PROBE_SECONDS = 2.0
UNAVAILABLE: tuple[type[Exception], ...] = (*CONNECTION_LOST, asyncpg.PostgresError)
NO_WORKER = "no worker is alive: start one with `trigpoint worker`"


class Liveness(ResponseModel):
    status: Literal["ok"] = "ok"


class Checks(ResponseModel):
    postgres: bool
    """Whether jobs can be stored: Postgres is reachable and writable, and its schema fits."""
    disk: bool
    """Whether the disk of Postgres has space. While it is full, jobs wait."""
    redis: bool
    """Whether workers are notified of jobs. Without Redis, jobs wait."""
    worker: bool
    """Whether at least one worker is alive."""
    uploads: bool
    """Whether uploads can be stored."""


class Reasons(ResponseModel):
    """Why something is not available, and what to do; null for what is available or not known."""

    postgres: str | None = None
    disk: str | None = None
    redis: str | None = None
    worker: str | None = None
    uploads: str | None = None


class Readiness(ResponseModel):
    status: Literal["ready", "degraded", "not ready"]
    """`degraded`: jobs are accepted, but some part is missing; `not ready`: they cannot be stored."""
    checks: Checks
    reasons: Reasons


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
    old_snapshots: list[str]
    """Who keeps snapshots of the database open for more than two minutes, which slows admission; empty for users who
    are no administrators."""


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
    """Say whether jobs are accepted, and which parts are missing.

    It responds 200 while jobs can be stored, so that a proxy keeps the process in service without Redis or workers.
    """
    platform = get_platform(request)
    database, redis, uploads = await asyncio.gather(
        _postgres(platform), platform.sender.find_fault(), platform.uploads.find_fault()
    )
    no_worker = None if database.has_workers or database.fault else NO_WORKER
    reasons = Reasons(postgres=database.fault, disk=database.disk_fault, redis=redis, uploads=uploads, worker=no_worker)
    checks = Checks(
        postgres=database.fault is None,
        disk=database.disk_fault is None,
        redis=redis is None,
        worker=database.has_workers,
        uploads=uploads is None,
    )
    status = _status(checks)
    body = Readiness(status=status, checks=checks, reasons=reasons)
    return JSON(body, 503, {"Retry-After": "1"}) if status == "not ready" else JSON(body)


def _status(checks: Checks) -> Literal["ready", "degraded", "not ready"]:
    if not checks.postgres:
        return "not ready"
    return "ready" if checks.redis and checks.worker and checks.uploads and checks.disk else "degraded"


@dataclass(frozen=True)
class _Database:
    fault: str | None
    """Why no job can be stored."""
    disk_fault: str | None = None
    has_workers: bool = False


async def _postgres(platform: Platform) -> _Database:
    try:
        async with asyncio.timeout(PROBE_SECONDS), acquire_ahead(platform.pool) as conn:
            if (fault := await find_write_fault(conn)) is not None:
                return _Database(fault)
            return _Database(None, await platform.disk.find_fault(conn), await workers.is_any_live(conn))
    except UNAVAILABLE as error:
        return _Database(describe_fault(error).reason)


@operation("getHealth", tag="Service", returns={200: Health})
async def detailed(request: Request) -> Response:
    """Return the state of Redis and of every queue."""
    user = await auth.require(request)
    platform = get_platform(request)
    redis = await platform.sender.find_fault() is None
    async with platform.pool.acquire() as conn:
        depths = await queue_depths.list_depths(conn)
        snapshots = await list_old_snapshots(conn) if user.is_admin else []
    queues = [QueueHealth(**asdict(depth), failed_percent=_percent(depth.failed, depth.completed)) for depth in depths]
    stuck = [depth.name for depth in depths if depth.waiting and not depth.workers]
    return JSON(
        Health(
            redis=RedisHealth(
                status="healthy" if redis else "unhealthy",
                url=mask_url(platform.settings.redis_url) if user.is_admin else None,
                connected=redis,
                state="ready" if redis else "reconnecting",
            ),
            queues=QueuesHealth(status="unhealthy" if stuck else "healthy", without_workers=stuck, queues=queues),
            old_snapshots=[str(snapshot) for snapshot in snapshots],
        )
    )


def _percent(failed: int, completed: int) -> float:
    return round(100 * failed / (failed + completed), 1) if failed else 0.0
