"""webhook_delivery: notify an endpoint that a job has finished, signed according to Standard Webhooks.

All attempts have the same `webhook-id`, so that receivers can ignore duplicates.
"""

from __future__ import annotations

from typing import Any

import orjson

from app.db.core.pool import Connection, connection
from app.db.jobs import webhooks
from app.db.jobs.webhooks import WebhookDelivery
from app.domain.jobs.kinds import WEBHOOK_DELIVERY, WebhookDeliveryArgs
from app.domain.jobs.outcomes import Failed, Outcome, Snooze
from app.domain.text.truncation import truncate
from providers.errors import BadRequest
from providers.notify.webhook import Gone
from workers.core import limited_sending
from workers.core.context import JobContext

MAX_PAYLOAD_BYTES = 20_000
"""A longer payload is sent without data and result, and with the beginning of the error."""
MAX_ERROR_CHARACTERS = 2_000
"""Of the error in such a payload. A character takes up to six bytes there."""


SPEC = WEBHOOK_DELIVERY


async def run(context: JobContext, args: WebhookDeliveryArgs) -> dict[str, Any] | Outcome:
    """Deliver one message. Returns `{status, messageId}`."""
    async with connection(context.resources.pool) as conn:
        delivery = await webhooks.find_delivery(conn, args.endpoint_id, args.job_id)
    if delivery is None:
        return Failed("the webhook or its job was deleted, or the webhook or its user is disabled")
    message = f"msg_{context.id.hex}"
    body = payload(delivery, args.event)

    async def send(timeout_seconds: float) -> int:
        return await context.resources.webhooks.send(delivery.url, delivery.secret, message, body, timeout_seconds)

    async def disable(conn: Connection, reason: str) -> None:
        await webhooks.disable(conn, args.endpoint_id, reason)

    try:
        status = await limited_sending.send(context, args.endpoint_id, delivery.url, send, disable)
    except Gone as error:
        async with context.step() as step:
            await webhooks.disable(step.conn, args.endpoint_id, "the endpoint answered 410 Gone")
        return Failed(f"{error}; the webhook is disabled")
    except BadRequest as error:
        return Failed(str(error))
    if isinstance(status, Snooze):
        return status
    async with context.step() as step:
        step.processed = step.total = 1
    return {"status": status, "messageId": message}


def payload(delivery: WebhookDelivery, event: str) -> bytes:
    """Return the body `{type, timestamp, data}`, where `data` is the job."""
    data = {
        "id": str(delivery.id),
        "type": delivery.kind,
        "status": delivery.status,
        "error": delivery.error,
        "data": orjson.Fragment(delivery.data),
        "result": orjson.Fragment(delivery.result) if delivery.result else None,
        "totalItems": delivery.total_items,
        "processedItems": delivery.processed_items,
        "failedItems": delivery.failed_items,
        "createdAt": delivery.created_at,
        "completedAt": delivery.completed_at,
    }
    body = orjson.dumps({"type": event, "timestamp": delivery.completed_at, "data": data}, option=orjson.OPT_UTC_Z)
    if len(body) > MAX_PAYLOAD_BYTES:
        error = delivery.error and truncate(delivery.error, MAX_ERROR_CHARACTERS)
        data |= {"error": error, "data": None, "result": None, "truncated": True}
        body = orjson.dumps({"type": event, "timestamp": delivery.completed_at, "data": data}, option=orjson.OPT_UTC_Z)
    return body
