"""Webhooks that are called when jobs finish: all jobs of a user, those of some kinds, or a single job."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.core import audit
from app.db.core.pool import Connection
from app.db.jobs import records as jobs
from app.db.jobs import webhooks
from app.db.jobs.webhooks import WebhookEndpoint
from app.errors import Conflict, Invalid, NotFound
from app.web.accounts import auth
from app.web.http import request_parsing
from app.web.http.responses import JSON
from app.web.http.schema_types import RequestModel
from app.web.http.webhook_secret import new_webhook_secret
from app.web.jobs.access import job_not_found
from app.web.jobs.create import get_spec
from app.web.platform import Platform, get_platform

MAX_WEBHOOKS_PER_USER = 20
"""Webhooks of single jobs are not counted."""


class WebhookRequest(RequestModel):
    url: str = Field(min_length=1, max_length=2083)
    job_types: list[str] | None = Field(default=None, min_length=1)
    """Kinds or their aliases; all kinds if not given."""
    job_id: UUID | None = None


def present_webhook(webhook: WebhookEndpoint) -> dict[str, Any]:
    return {
        "id": webhook.id,
        "url": webhook.url,
        "jobId": webhook.job_id,
        "jobTypes": webhook.kinds,
        "disabledReason": webhook.disabled_reason,
        "createdAt": webhook.created_at,
    }


async def create(request: Request) -> Response:
    """Register a webhook. 201 with the webhook and its `secret`, which is shown this once (standardwebhooks.com)."""
    user = await auth.require(request)
    platform = get_platform(request)
    new = await request_parsing.read_model(request, WebhookRequest)
    url, kinds = _check(platform, new)
    secret = new_webhook_secret()
    async with platform.pool.acquire() as conn, conn.transaction():
        if new.job_id is not None:
            await _require_own_active_job(conn, new.job_id, user.id)
        else:
            await _require_room(conn, user.id)
        webhook = await webhooks.insert(conn, user.id, new.job_id, url, secret, kinds)
        await audit.record(conn, "WEBHOOK_CREATED", {"id": str(webhook.id), "url": url}, user_id=user.id)
    return JSON(present_webhook(webhook) | {"secret": secret}, 201)


def _check(platform: Platform, new: WebhookRequest) -> tuple[str, Sequence[str] | None]:
    """Return the normalised URL and the kinds. Raises Invalid with everything that is wrong."""
    findings: list[tuple[str, str]] = []
    url, kinds = "", []
    try:
        url = platform.normalise_website(new.url)
    except ValueError as error:
        findings.append(("url", str(error)))
    for index, name in enumerate(new.job_types or []):
        try:
            kinds.append(get_spec(platform, name, f"jobTypes.{index}").kind)
        except Invalid as error:
            findings += error.findings
    if findings:
        raise Invalid(findings)
    return url, kinds or None


async def _require_own_active_job(conn: Connection, job_id: UUID, user_id: UUID) -> None:
    job = await jobs.get(conn, job_id, user_id)
    if job is None or job.created_by != user_id:
        raise job_not_found(job_id)
    if job.completed_at is not None:
        raise Conflict(f"Job {job_id} has already finished; a webhook would never be called.", jobStatus=job.status)


async def _require_room(conn: Connection, user_id: UUID) -> None:
    general = [webhook for webhook in await webhooks.list_endpoints(conn, user_id) if webhook.job_id is None]
    if len(general) >= MAX_WEBHOOKS_PER_USER:
        raise Conflict(f"You already have {MAX_WEBHOOKS_PER_USER} webhooks. Delete one first.")


async def index(request: Request) -> Response:
    """List the caller's webhooks. 200 `{"webhooks": [webhook], "total": n}`."""
    user = await auth.require(request)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        found = await webhooks.list_endpoints(conn, user.id)
    return JSON({"webhooks": [present_webhook(webhook) for webhook in found], "total": len(found)})


async def delete(request: Request) -> Response:
    """Delete the webhook. 204; deliveries that are already queued fail."""
    user = await auth.require(request)
    platform = get_platform(request)
    webhook_id = request_parsing.path_id(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        if not await webhooks.delete(conn, webhook_id, user.id):
            raise NotFound(f"Webhook {webhook_id} not found.")
        await audit.record(conn, "WEBHOOK_DELETED", {"id": str(webhook_id)}, user_id=user.id)
    return Response(status_code=204)
