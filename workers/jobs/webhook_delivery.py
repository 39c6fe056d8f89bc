"""webhook_delivery: tell an endpoint that a job has ended, signed as Standard Webhooks has it.

Every attempt carries the same `webhook-id`, so that a receiver knows one that came twice.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from app.db.core.pool import connection
from app.db.jobs import webhooks
from app.db.jobs.webhooks import WebhookDelivery
from app.domain.jobs.attempts import DELIVERY_ATTEMPTS, delivery_backoff
from app.domain.jobs.outcomes import Failed, Outcome
from app.domain.jobs.spec import JobSpec, QueueSpec
from providers.errors import BadRequest
from providers.notify.webhook import Gone
from workers.core.context import JobContext

MAX_PAYLOAD_BYTES = 20_000
"""A longer payload is sent without data and result."""


class WebhookDeliveryArgs(BaseModel):
    """The job's `data`; the trigger on `jobs` writes it."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    endpoint_id: UUID
    job_id: UUID
    event: str


SPEC = JobSpec(
    kind="webhook_delivery",
    queue=QueueSpec("webhooks", concurrency=20, dispatch_size=10),
    args=WebhookDeliveryArgs,
    timeout=timedelta(seconds=30),
    max_attempts=DELIVERY_ATTEMPTS,
    backoff=delivery_backoff,
)


async def run(context: JobContext, args: WebhookDeliveryArgs) -> dict[str, Any] | Outcome:
    async with connection(context.resources.pool) as conn:
        delivery = await webhooks.find_delivery(conn, args.endpoint_id, args.job_id)
    if delivery is None:
        return Failed("the webhook or its job is gone, or it is disabled")
    message = f"msg_{context.id.hex}"
    try:
        status = await context.resources.webhooks.send(
            delivery.url, delivery.secret, message, payload(delivery, args.event)
        )
    except Gone as error:
        async with context.step() as step:
            await webhooks.disable(step.conn, args.endpoint_id, "the endpoint answered 410 Gone")
        return Failed(f"{error}; it is disabled")
    except BadRequest as error:
        return Failed(str(error))
    async with context.step() as step:
        step.processed = step.total = 1
    return {"status": status, "messageId": message}


def payload(delivery: WebhookDelivery, event: str) -> bytes:
    """`{type, timestamp, data}`, where `data` is the job."""
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
        data |= {"data": None, "result": None, "truncated": True}
        body = orjson.dumps({"type": event, "timestamp": delivery.completed_at, "data": data}, option=orjson.OPT_UTC_Z)
    return body
