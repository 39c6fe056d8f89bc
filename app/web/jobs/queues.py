"""Queues: everybody sees their state; admins pause them and change their limits at run time."""

from __future__ import annotations

from datetime import datetime

from pydantic import ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.core import audit
from app.db.core.pool import Connection
from app.db.jobs import queues
from app.db.jobs.queues import Queue
from app.errors import Invalid, NotFound
from app.web.accounts import auth
from app.web.http.models import RequestModel, ResponseModel
from app.web.http.operation import Access, operation
from app.web.http.request_parsing import read_model
from app.web.http.responses import JSON
from app.web.http.schema_types import Timestamp
from app.web.platform import get_platform


class PauseRequest(RequestModel):
    """How long to pause a queue; the body may be left out."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}, {"until": "2030-01-31T12:00:00Z"}]})

    until: Timestamp | None = None
    """When the queue resumes by itself."""


class QueueChange(RequestModel):
    """Fields that are given are set; null restores the default."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"concurrency": 20}, {"priority": None}]})

    concurrency: int | None = Field(default=None, ge=0, le=10_000)
    """Jobs that may run at once; on each worker, if the queue counts per worker."""
    priority: int | None = Field(default=None, ge=1, le=9)
    """1 goes first when slots are scarce."""


class QueueLimits(ResponseModel):
    priority: int | None
    concurrency: int | None


class QueueCounts(ResponseModel):
    """Jobs by state."""

    ready: int
    """May run as soon as there is a slot."""
    deferred: int
    """Wait for their time."""
    admitted: int
    """On their way to a worker."""
    processing: int
    completed: int
    failed: int
    cancelled: int


class QueueModel(ResponseModel):
    """A queue with its effective limits."""

    name: str
    route: str
    """Which workers serve it."""
    priority: int
    concurrency: int
    """Jobs that may run at once; for limits per worker, on all live workers together."""
    per_worker: bool
    defaults: QueueLimits
    overrides: QueueLimits
    """Null where the default holds."""
    paused: bool
    paused_at: datetime | None
    paused_until: datetime | None
    workers: int
    """Live workers on the route."""
    slots: int
    """Their slots together."""
    counts: QueueCounts
    """Finished jobs are those of the last `finishedWithinSeconds`."""
    finished_within_seconds: int
    oldest_ready_seconds: float | None
    rate_per_minute: float
    """Jobs finished."""


class QueueList(ResponseModel):
    queues: list[QueueModel]
    """The first one has the highest priority."""
    total: int


def present_queue(queue: Queue) -> QueueModel:
    """Return a queue with its effective limits.

    A concurrency per worker is multiplied by the number of live workers.
    """
    concurrency = queue.concurrency if queue.concurrency_override is None else queue.concurrency_override
    priority = queue.priority if queue.priority_override is None else queue.priority_override
    paused = queue.paused
    return QueueModel(
        name=queue.name,
        route=queue.route,
        priority=priority,
        concurrency=concurrency * queue.workers if queue.per_worker else concurrency,
        per_worker=queue.per_worker,
        defaults=QueueLimits(priority=queue.priority, concurrency=queue.concurrency),
        overrides=QueueLimits(priority=queue.priority_override, concurrency=queue.concurrency_override),
        paused=paused,
        paused_at=queue.paused_at if paused else None,
        paused_until=queue.paused_until if paused else None,
        workers=queue.workers,
        slots=queue.slots,
        counts=QueueCounts(**{name: getattr(queue, name) for name in QueueCounts.model_fields}),
        finished_within_seconds=queues.FINISHED_SECONDS,
        oldest_ready_seconds=queue.oldest_ready_seconds,
        rate_per_minute=queue.rate_per_minute,
    )


@operation("listQueues", tag="Queues", returns={200: QueueList})
async def index(request: Request) -> Response:
    """List all queues."""
    await auth.require(request)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        found = await queues.list_queues(conn)
    return JSON(QueueList(queues=[present_queue(queue) for queue in found], total=len(found)))


@operation("getQueue", tag="Queues", path={"name": str}, returns={200: QueueModel})
async def read(request: Request) -> Response:
    """Return a queue."""
    await auth.require(request)
    platform = get_platform(request)
    name = _path_name(request)
    async with platform.pool.acquire() as conn:
        return JSON(await _get_presented(conn, name))


@operation(
    "pauseQueue",
    tag="Queues",
    access=Access.ADMIN,
    path={"name": str},
    body=PauseRequest,
    needs_body=False,
    returns={200: QueueModel},
)
async def pause(request: Request) -> Response:
    """Stop starting jobs of a queue until it is resumed, or until a time.

    Running jobs continue. The body may be left out.
    """
    admin = await auth.require(request, admin=True)
    platform = get_platform(request)
    name = _path_name(request)
    pause = await read_model(request, PauseRequest) if _has_body(request) else PauseRequest()
    if pause.until is not None and pause.until <= platform.changes.now():
        raise Invalid([("until", "must be in the future")])
    async with platform.pool.acquire() as conn, conn.transaction():
        if not await queues.pause(conn, name, pause.until):
            raise _not_found(name)
        await audit.record(conn, "QUEUE_PAUSED", {"queue": name, "until": pause.until}, user_id=admin.id)
        return JSON(await _get_presented(conn, name))


@operation("resumeQueue", tag="Queues", access=Access.ADMIN, path={"name": str}, returns={200: QueueModel})
async def resume(request: Request) -> Response:
    """Start jobs of a queue again."""
    admin = await auth.require(request, admin=True)
    platform = get_platform(request)
    name = _path_name(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        if not await queues.resume(conn, name):
            raise _not_found(name)
        await audit.record(conn, "QUEUE_RESUMED", {"queue": name}, user_id=admin.id)
        response = JSON(await _get_presented(conn, name))
    platform.dispatcher.schedule_pass()
    return response


@operation(
    "updateQueue",
    tag="Queues",
    access=Access.ADMIN,
    path={"name": str},
    body=QueueChange,
    returns={200: QueueModel},
)
async def update(request: Request) -> Response:
    """Change the limits of a queue.

    Jobs above a lowered limit continue; no new ones start.
    """
    admin = await auth.require(request, admin=True)
    platform = get_platform(request)
    name = _path_name(request)
    values = (await read_model(request, QueueChange)).model_dump(exclude_unset=True)
    if not values:
        raise Invalid([("", "Give at least one of concurrency and priority.")])
    async with platform.pool.acquire() as conn, conn.transaction():
        if not await queues.update_overrides(conn, name, values):
            raise _not_found(name)
        await audit.record(conn, "QUEUE_CHANGED", {"queue": name, **values}, user_id=admin.id)
        response = JSON(await _get_presented(conn, name))
    platform.dispatcher.schedule_pass()
    return response


async def _get_presented(conn: Connection, name: str) -> QueueModel:
    queue = await queues.find(conn, name)
    if queue is None:
        raise _not_found(name)
    return present_queue(queue)


def _path_name(request: Request) -> str:
    name: str = request.path_params["name"]
    if "\0" in name:  # Postgres text cannot hold it
        raise _not_found(name)
    return name


def _not_found(name: str) -> NotFound:
    return NotFound(f"Queue {name[:100]!r} not found.")


def _has_body(request: Request) -> bool:
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
