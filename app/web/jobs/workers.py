"""Worker processes, for admins: their route, load and age."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.db.jobs import workers
from app.db.jobs.workers import WorkerStatus
from app.web.accounts import auth
from app.web.http.responses import JSON
from app.web.platform import get_platform


def present_worker(worker: WorkerStatus) -> dict[str, Any]:
    return {
        "id": worker.id,
        "hostname": worker.hostname,
        "pid": worker.pid,
        "route": worker.route,
        "slots": worker.slots,
        "running": worker.running,
        "version": worker.version,
        "startedAt": worker.started_at,
        "beatAt": worker.beat_at,
        "loopLagMs": round(worker.loop_lag_ms, 1),
        "stopping": worker.stopping,
        "alive": worker.alive,
    }


async def index(request: Request) -> Response:
    """List the registered workers, newest first. 200 `{"workers": [worker], "total": n}`.

    A worker that stopped sending heartbeats is listed for another hour with `"alive": false`.
    """
    await auth.require(request, admin=True)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        found = await workers.list_workers(conn)
    return JSON({"workers": [present_worker(worker) for worker in found], "total": len(found)})
