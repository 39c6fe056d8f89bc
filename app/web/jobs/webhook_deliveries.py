"""The deliveries of a webhook: what became of them, sending failed ones again, and enabling a disabled webhook."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.core import audit
from app.db.core.pool import Connection
from app.db.jobs import actions, deliveries, webhooks
from app.db.jobs.webhooks import DeliveryRecord, WebhookEndpoint
from app.domain.jobs.status import Status
from app.errors import Conflict, LimitReached, NotFound
from app.web.accounts import auth
from app.web.http import request_parsing
from app.web.http.models import RequestModel, ResponseModel
from app.web.http.operation import operation
from app.web.http.responses import JSON
from app.web.http.schema_types import Timestamp
from app.web.jobs.webhooks import WebhookModel, present_webhook
from app.web.platform import get_platform

MAX_REPLAYED = 10_000
"""Deliveries per request."""


class ReplayRequest(RequestModel):
    """Which failed deliveries to send again: all of them without a body."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}, {"since": "2026-01-31T12:00:00Z"}]})

    since: Timestamp = datetime(1970, 1, 1, tzinfo=UTC)
    """Only deliveries created at this time or later."""


class DeliveryQuery(RequestModel):
    limit: int = Field(default=50, ge=1, le=500)


class DeliveryModel(ResponseModel):
    """A message to a webhook."""

    id: UUID
    status: Status
    attempt: int
    error: str | None
    job_id: str | None
    """The job that it reports."""
    event: str | None
    """Such as `job.completed`."""
    created_at: datetime
    completed_at: datetime | None


class DeliveryList(ResponseModel):
    deliveries: list[DeliveryModel]


class Replayed(ResponseModel):
    replayed: int
    has_more: bool
    """Whether more deliveries have failed than one request sends again."""


def present_delivery(delivery: DeliveryRecord) -> DeliveryModel:
    return DeliveryModel(
        id=delivery.id,
        status=Status(delivery.status),
        attempt=delivery.attempt,
        error=delivery.error,
        job_id=delivery.reported_job_id,
        event=delivery.event,
        created_at=delivery.created_at,
        completed_at=delivery.completed_at,
    )


@operation("listDeliveries", tag="Webhooks", query=DeliveryQuery, returns={200: DeliveryList})
async def index(request: Request) -> Response:
    """List the newest deliveries of a webhook."""
    user = await auth.require(request)
    platform = get_platform(request)
    webhook_id = request_parsing.path_id(request)
    query = request_parsing.parse_query(request, DeliveryQuery)
    async with platform.pool.acquire() as conn:
        await _require_own(conn, webhook_id, user.id)
        found = await webhooks.list_deliveries(conn, webhook_id, user.id, query.limit)
    return JSON(DeliveryList(deliveries=[present_delivery(delivery) for delivery in found]))


@operation("enableWebhook", tag="Webhooks", returns={200: WebhookModel})
async def enable(request: Request) -> Response:
    """Enable a webhook, and try its waiting deliveries at once."""
    user = await auth.require(request)
    platform = get_platform(request)
    webhook_id = request_parsing.path_id(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        webhook = await _require_own(conn, webhook_id, user.id)
        await webhooks.enable(conn, webhook_id)
        await deliveries.forget(conn, webhook_id, user.id, urlsplit(webhook.url).netloc.lower())
        await audit.record(conn, "WEBHOOK_ENABLED", {"id": str(webhook_id)}, user_id=user.id)
        webhook = await _require_own(conn, webhook_id, user.id)
    return JSON(present_webhook(webhook))


@operation(
    "replayDeliveries",
    tag="Webhooks",
    body=ReplayRequest,
    needs_body=False,
    returns={202: Replayed},
    errors=[Conflict, LimitReached],
)
async def replay(request: Request) -> Response:
    """Send the failed deliveries of a webhook again, at most 10,000 at a time."""
    user = await auth.require(request)
    platform = get_platform(request)
    webhook_id = request_parsing.path_id(request)
    body = await request_parsing.read_body(request)
    since = request_parsing.validate(ReplayRequest, request_parsing.parse_json(body) if body.strip() else {}).since
    async with (
        platform.pending_limit.creator(user) as creator,
        platform.pool.acquire() as conn,
        conn.transaction(),
    ):
        webhook = await _require_own(conn, webhook_id, user.id)
        if webhook.disabled_reason is not None:
            raise Conflict(
                f"The webhook is disabled: {webhook.disabled_reason}. Enable it first, with POST "
                f"/api/v1/webhooks/{webhook_id}/enable."
            )
        failed = await webhooks.list_failed(conn, webhook_id, user.id, since, MAX_REPLAYED + 1)
        replayed = await actions.retry_all(conn, failed[:MAX_REPLAYED], creator)
        details = {"id": str(webhook_id), "deliveries": len(replayed)}
        await audit.record(conn, "WEBHOOK_REPLAYED", details, user_id=user.id)
    platform.dispatcher.schedule_pass()
    return JSON(Replayed(replayed=len(replayed), has_more=len(failed) > MAX_REPLAYED), 202)


async def _require_own(conn: Connection, webhook_id: UUID, user_id: UUID) -> WebhookEndpoint:
    webhook = await webhooks.get(conn, webhook_id, user_id)
    if webhook is None:
        raise NotFound(f"Webhook {webhook_id} not found.")
    return webhook
