"""Document 003's own routes: running jobs within a request, how the queue stands, sending a failed job in again."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError
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
from app.web.dialects.process_jobs import check_secret, shown
from app.web.dialects.websites import WORDS
from app.web.http import request_parsing
from app.web.http.problems import invalid
from app.web.http.responses import JSON
from app.web.jobs.access import lock_for_action, reader_id
from app.web.jobs.actions import requeue, require_status
from app.web.platform import Platform, get_platform

USUAL_JOBS, MOST_JOBS = 10, 1_000
USUAL_MS = 25_000
FAILURES_SHOWN = 20


class ProcessRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    maxJobs: int = Field(default=USUAL_JOBS, ge=1, le=MOST_JOBS)
    timeout: int = Field(default=USUAL_MS, ge=1)
    """Milliseconds."""


async def process(request: Request) -> Response:
    """Run due jobs of the caller (an admin's: of all) in this request; 200 with what became of them."""
    user = await auth.require(request)
    platform = get_platform(request)
    raw = await request_parsing.read_body(request)
    try:
        asked = ProcessRequest.model_validate(request_parsing.parse_json(raw) if raw.strip() else {})
    except ValidationError as error:
        raise invalid(error) from None
    return await _process(platform, asked, reader_id(user))


async def process_by_cron(request: Request) -> Response:
    """The same for a hosted cron that knows the CRON_SECRET: of everybody. A 404 where none is configured."""
    platform = check_secret(request)
    return await _process(platform, request_parsing.parse_query(request, ProcessRequest), None)


async def _process(platform: Platform, asked: ProcessRequest, owner: UUID | None) -> Response:
    longest = platform.settings.process_timeout_ms
    if asked.timeout > longest:
        raise Invalid([("timeout", f"must be at most {longest} (milliseconds)")])
    done = await platform.processor.process(at_most=asked.maxJobs, within=asked.timeout / 1000, owner=owner)
    return JSON(shown(done))


async def status(request: Request) -> Response:
    """The caller's website jobs (an admin's: all) by state, and the latest failures with messages and attempts."""
    user = await auth.require(request)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        counts = await business_jobs.count_by_kind_and_status(conn, WEBSITE_KINDS, reader_id(user))
        failures = await business_jobs.list_failed(conn, WEBSITE_KINDS, reader_id(user), FAILURES_SHOWN)
    by_type = {kind: {WORDS[state]: counts.get((kind, state), 0) for state in Status} for kind in WEBSITE_KINDS}
    totals = {word: sum(one[word] for one in by_type.values()) for word in WORDS.values()}
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


class RetryRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    jobId: UUID


async def retry(request: Request) -> Response:
    """202 with the job, queued again, with fresh attempts."""
    user = await auth.require(request)
    platform = get_platform(request)
    job_id = (await request_parsing.read_model(request, RetryRequest)).jobId
    async with platform.pool.acquire() as conn, conn.transaction():
        was = await lock_for_action(conn, job_id, user)
        require_status(Action.RETRY, job_id, was)
        if not await requeue(conn, job_id, from_start=True):
            raise Conflict("Another active job does the same for this business now.", jobStatus=was)
        await audit.record(conn, "JOB_RETRIED", {"was": was, "fromStart": True}, user_id=user.id, job_id=job_id)
        job = await jobs.get(conn, job_id, None)
        assert job is not None
    platform.dispatcher.schedule_pass()
    headers = {"Location": f"/api/jobs/{job_id}", "Retry-After": retry_after(FIRST_MS)}
    return JSON({"success": True, **websites.present_website_job(job)}, 202, headers)
