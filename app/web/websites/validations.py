"""Validations and scraping in bulk: of some businesses or of all that have a website, an urgent one first."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.db.core import audit
from app.db.core.pool import Connection
from app.db.websites import business_jobs, businesses
from app.domain.jobs.polling import FIRST_MS, retry_after
from app.domain.websites.kinds import WEBSITE_KINDS, WEBSITE_SPECS, WebsiteKind
from app.errors import BadRequest, Invalid
from app.web.accounts import auth
from app.web.http import idempotency, request_parsing
from app.web.http.problems import invalid
from app.web.http.responses import JSON
from app.web.platform import get_platform

MOST_IDS = 2_000
MOST_AT_ONCE = 2_000
"""Businesses whose jobs one request makes; `next` says where the following request goes on."""


class ValidationRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    businessIds: list[UUID] | None = Field(default=None, min_length=1, max_length=MOST_IDS)
    all: bool = False
    after: UUID | None = None
    """With `all`: go on behind this business, the `next` of the answer before."""
    jobTypes: list[WebsiteKind] = Field(default=list(WEBSITE_KINDS), min_length=1)
    priority: int = Field(default=5, ge=1, le=9)


async def create(request: Request) -> Response:
    """202 with the jobs. Where one is active for a business and kind, it is that one."""
    user = await auth.require(request)
    platform = get_platform(request)
    raw, value = await request_parsing.read_json(request)
    try:
        asked = ValidationRequest.model_validate(value)
    except ValidationError as error:
        raise invalid(error) from None
    if (asked.businessIds is None) == (not asked.all):
        raise BadRequest('Say which businesses: either "businessIds", or "all": true.')

    async def make(conn: Connection) -> Response:
        limit = MOST_AT_ONCE if asked.businessIds is None else MOST_IDS
        rows = await businesses.with_websites(conn, asked.businessIds, asked.after, limit)
        found = [row["id"] for row in rows]
        if asked.businessIds is not None and (missing := set(asked.businessIds) - set(found)):
            words = "is no business with a website that may be visited"
            raise Invalid([(f"businessIds.{at}", words) for at, one in enumerate(asked.businessIds) if one in missing])
        specs = [WEBSITE_SPECS[kind] for kind in dict.fromkeys(asked.jobTypes)]
        made = await business_jobs.enqueue(conn, found, specs, user_id=user.id, priority=asked.priority)
        jobs = [
            {"jobId": job.id, "businessId": business_id, "type": kind, "isNew": job.is_new}
            for business_id, entries in made.items()
            for kind, job in entries
        ]
        details = {"businesses": len(found), "jobTypes": asked.jobTypes, "jobs": len(jobs)}
        await audit.record(conn, "VALIDATIONS_QUEUED", details, user_id=user.id)
        more = found[-1] if asked.all and len(found) == limit else None
        body = {"success": True, "businesses": len(found), "jobs": jobs, "total": len(jobs), "next": more}
        headers = {"Retry-After": retry_after(FIRST_MS)}
        if jobs:
            headers["Location"] = f"/api/v1/jobs/{jobs[0]['jobId']}"
        return JSON(body | {"poll_interval_ms": FIRST_MS}, 202, headers)

    response = await idempotency.once(request, user, raw, make)
    platform.dispatcher.nudge()
    return response
