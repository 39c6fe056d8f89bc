"""The pages of the user's webhooks: their state, what became of their deliveries, and sending these again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core.pool import Connection
from app.db.jobs import deliveries, webhooks
from app.db.jobs.deliveries import Target
from app.db.jobs.webhooks import WebhookEndpoint
from app.errors import NotFound
from app.web.dashboard.core import html, internal_api
from app.web.http.request_parsing import path_id
from app.web.jobs import actions, webhook_deliveries
from app.web.platform import get_platform

MAX_DELIVERIES = 100


@dataclass(frozen=True)
class WebhookView:
    webhook: WebhookEndpoint
    is_paused: bool
    """Whether deliveries are put off, because the last ones failed."""
    paused_until: datetime | None
    """Until when they wait; None if the next one may be tried."""


async def index(request: Request) -> Response:
    user: User = request.state.user
    async with get_platform(request).pool.acquire() as conn:
        shown = await _views(conn, await webhooks.list_endpoints(conn, user.id), user)
    return html.page(request, "webhooks.html", webhooks=shown)


async def show(request: Request) -> Response:
    """Show a webhook with its newest deliveries."""
    user: User = request.state.user
    webhook_id = path_id(request)
    async with get_platform(request).pool.acquire() as conn:
        webhook = await webhooks.get(conn, webhook_id, user.id)
        if webhook is None:
            raise NotFound("Webhook not found.")
        [view] = await _views(conn, [webhook], user)
        found = await webhooks.list_deliveries(conn, webhook_id, user.id, MAX_DELIVERIES)
    return html.page(request, "webhook.html", view=view, deliveries=found, max_deliveries=MAX_DELIVERIES)


async def _views(conn: Connection, found: Sequence[WebhookEndpoint], user: User) -> list[WebhookView]:
    targets = [Target(webhook.id, urlsplit(webhook.url).netloc.lower(), user.id) for webhook in found]
    paused = await deliveries.list_paused(conn, targets)
    return [WebhookView(webhook, webhook.id in paused, paused.get(webhook.id)) for webhook in found]


async def enable(request: Request) -> Response:
    message = "The webhook is enabled. Waiting deliveries are sent now."
    return await internal_api.call_and_redirect(
        request, webhook_deliveries.enable, message=message, back=f"/webhooks/{path_id(request)}"
    )


async def replay(request: Request) -> Response:
    """Send all failed deliveries of the webhook again."""
    message = "The failed deliveries are sent again."
    return await internal_api.call_and_redirect(
        request, webhook_deliveries.replay, message=message, back=f"/webhooks/{path_id(request)}"
    )


async def resend(request: Request) -> Response:
    """Send one failed delivery again."""
    back = f"/webhooks/{path_id(request)}"
    return await internal_api.call_and_redirect(
        request,
        actions.retry,
        path={"id": request.path_params["delivery"]},
        message="The delivery is sent again.",
        back=back,
    )
