"""Worker processes, for admins: their route, load and age."""

from __future__ import annotations

from typing import Any

import asyncpg
from starlette.requests import Request
from starlette.responses import Response

from app.db.jobs import workers
from app.web.accounts import auth
from app.web.http.responses import JSON
from app.web.platform import get_platform


def present_worker(row: asyncpg.Record) -> dict[str, Any]:
    return {
        "id": row["id"],
        "hostname": row["hostname"],
        "pid": row["pid"],
        "route": row["route"],
        "slots": row["slots"],
        "running": row["running"],
        "version": row["version"],
        "startedAt": row["started_at"],
        "beatAt": row["beat_at"],
        "loopLagMs": round(row["loop_lag_ms"], 1),
        "stopping": row["stopping"],
        "alive": row["alive"],
    }


async def index(request: Request) -> Response:
    """List the registered workers, newest first. 200 `{"workers": [worker], "total": n}`.

    A worker that stopped sending heartbeats is listed for another hour with `"alive": false`.
    """
    await auth.require(request, admin=True)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        rows = await workers.select(conn)
    return JSON({"workers": [present_worker(row) for row in rows], "total": len(rows)})
