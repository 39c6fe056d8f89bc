"""`POST /api/v1/jobs/release`: take jobs back from lost workers when no worker is left to do it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from app.db.core import audit
from app.db.jobs import ledger
from app.web.accounts import auth
from app.web.http.models import ResponseModel
from app.web.http.operation import Access, operation
from app.web.http.responses import JSON
from app.web.platform import get_platform


class Released(ResponseModel):
    released: int
    """Jobs taken back from lost workers."""
    undelivered: int
    """Jobs that had been sent to a worker and never arrived."""


@operation("releaseJobs", tag="Jobs", access=Access.ADMIN, returns={200: Released})
async def release(request: Request) -> Response:
    """Make jobs whose lease has expired pending again, keeping their checkpoints.

    Workers do this by themselves. A worker that still runs such a job can no longer write its outcome. Jobs whose lease
    is valid are not touched, because their worker is alive; cancel and retry those.
    """
    user = await auth.require(request, admin=True)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        lost, undelivered = await ledger.rescue(conn)
        if lost:
            await audit.record(conn, "JOBS_RELEASED", {"jobs": lost}, user_id=user.id)
    platform.dispatcher.schedule_pass()
    return JSON(Released(released=lost, undelivered=undelivered))
