"""Webhooks that are called when jobs finish: all jobs of a user, those of some kinds, or a single job."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.core import audit
from app.db.core.pool import Connection
from app.db.jobs import records as jobs
from app.db.jobs import webhooks
from app.db.jobs.webhooks import WebhookEndpoint
from app.errors import Conflict, Invalid, LimitReached, NotFound
from app.web.accounts import auth
from app.web.http import request_parsing
from app.web.http.limits import require_room
from app.web.http.models import RequestModel, ResponseModel, is_none
from app.web.http.operation import Reply, operation
from app.web.http.responses import JSON
from app.web.http.webhook_secret import new_webhook_secret
from app.web.jobs.access import job_not_found
from app.web.jobs.create import get_spec
from app.web.platform import Platform, get_platform


class WebhookRequest(RequestModel):
    """A webhook to register: for all your jobs, for those of some types, or for one job."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"url": "https://example.com/hook", "jobTypes": ["geocode_file"]}]}
    )

    url: str = Field(min_length=1, max_length=2083)
    """Called when a job finishes (standardwebhooks.com)."""
    job_types: list[str] | None = Field(default=None, min_length=1)
    """Kinds or their aliases; all kinds if not given."""
    job_id: UUID | None = None


class WebhookModel(ResponseModel):
    """A webhook."""

    id: UUID
    url: str
    job_id: UUID | None
    job_types: list[str] | None
    """Null for all types."""
    disabled_reason: str | None
    """Why nothing is delivered any more; null while it is enabled."""
    created_at: datetime
    secret: str | None = Field(default=None, exclude_if=is_none)
    """For the signatures of its deliveries. Only in the response that creates the webhook."""


class WebhookList(ResponseModel):
    webhooks: list[WebhookModel]
    total: int


def present_webhook(webhook: WebhookEndpoint, secret: str | None = None) -> WebhookModel:
    return WebhookModel(
        id=webhook.id,
        url=webhook.url,
        job_id=webhook.job_id,
        job_types=None if webhook.kinds is None else list(webhook.kinds),
        disabled_reason=webhook.disabled_reason,
        created_at=webhook.created_at,
        secret=secret,
    )


@operation(
    "createWebhook",
    tag="Webhooks",
    body=WebhookRequest,
    returns={201: WebhookModel},
    errors=[Conflict, LimitReached, NotFound],
)
async def create(request: Request) -> Response:
    """Register a webhook.

    The response has the secret for its signatures, which is shown this once.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    new = await request_parsing.read_model(request, WebhookRequest)
    url, kinds = await _check(platform, new)
    secret = new_webhook_secret()
    async with platform.pool.acquire() as conn, conn.transaction():
        if new.job_id is not None:
            await _require_own_active_job(conn, new.job_id, user.id)
        await _require_room(platform, conn, user.id, new.job_id)
        webhook = await webhooks.insert(conn, user.id, new.job_id, url, secret, kinds)
        await audit.record(conn, "WEBHOOK_CREATED", {"id": str(webhook.id), "url": url}, user_id=user.id)
    return JSON(present_webhook(webhook, secret), 201)


async def _check(platform: Platform, new: WebhookRequest) -> tuple[str, Sequence[str] | None]:
    """Return the normalised URL and the kinds. Raises Invalid with everything that is wrong."""
    findings: list[tuple[str, str]] = []
    url, kinds = "", []
    try:
        url = await platform.check_receiver(new.url)
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


async def _require_room(platform: Platform, conn: Connection, user_id: UUID, job_id: UUID | None) -> None:
    count = await webhooks.lock_and_count(conn, user_id, job_id)
    if job_id is None:
        require_room("webhooks", "webhooks for all jobs", count, platform.settings.max_webhooks)
    else:
        require_room("webhooksPerJob", "webhooks for this job", count, platform.settings.max_webhooks_per_job)


@operation("listWebhooks", tag="Webhooks", returns={200: WebhookList})
async def index(request: Request) -> Response:
    """List your webhooks."""
    user = await auth.require(request)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        found = await webhooks.list_endpoints(conn, user.id)
    return JSON(WebhookList(webhooks=[present_webhook(webhook) for webhook in found], total=len(found)))


@operation("deleteWebhook", tag="Webhooks", returns={204: Reply()})
async def delete(request: Request) -> Response:
    """Delete a webhook. Deliveries that are already queued fail."""
    user = await auth.require(request)
    platform = get_platform(request)
    webhook_id = request_parsing.path_id(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        if not await webhooks.delete(conn, webhook_id, user.id):
            raise NotFound(f"Webhook {webhook_id} not found.")
        await audit.record(conn, "WEBHOOK_DELETED", {"id": str(webhook_id)}, user_id=user.id)
    return Response(status_code=204)
