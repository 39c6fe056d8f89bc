"""Queues: everybody sees their state; admins pause them and change their limits at run time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.core import audit
from app.db.core.pool import Connection
from app.db.jobs import queues
from app.db.jobs.queues import Queue
from app.errors import Invalid, NotFound
from app.web.accounts import auth
from app.web.http.request_parsing import read_model
from app.web.http.responses import JSON
from app.web.http.schema_types import RequestModel, Timestamp
from app.web.platform import get_platform

COUNTS = ("ready", "deferred", "admitted", "processing", "completed", "failed", "cancelled")


class PauseRequest(RequestModel):
    until: Timestamp | None = None
    """When the queue resumes by itself."""


class QueueChange(RequestModel):
    """Fields that are given are set; null restores the default."""

    concurrency: int | None = Field(default=None, ge=0, le=10_000)
    priority: int | None = Field(default=None, ge=1, le=9)


def present_queue(queue: Queue) -> dict[str, Any]:
    """Return a queue as JSON. `concurrency` and `priority` are the effective values.

    A concurrency per worker is multiplied by the number of live workers.
    """
    concurrency = queue.concurrency if queue.concurrency_override is None else queue.concurrency_override
    priority = queue.priority if queue.priority_override is None else queue.priority_override
    paused = queue.paused
    return {
        "name": queue.name,
        "route": queue.route,
        "priority": priority,
        "concurrency": concurrency * queue.workers if queue.per_worker else concurrency,
        "perWorker": queue.per_worker,
        "defaults": {"priority": queue.priority, "concurrency": queue.concurrency},
        "overrides": {"priority": queue.priority_override, "concurrency": queue.concurrency_override},
        "paused": paused,
        "pausedAt": queue.paused_at if paused else None,
        "pausedUntil": queue.paused_until if paused else None,
        "workers": queue.workers,
        "slots": queue.slots,
        "counts": {name: getattr(queue, name) for name in COUNTS},
        "finishedWithinSeconds": queues.FINISHED_SECONDS,
        "oldestReadySeconds": queue.oldest_ready_seconds,
        "ratePerMinute": queue.rate_per_minute,
    }


async def index(request: Request) -> Response:
    """List all queues, highest priority first. 200 `{"queues": [queue], "total": n}`.

    Counts of finished jobs cover the last `finishedWithinSeconds`.
    """
    await auth.require(request)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        found = await queues.list_queues(conn)
    return JSON({"queues": [present_queue(queue) for queue in found], "total": len(found)})


async def read(request: Request) -> Response:
    """Return the queue. 200 `{"name", "paused", "workers", "counts", …}` as `present_queue`."""
    await auth.require(request)
    platform = get_platform(request)
    name = _path_name(request)
    async with platform.pool.acquire() as conn:
        return JSON(await _get_presented(conn, name))


async def pause(request: Request) -> Response:
    """Stop starting jobs of the queue until it is resumed, or `until` a time. Running jobs continue.

    200 with the queue.
    """
    admin = await auth.require(request, admin=True)
    platform = get_platform(request)
    name = _path_name(request)
    pause = await read_model(request, PauseRequest) if _has_body(request) else PauseRequest()
    if pause.until is not None and pause.until <= datetime.now(UTC):
        raise Invalid([("until", "must be in the future")])
    async with platform.pool.acquire() as conn, conn.transaction():
        if not await queues.pause(conn, name, pause.until):
            raise _not_found(name)
        await audit.record(conn, "QUEUE_PAUSED", {"queue": name, "until": pause.until}, user_id=admin.id)
        return JSON(await _get_presented(conn, name))


async def resume(request: Request) -> Response:
    """Start jobs of the queue again. 200 with the queue."""
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


async def update(request: Request) -> Response:
    """Change the queue's limits. Jobs above a lowered limit continue; no new ones start. 200 with the queue."""
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


async def _get_presented(conn: Connection, name: str) -> dict[str, Any]:
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
