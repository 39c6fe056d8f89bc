"""Queueing website jobs in bulk: for some businesses, or for all that have a website."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.core import audit
from app.db.core.pool import Connection
from app.db.websites.business_jobs import insert_jobs
from app.db.websites.businesses import list_ids_to_visit
from app.domain.jobs.polling import FIRST_MS, retry_after
from app.domain.websites.kinds import WEBSITE_KINDS, WebsiteKind
from app.errors import BadRequest, Conflict, Invalid, LimitReached
from app.web.accounts import auth
from app.web.http import idempotency, request_parsing
from app.web.http.models import RequestModel, ResponseModel
from app.web.http.operation import IDEMPOTENCY_KEY, LOCATION, RETRY_AFTER, Reply, operation
from app.web.http.responses import JSON
from app.web.http.schema_types import RunAt
from app.web.jobs.create import check_priority
from app.web.jobs.presenters import PollInterval
from app.web.platform import get_platform
from app.web.websites import presenters

MAX_BUSINESSES = 2_000
"""Accepted per request. With `all`, the `next` of the response is the `after` of the following request."""


class ValidationRequest(RequestModel):
    """Businesses whose websites are to be visited: give either `businessIds` or `all`."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"all": True, "jobTypes": ["website_validation"], "priority": 7}]}
    )

    business_ids: list[UUID] | None = Field(default=None, min_length=1, max_length=MAX_BUSINESSES)
    all: bool = False
    """All businesses that have a website and are not excluded, 2,000 per request."""
    after: UUID | None = None
    """With `all`: continue behind this business, the `next` of the response before."""
    job_types: list[WebsiteKind] = Field(default=list(WEBSITE_KINDS), min_length=1)
    """All kinds if not given."""
    priority: int = Field(default=5, ge=1, le=9)
    """The priority of the jobs, from 1 (first) to 9."""
    run_at: RunAt | None = None
    """The jobs wait until this time; one in the past is now."""


class ValidationJob(presenters.BusinessJobModel):
    business_id: UUID


class ValidationsCreated(ResponseModel):
    success: Literal[True] = True
    businesses: int
    """Number of businesses."""
    jobs: list[ValidationJob]
    """New ones, or the active ones of the same business and kind."""
    total: int
    """Number of jobs."""
    next: UUID | None
    """With `all`, the `after` of the following request; null if there are no more businesses."""
    poll_interval_ms: PollInterval = FIRST_MS


@operation(
    "createValidations",
    tag="Businesses",
    headers=[IDEMPOTENCY_KEY],
    body=ValidationRequest,
    returns={202: Reply(ValidationsCreated, headers=[LOCATION, RETRY_AFTER])},
    errors=[Conflict, LimitReached],
)
async def create(request: Request) -> Response:
    """Create the jobs that visit the websites of some businesses, or of all.

    An id of a business that does not exist, has no website or is excluded is an error, and no job is created.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    raw, value = await request_parsing.read_json(request)
    body = request_parsing.validate(ValidationRequest, value)
    check_priority(user, body.priority)
    if (body.business_ids is None) == (not body.all):
        raise BadRequest('Name the businesses: send either "businessIds" or "all": true.')

    async def enqueue(conn: Connection) -> Response:
        ids = await list_ids_to_visit(conn, body.business_ids, after=body.after, limit=MAX_BUSINESSES)
        if body.business_ids is not None and (missing := set(body.business_ids) - set(ids)):
            message = "is not a business whose website may be visited: it does not exist, has no website or is excluded"
            raise Invalid([(f"businessIds.{i}", message) for i, id_ in enumerate(body.business_ids) if id_ in missing])
        if not ids and body.after is None:
            raise BadRequest("There is no business with a website that is not excluded. Add businesses first.")
        job_types = list(dict.fromkeys(body.job_types))
        jobs = await insert_jobs(conn, ids, job_types, creator=creator, priority=body.priority, run_at=body.run_at)
        details = {"businesses": len(ids), "jobTypes": body.job_types, "jobs": len(jobs)}
        await audit.record(conn, "VALIDATIONS_QUEUED", details, user_id=user.id)
        headers = {"Retry-After": retry_after(FIRST_MS)}
        if jobs and jobs[0].id is not None:
            headers["Location"] = f"/api/v1/jobs/{jobs[0].id}"
        created = ValidationsCreated(
            businesses=len(ids),
            jobs=[
                ValidationJob(job_id=job.id, type=job.kind, is_new=job.is_new, business_id=job.business_id)
                for job in jobs
            ],
            total=len(jobs),
            next=ids[-1] if body.all and len(ids) == MAX_BUSINESSES else None,
        )
        return JSON(created, 202, headers)

    async with platform.pending_limit.creator(user) as creator:
        response = await idempotency.run_once(request, user, raw, enqueue)
    platform.dispatcher.schedule_pass()
    return response
