"""`GET /api/cron/process-jobs`: a hosted cron runs what is due, where there are no workers."""

from __future__ import annotations

import hmac
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.domain.jobs.processing import ProcessResult
from app.domain.jobs.status import Status
from app.errors import NotFound, Unauthorized
from app.web.dialects.websites import WORDS
from app.web.http import request_parsing
from app.web.http.responses import JSON
from app.web.platform import Platform, get_platform

LONGEST_MS = 25_000
MOST_JOBS = 1_000


class Limits(BaseModel):
    model_config = ConfigDict(extra="forbid")

    maxJobs: int = Field(default=MOST_JOBS, ge=1, le=MOST_JOBS)
    timeout: int = Field(default=LONGEST_MS, ge=1, le=LONGEST_MS)
    """Milliseconds."""


async def process_jobs(request: Request) -> Response:
    """Run due jobs of everybody for up to 25 s. A 404 where no CRON_SECRET is configured."""
    platform = check_secret(request)
    limits = request_parsing.parse_query(request, Limits)
    return JSON(shown(await platform.processor.process(at_most=limits.maxJobs, within=limits.timeout / 1000)))


def check_secret(request: Request) -> Platform:
    """Let nobody by but who knows the CRON_SECRET. Raises NotFound where there is none, Unauthorized."""
    platform = get_platform(request)
    secret = platform.settings.cron_secret
    if secret is None:
        raise NotFound(f"There is nothing at {request.url.path}.")
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), secret.encode()):
        raise Unauthorized("The secret is missing or wrong: send the header Authorization: Bearer <CRON_SECRET>.")
    return platform


def shown(processed: ProcessResult) -> dict[str, Any]:
    """What was done, in document 003's words."""
    jobs = [
        {"id": job.id, "jobType": job.kind, "status": WORDS[job.status], "error": job.error} for job in processed.jobs
    ]
    return {
        "processed": len(jobs),
        "succeeded": sum(job.status is Status.COMPLETED for job in processed.jobs),
        "failed": sum(job.status is Status.FAILED for job in processed.jobs),
        "remaining": processed.remaining,
        "jobs": jobs,
    }
