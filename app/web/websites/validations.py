"""Queueing website jobs in bulk: for some businesses, or for all that have a website."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.db.core import audit
from app.db.core.pool import Connection
from app.db.websites.business_jobs import insert_jobs
from app.db.websites.businesses import list_ids_to_visit
from app.domain.jobs.polling import FIRST_MS, retry_after
from app.domain.websites.kinds import WEBSITE_KINDS, WEBSITE_SPECS, WebsiteKind
from app.errors import BadRequest, Invalid
from app.web.accounts import auth
from app.web.http import idempotency, request_parsing
from app.web.http.problems import invalid
from app.web.http.responses import JSON
from app.web.http.schema_types import RequestModel
from app.web.platform import get_platform

MAX_BUSINESSES = 2_000
"""Accepted per request. With `all`, the `next` of the response is the `after` of the following request."""


class ValidationRequest(RequestModel):
    business_ids: list[UUID] | None = Field(default=None, min_length=1, max_length=MAX_BUSINESSES)
    all: bool = False
    after: UUID | None = None
    """With `all`: continue behind this business, the `next` of the response before."""
    job_types: list[WebsiteKind] = Field(default=list(WEBSITE_KINDS), min_length=1)
    priority: int = Field(default=5, ge=1, le=9)


async def create(request: Request) -> Response:
    """202 with the jobs: new ones, or the active ones of the same business and kind."""
    user = await auth.require(request)
    platform = get_platform(request)
    raw, value = await request_parsing.read_json(request)
    try:
        body = ValidationRequest.model_validate(value)
    except ValidationError as error:
        raise invalid(error) from None
    if (body.business_ids is None) == (not body.all):
        raise BadRequest('Name the businesses: send either "businessIds" or "all": true.')

    async def enqueue(conn: Connection) -> Response:
        ids = await list_ids_to_visit(conn, body.business_ids, after=body.after, limit=MAX_BUSINESSES)
        if body.business_ids is not None and (missing := set(body.business_ids) - set(ids)):
            message = "is not a business whose website may be visited: it does not exist, has no website or is excluded"
            raise Invalid([(f"businessIds.{i}", message) for i, id_ in enumerate(body.business_ids) if id_ in missing])
        specs = [WEBSITE_SPECS[kind] for kind in dict.fromkeys(body.job_types)]
        jobs = await insert_jobs(conn, ids, specs, user_id=user.id, priority=body.priority)
        details = {"businesses": len(ids), "jobTypes": body.job_types, "jobs": len(jobs)}
        await audit.record(conn, "VALIDATIONS_QUEUED", details, user_id=user.id)
        headers = {"Retry-After": retry_after(FIRST_MS)}
        if jobs:
            headers["Location"] = f"/api/v1/jobs/{jobs[0].id}"
        return JSON(
            {
                "success": True,
                "businesses": len(ids),
                "jobs": [
                    {"jobId": job.id, "businessId": job.business_id, "type": job.kind, "isNew": job.is_new}
                    for job in jobs
                ],
                "total": len(jobs),
                "next": ids[-1] if body.all and len(ids) == MAX_BUSINESSES else None,
                "poll_interval_ms": FIRST_MS,
            },
            202,
            headers,
        )

    response = await idempotency.run_once(request, user, raw, enqueue)
    platform.dispatcher.schedule_pass()
    return response
