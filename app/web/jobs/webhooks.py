"""Webhooks on the end of jobs: of all jobs of a user, of some kinds, or of one job."""

from __future__ import annotations

import secrets
from base64 import b64encode
from typing import Any
from uuid import UUID

from asyncpg import Record
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.core import audit
from app.db.jobs import records as jobs
from app.db.jobs import webhooks
from app.errors import Conflict, Invalid, NotFound
from app.web.accounts import auth
from app.web.http import request_parsing
from app.web.http.responses import JSON
from app.web.platform import get_platform

MOST = 20
"""Of one user; those of single jobs not counted."""


class WebhookRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    url: str = Field(min_length=1, max_length=2083)
    jobTypes: list[str] | None = Field(default=None, min_length=1)
    jobId: UUID | None = None


def show(row: Record) -> dict[str, Any]:
    return {
        "id": row["id"],
        "url": row["url"],
        "jobId": row["job_id"],
        "jobTypes": row["kinds"],
        "disabledReason": row["disabled_reason"],
        "createdAt": row["created_at"],
    }


async def create(request: Request) -> Response:
    """201 with the secret of its signatures (standardwebhooks.com), which is shown this once."""
    user = await auth.require(request)
    platform = get_platform(request)
    asked = await request_parsing.read_model(request, WebhookRequest)
    findings: list[tuple[str, str]] = []
    try:
        url = platform.normalise_website(asked.url)
    except ValueError as error:
        findings.append(("url", str(error)))
    kinds = asked.jobTypes and [spec.kind if (spec := platform.kind(name)) else "" for name in asked.jobTypes]
    for at, kind in enumerate(kinds or []):
        if not kind:
            findings.append((f"jobTypes.{at}", f"unknown job type; expected one of {', '.join(sorted(platform.specs))}"))
    if findings:
        raise Invalid(findings)
    secret = f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"
    async with platform.pool.acquire() as conn, conn.transaction():
        if asked.jobId is not None:
            job = await jobs.get(conn, asked.jobId, user.id)
            if job is None or job["created_by"] != user.id:
                raise NotFound(f"There is no job {asked.jobId} of yours.")
            if job["completed_at"] is not None:
                raise Conflict("The job has ended already.", jobStatus=job["status"])
        elif sum(one["job_id"] is None for one in await webhooks.of_user(conn, user.id)) >= MOST:
            raise Conflict(f"You have {MOST} webhooks already; delete one first.")
        row = await webhooks.insert(conn, user.id, asked.jobId, url, secret, kinds or None)
        await audit.record(conn, "WEBHOOK_CREATED", {"id": str(row["id"]), "url": url}, user_id=user.id)
    return JSON(show(row) | {"secret": secret}, 201)


async def index(request: Request) -> Response:
    """The caller's own."""
    user = await auth.require(request)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        rows = await webhooks.of_user(conn, user.id)
    return JSON({"webhooks": [show(row) for row in rows], "total": len(rows)})


async def delete(request: Request) -> Response:
    """204; what is on its way to it already fails."""
    user = await auth.require(request)
    platform = get_platform(request)
    endpoint_id = request_parsing.path_id(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        if not await webhooks.delete(conn, endpoint_id, user.id):
            raise NotFound("There is no such webhook of yours.")
        await audit.record(conn, "WEBHOOK_DELETED", {"id": str(endpoint_id)}, user_id=user.id)
    return Response(status_code=204)
