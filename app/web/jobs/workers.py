"""Worker processes, for admins: their route, load and age."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from app.db.jobs import workers
from app.db.jobs.workers import WorkerStatus
from app.web.accounts import auth
from app.web.http.models import ResponseModel
from app.web.http.operation import Access, operation
from app.web.http.responses import JSON
from app.web.platform import get_platform


class WorkerModel(ResponseModel):
    """A worker process."""

    id: UUID
    hostname: str
    pid: int
    route: str
    """It serves the queues with this route."""
    slots: int
    """Jobs that it can run at once."""
    running: int
    version: str
    started_at: datetime
    beat_at: datetime
    """Its last heartbeat."""
    loop_lag_ms: float
    """By how many milliseconds its event loop was late at most since the heartbeat before."""
    stopping: bool
    alive: bool


class WorkerList(ResponseModel):
    workers: list[WorkerModel]
    total: int


def present_worker(worker: WorkerStatus) -> WorkerModel:
    return WorkerModel(
        id=worker.id,
        hostname=worker.hostname,
        pid=worker.pid,
        route=worker.route,
        slots=worker.slots,
        running=worker.running,
        version=worker.version,
        started_at=worker.started_at,
        beat_at=worker.beat_at,
        loop_lag_ms=round(worker.loop_lag_ms, 1),
        stopping=worker.stopping,
        alive=worker.alive,
    )


@operation("listWorkers", tag="Service", access=Access.ADMIN, returns={200: WorkerList})
async def index(request: Request) -> Response:
    """List the registered workers, newest first.

    A worker that stopped sending heartbeats is listed for another hour with `"alive": false`.
    """
    await auth.require(request, admin=True)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        found = await workers.list_workers(conn)
    return JSON(WorkerList(workers=[present_worker(worker) for worker in found], total=len(found)))
