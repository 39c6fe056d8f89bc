"""Document 003's own routes: run jobs within a request, read the state of website jobs, retry a failed job."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.db.core import audit
from app.db.jobs import records as jobs
from app.db.jobs.bulk import Action
from app.db.websites import business_jobs
from app.domain.jobs.polling import FIRST_MS, retry_after
from app.domain.jobs.status import Status
from app.domain.websites.kinds import WEBSITE_KINDS
from app.errors import Conflict, Invalid
from app.web.accounts import auth
from app.web.dialects import websites
from app.web.dialects.cron import present_result, require_cron_secret
from app.web.dialects.websites import STATUS_NAMES
from app.web.http import request_parsing
from app.web.http.problems import invalid
from app.web.http.responses import JSON
from app.web.http.schema_types import RequestModel
from app.web.jobs.access import lock_for_action, reader_id
from app.web.jobs.actions import requeue, require_status
from app.web.platform import Platform, get_platform

DEFAULT_JOBS, MAX_JOBS = 10, 1_000
DEFAULT_TIMEOUT_MS = 25_000
MAX_FAILURES = 20


class ProcessRequest(RequestModel):
    max_jobs: int = Field(default=DEFAULT_JOBS, ge=1, le=MAX_JOBS)
    timeout: int = Field(default=DEFAULT_TIMEOUT_MS, ge=1)
    """Milliseconds."""


async def process(request: Request) -> Response:
    """Run due jobs of the caller (for an admin: of all users) in this request. 200 as `present_result`."""
    user = await auth.require(request)
    platform = get_platform(request)
    raw = await request_parsing.read_body(request)
    try:
        limits = ProcessRequest.model_validate(request_parsing.parse_json(raw) if raw.strip() else {})
    except ValidationError as error:
        raise invalid(error) from None
    return await _process(platform, limits, reader_id(user))


async def process_by_cron(request: Request) -> Response:
    """Run due jobs of all users, for a hosted cron that sends the CRON_SECRET. 404 if none is configured."""
    platform = require_cron_secret(request)
    return await _process(platform, request_parsing.parse_query(request, ProcessRequest), None)


async def _process(platform: Platform, limits: ProcessRequest, owner: UUID | None) -> Response:
    max_timeout_ms = platform.settings.process_timeout_ms
    if limits.timeout > max_timeout_ms:
        raise Invalid([("timeout", f"must be at most {max_timeout_ms} milliseconds")])
    result = await platform.processor.process(at_most=limits.max_jobs, within=limits.timeout / 1000, owner=owner)
    return JSON(present_result(result))


async def status(request: Request) -> Response:
    """Count the caller's website jobs (for an admin: all) by status, and list the latest failures.

    200 `{"queued": n, "running": n, "success": n, "failure": n, "cancelled": n, "total": n, "byType": {kind: counts},
    "recentFailures": [{"id", "businessId", "jobType", "error", "attempts", …}]}`.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        counts = await business_jobs.count_by_kind_and_status(conn, WEBSITE_KINDS, reader_id(user))
        failures = await business_jobs.list_failed(conn, WEBSITE_KINDS, reader_id(user), MAX_FAILURES)
    by_type = {
        kind: {STATUS_NAMES[status]: counts.get((kind, status), 0) for status in Status} for kind in WEBSITE_KINDS
    }
    totals = {name: sum(by_status[name] for by_status in by_type.values()) for name in STATUS_NAMES.values()}
    recent = [
        {
            "id": job.id,
            "businessId": job.business_id,
            "businessName": job.business_name,
            "jobType": job.kind,
            "error": job.error,
            "attempts": job.attempt,
            "retryCount": max(0, job.attempt - 1),
            "maxAttempts": job.max_attempts,
            "completedAt": job.completed_at,
        }
        for job in failures
    ]
    return JSON({**totals, "total": sum(totals.values()), "byType": by_type, "recentFailures": recent})


class RetryRequest(RequestModel):
    job_id: UUID


async def retry(request: Request) -> Response:
    """Retry the job from the beginning. 202 with the job, queued again."""
    user = await auth.require(request)
    platform = get_platform(request)
    job_id = (await request_parsing.read_model(request, RetryRequest)).job_id
    async with platform.pool.acquire() as conn, conn.transaction():
        was = await lock_for_action(conn, job_id, user)
        require_status(Action.RETRY, job_id, was)
        if not await requeue(conn, job_id, from_start=True):
            raise Conflict(
                f"Cannot retry job {job_id}: another active job is doing the same work for this business.",
                jobStatus=was,
            )
        await audit.record(conn, "JOB_RETRIED", {"was": was, "fromStart": True}, user_id=user.id, job_id=job_id)
        job = await jobs.get(conn, job_id, None)
        assert job is not None
    platform.dispatcher.schedule_pass()
    headers = {"Location": f"/api/jobs/{job_id}", "Retry-After": retry_after(FIRST_MS)}
    return JSON({"success": True, **websites.present_website_job(job)}, 202, headers)
