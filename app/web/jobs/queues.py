"""Queues: everybody sees how they fare, admins pause them and change their limits while they run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import asyncpg
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.core import audit
from app.db.core.pool import Connection
from app.db.jobs import queues
from app.errors import Invalid, NotFound
from app.web.accounts import auth
from app.web.http.request_parsing import read_model
from app.web.http.responses import JSON
from app.web.http.schema_types import Timestamp
from app.web.platform import get_platform

COUNTS = ("ready", "deferred", "admitted", "processing", "completed", "failed", "cancelled")


class Pause(BaseModel):
    model_config = ConfigDict(extra="forbid")

    until: Timestamp | None = None
    """When it resumes by itself."""


class QueueChange(BaseModel):
    """What is given is set, null gives the default back."""

    model_config = ConfigDict(extra="forbid")

    concurrency: int | None = Field(default=None, ge=0, le=10_000)
    priority: int | None = Field(default=None, ge=1, le=9)


def show(row: asyncpg.Record) -> dict[str, Any]:
    """`concurrency` and `priority` are what is in force; a concurrency a worker is multiplied by the live workers."""
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
    """All queues, the best first. Counts of finished jobs go back `finishedWithinSeconds`."""
    await auth.require(request)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        rows = await queues.select(conn)
    return JSON({"queues": [show(row) for row in rows], "total": len(rows)})


async def read(request: Request) -> Response:
    await auth.require(request)
    platform = get_platform(request)
    name = path_name(request)
    async with platform.pool.acquire() as conn:
        return JSON(await now(conn, name))


async def pause(request: Request) -> Response:
    """Running jobs run on, waiting ones wait: until resumed, or `until` a time."""
    admin = await auth.require(request, admin=True)
    platform = get_platform(request)
    name = path_name(request)
    asked = await read_model(request, Pause) if has_body(request) else Pause()
    if asked.until is not None and asked.until <= datetime.now(UTC):
        raise Invalid([("until", "must be in the future")])
    async with platform.pool.acquire() as conn, conn.transaction():
        known(name, await queues.pause(conn, name, asked.until))
        await audit.record(conn, "QUEUE_PAUSED", {"queue": name, "until": asked.until}, user_id=admin.id)
        return JSON(await now(conn, name))


async def resume(request: Request) -> Response:
    admin = await auth.require(request, admin=True)
    platform = get_platform(request)
    name = path_name(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        known(name, await queues.resume(conn, name))
        await audit.record(conn, "QUEUE_RESUMED", {"queue": name}, user_id=admin.id)
        answer = JSON(await now(conn, name))
    platform.dispatcher.schedule_pass()
    return answer


async def update(request: Request) -> Response:
    """A lower limit stops nothing that runs: the queue comes down to it as its jobs end."""
    admin = await auth.require(request, admin=True)
    platform = get_platform(request)
    name = path_name(request)
    values = (await read_model(request, QueueChange)).model_dump(exclude_unset=True)
    if not values:
        raise Invalid([("", "Give at least one of concurrency and priority.")])
    async with platform.pool.acquire() as conn, conn.transaction():
        known(name, await queues.override(conn, name, values))
        await audit.record(conn, "QUEUE_CHANGED", {"queue": name, **values}, user_id=admin.id)
        answer = JSON(await now(conn, name))
    platform.dispatcher.schedule_pass()
    return answer


async def now(conn: Connection, name: str) -> dict[str, Any]:
    rows = await queues.select(conn, name)
    known(name, bool(rows))
    return show(rows[0])


def path_name(request: Request) -> str:
    name: str = request.path_params["name"]
    known(name, "\0" not in name)  # which Postgres would not even look for
    return name


def known(name: str, found: bool) -> None:
    if not found:
        raise NotFound(f"There is no queue {name[:100]!r}.")


def has_body(request: Request) -> bool:
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
