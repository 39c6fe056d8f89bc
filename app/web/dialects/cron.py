"""`GET /api/cron/process-jobs`: lets a hosted cron run due jobs where there are no workers."""

from __future__ import annotations

import hmac
from uuid import UUID

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from app.domain.jobs.processing import ProcessResult
from app.domain.jobs.status import Status
from app.errors import NotFound, Unauthorized
from app.web.dialects.websites import STATUS_NAMES, WebsiteJobStatus
from app.web.http import request_parsing
from app.web.http.models import RequestModel, ResponseModel
from app.web.http.operation import Access, operation
from app.web.http.responses import JSON
from app.web.platform import Platform, get_platform

MAX_TIMEOUT_MS = 25_000
MAX_JOBS = 1_000


class CronQuery(RequestModel):
    max_jobs: int = Field(default=MAX_JOBS, ge=1, le=MAX_JOBS)
    """Start no more than so many jobs."""
    timeout: int = Field(default=MAX_TIMEOUT_MS, ge=1, le=MAX_TIMEOUT_MS)
    """Milliseconds."""


class ProcessedJob(ResponseModel):
    """A job that was run in the request."""

    id: UUID
    job_type: str
    status: WebsiteJobStatus
    error: str | None


class JobsProcessed(ResponseModel):
    """What was run in the request."""

    processed: int
    succeeded: int
    failed: int
    remaining: int
    """Jobs that are due, but were not run."""
    jobs: list[ProcessedJob]


@operation(
    "runDueJobsByCronDialect",
    tag="Documents' dialects",
    access=Access.OPEN,
    query=CronQuery,
    returns={200: JobsProcessed},
    errors=[NotFound, Unauthorized],
)
async def process_jobs(request: Request) -> Response:
    """Run due jobs of all users for up to 25 seconds.

    For a hosted cron that sends the CRON_SECRET: `Authorization: Bearer <CRON_SECRET>`. A 404 if the installation
    has no CRON_SECRET.
    """
    platform = require_cron_secret(request)
    query = request_parsing.parse_query(request, CronQuery)
    result = await platform.processor.process(at_most=query.max_jobs, within=query.timeout / 1000)
    return JSON(present_result(result))


def require_cron_secret(request: Request) -> Platform:
    """Return the platform if the request carries the CRON_SECRET.

    Raises NotFound if none is configured, and Unauthorized if the request's secret is missing or wrong.
    """
    platform = get_platform(request)
    secret = platform.settings.cron_secret
    if secret is None:
        raise NotFound(f"{request.scope['path']} not found.")
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), secret.encode()):
        raise Unauthorized("The secret is missing or wrong. Send the header Authorization: Bearer <CRON_SECRET>.")
    return platform


def present_result(result: ProcessResult) -> JobsProcessed:
    """Return what was run, in document 003's words."""
    jobs = [
        ProcessedJob(id=job.id, job_type=job.kind, status=STATUS_NAMES[job.status], error=job.error)
        for job in result.jobs
    ]
    return JobsProcessed(
        processed=len(jobs),
        succeeded=sum(job.status is Status.COMPLETED for job in result.jobs),
        failed=sum(job.status is Status.FAILED for job in result.jobs),
        remaining=result.remaining,
        jobs=jobs,
    )
