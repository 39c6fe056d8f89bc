"""Taking jobs back from workers that are gone: what every worker's sweep does, where none is left to do it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from app.db.core import audit
from app.db.jobs import ledger
from app.web.accounts import auth
from app.web.http.responses import JSON
from app.web.platform import get_platform


async def release(request: Request) -> Response:
    """Jobs whose lease ran out are pending again, with their checkpoints; a worker that still runs one is fenced off.

    No job with a lease that holds is touched: its worker lives, and it can be cancelled and retried.
    """
    user = await auth.require(request, admin=True)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        lost, undelivered = await ledger.rescue(conn)
        if lost:
            await audit.record(conn, "JOBS_RELEASED", {"jobs": lost}, user_id=user.id)
    platform.dispatcher.schedule_pass()
    return JSON({"released": lost, "undelivered": undelivered})
