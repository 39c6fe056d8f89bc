"""Document 003's own routes: run jobs within a request, read the state of website jobs, retry a failed job."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.core import audit
from app.db.jobs import records as jobs
from app.db.jobs.bulk import Action
from app.db.websites import business_jobs
from app.domain.jobs.polling import FIRST_MS, retry_after
from app.domain.jobs.status import Status
from app.domain.websites.kinds import WEBSITE_KINDS, WebsiteKind
from app.errors import Conflict, Invalid, LimitReached, NotFound, Unauthorized
from app.web.accounts import auth
from app.web.dialects.cron import JobsProcessed, present_result, require_cron_secret
from app.web.dialects.websites import STATUS_NAMES, WebsiteJob, website_job_fields
from app.web.http import request_parsing
from app.web.http.models import RequestModel, ResponseModel
from app.web.http.operation import LOCATION, RETRY_AFTER, Access, Reply, operation
from app.web.http.responses import JSON
from app.web.jobs.access import lock_for_action, reader_id
from app.web.jobs.actions import requeue, require_status
from app.web.platform import Platform, get_platform

DEFAULT_JOBS, MAX_JOBS = 10, 1_000
DEFAULT_TIMEOUT_MS = 25_000
MAX_FAILURES = 20


class ProcessRequest(RequestModel):
    """Limits of the request."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"maxJobs": 10, "timeout": 25000}]})

    max_jobs: int = Field(default=DEFAULT_JOBS, ge=1, le=MAX_JOBS)
    """Start no more than so many jobs."""
    timeout: int = Field(default=DEFAULT_TIMEOUT_MS, ge=1)
    """Milliseconds, at most 30,000 unless the installation says otherwise."""


class StatusCounts(ResponseModel):
    """Number of jobs by status."""

    queued: int
    running: int
    success: int
    failure: int
    cancelled: int


class RecentFailure(ResponseModel):
    """A failed job."""

    id: UUID
    business_id: UUID | None
    """Null if the business is deleted."""
    business_name: str | None
    job_type: WebsiteKind
    error: str | None
    attempts: int
    retry_count: int
    max_attempts: int
    completed_at: datetime


class WebsiteJobsStatus(StatusCounts):
    """The jobs that visit websites."""

    total: int
    by_type: dict[WebsiteKind, StatusCounts]
    recent_failures: list[RecentFailure]
    """The latest ones, newest first."""


@operation(
    "processJobsDialect",
    tag="Documents' dialects",
    body=ProcessRequest,
    needs_body=False,
    returns={200: JobsProcessed},
)
async def process(request: Request) -> Response:
    """Run due jobs of the caller in this request.

    If the caller is an administrator, those of all users. It needs neither workers nor Redis. Jobs that are
    unfinished at the timeout go on later.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    raw = await request_parsing.read_body(request)
    limits = request_parsing.validate(ProcessRequest, request_parsing.parse_json(raw) if raw.strip() else {})
    return await _process(platform, limits, reader_id(user))


@operation(
    "processJobsByCronDialect",
    tag="Documents' dialects",
    access=Access.OPEN,
    query=ProcessRequest,
    returns={200: JobsProcessed},
    errors=[NotFound, Unauthorized],
)
async def process_by_cron(request: Request) -> Response:
    """Run due jobs of all users in this request.

    For a hosted cron that sends the CRON_SECRET: `Authorization: Bearer <CRON_SECRET>`. A 404 if the installation
    has no CRON_SECRET.
    """
    platform = require_cron_secret(request)
    return await _process(platform, request_parsing.parse_query(request, ProcessRequest), None)


async def _process(platform: Platform, limits: ProcessRequest, owner: UUID | None) -> Response:
    max_timeout_ms = platform.settings.process_timeout_ms
    if limits.timeout > max_timeout_ms:
        raise Invalid([("timeout", f"must be at most {max_timeout_ms} milliseconds")])
    result = await platform.processor.process(at_most=limits.max_jobs, within=limits.timeout / 1000, owner=owner)
    return JSON(present_result(result))


@operation("getWebsiteJobsStatusDialect", tag="Documents' dialects", returns={200: WebsiteJobsStatus})
async def status(request: Request) -> Response:
    """Count the caller's website jobs by status, and list the latest failures.

    Administrators see the jobs of all users.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        counts = await business_jobs.count_by_kind_and_status(conn, WEBSITE_KINDS, reader_id(user))
        failures = await business_jobs.list_failed(conn, WEBSITE_KINDS, reader_id(user), MAX_FAILURES)
    by_type = {
        kind: StatusCounts(**{STATUS_NAMES[status]: counts.get((kind, status), 0) for status in Status})
        for kind in WEBSITE_KINDS
    }
    totals = {name: sum(getattr(by_status, name) for by_status in by_type.values()) for name in STATUS_NAMES.values()}
    recent = [
        RecentFailure(
            id=job.id,
            business_id=job.business_id,
            business_name=job.business_name,
            job_type=job.kind,
            error=job.error,
            attempts=job.attempt,
            retry_count=max(0, job.attempt - 1),
            max_attempts=job.max_attempts,
            completed_at=job.completed_at,
        )
        for job in failures
    ]
    return JSON(WebsiteJobsStatus(**totals, total=sum(totals.values()), by_type=by_type, recent_failures=recent))


class RetryRequest(RequestModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"jobId": "0193a2f4-5b6c-7d8e-9f00-112233445566"}]})

    job_id: UUID


class RetriedWebsiteJob(WebsiteJob):
    """A job that is queued again."""

    success: Literal[True] = True


@operation(
    "retryJobDialect",
    tag="Documents' dialects",
    body=RetryRequest,
    returns={202: Reply(RetriedWebsiteJob, headers=[LOCATION, RETRY_AFTER])},
    errors=[Conflict, LimitReached, NotFound],
)
async def retry(request: Request) -> Response:
    """Retry a finished job from the beginning."""
    user = await auth.require(request)
    platform = get_platform(request)
    job_id = (await request_parsing.read_model(request, RetryRequest)).job_id
    async with (
        platform.pending_limit.creator(user) as creator,
        platform.pool.acquire() as conn,
        conn.transaction(),
    ):
        was = await lock_for_action(conn, job_id, user)
        require_status(Action.RETRY, job_id, was)
        if not await requeue(conn, job_id, creator, from_start=True):
            raise Conflict(
                f"Cannot retry job {job_id}: another active job is doing the same work for this business.",
                jobStatus=was,
            )
        await audit.record(conn, "JOB_RETRIED", {"was": was, "fromStart": True}, user_id=user.id, job_id=job_id)
        job = await jobs.get(conn, job_id, None)
        assert job is not None
    platform.dispatcher.schedule_pass()
    headers = {"Location": f"/api/jobs/{job_id}", "Retry-After": retry_after(FIRST_MS)}
    return JSON(RetriedWebsiteJob(**website_job_fields(job)), 202, headers)
