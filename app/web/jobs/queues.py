"""Queues: everybody sees their state; admins pause them and change their limits at run time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import asyncpg
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.core import audit
from app.db.core.pool import Connection
from app.db.jobs import queues
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


def present_queue(row: asyncpg.Record) -> dict[str, Any]:
    """Return a queue as JSON. `concurrency` and `priority` are the effective values.

    A concurrency per worker is multiplied by the number of live workers.
    """
    concurrency = row["concurrency"] if row["concurrency_override"] is None else row["concurrency_override"]
    priority = row["priority"] if row["priority_override"] is None else row["priority_override"]
    paused = row["paused"]
    return {
        "name": row["name"],
        "route": row["route"],
        "priority": priority,
        "concurrency": concurrency * row["workers"] if row["per_worker"] else concurrency,
        "perWorker": row["per_worker"],
        "defaults": {"priority": row["priority"], "concurrency": row["concurrency"]},
        "overrides": {"priority": row["priority_override"], "concurrency": row["concurrency_override"]},
        "paused": paused,
        "pausedAt": row["paused_at"] if paused else None,
        "pausedUntil": row["paused_until"] if paused else None,
        "workers": row["workers"],
        "slots": row["slots"],
        "counts": {name: row[name] for name in COUNTS},
        "finishedWithinSeconds": queues.FINISHED_SECONDS,
        "oldestReadySeconds": row["oldest_ready_seconds"],
        "ratePerMinute": row["rate_per_minute"],
    }


async def index(request: Request) -> Response:
    """List all queues, highest priority first. 200 `{"queues": [queue], "total": n}`.

    Counts of finished jobs cover the last `finishedWithinSeconds`.
    """
    await auth.require(request)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        rows = await queues.select(conn)
    return JSON({"queues": [present_queue(row) for row in rows], "total": len(rows)})


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
        if not await queues.override(conn, name, values):
            raise _not_found(name)
        await audit.record(conn, "QUEUE_CHANGED", {"queue": name, **values}, user_id=admin.id)
        response = JSON(await _get_presented(conn, name))
    platform.dispatcher.schedule_pass()
    return response


async def _get_presented(conn: Connection, name: str) -> dict[str, Any]:
    rows = await queues.select(conn, name)
    if not rows:
        raise _not_found(name)
    return present_queue(rows[0])


def _path_name(request: Request) -> str:
    name: str = request.path_params["name"]
    if "\0" in name:  # Postgres text cannot hold it
        raise _not_found(name)
    return name


def _not_found(name: str) -> NotFound:
    return NotFound(f"Queue {name[:100]!r} not found.")


def _has_body(request: Request) -> bool:
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
