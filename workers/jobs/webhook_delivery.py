"""webhook_delivery: tell an endpoint that a job has ended, signed as Standard Webhooks has it.

Every attempt carries the same `webhook-id`, so that a receiver knows one that came twice.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from app.db.core.pool import connection
from app.db.jobs import webhooks
from app.domain.jobs.attempts import DELIVERY_ATTEMPTS, delivery_backoff
from app.domain.jobs.outcomes import Failed, Outcome
from app.domain.jobs.spec import JobSpec, QueueSpec
from providers.errors import BadRequest
from providers.notify.webhook import Gone
from workers.core.context import JobContext

MOST_BYTES = 20_000
"""Of a payload; a longer result is left out of it."""


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
        row = await webhooks.to_deliver(conn, args.endpoint_id, args.job_id)
    if row is None:
        return Failed("the webhook or its job is gone, or it is disabled")
    message = f"msg_{context.id.hex}"
    try:
        status = await context.resources.webhooks.send(row["url"], row["secret"], message, payload(row, args.event))
    except Gone as error:
        async with context.step() as step:
            await webhooks.disable(step.conn, args.endpoint_id, "the endpoint answered 410 Gone")
        return Failed(f"{error}; it is disabled")
    except BadRequest as error:
        return Failed(str(error))
    async with context.step() as step:
        step.processed = step.total = 1
    return {"status": status, "messageId": message}


def payload(row: Record, event: str) -> bytes:
    """`{type, timestamp, data}`, where `data` is the job."""
    data = {
        "id": str(row["id"]),
        "type": row["kind"],
        "status": row["status"],
        "error": row["error"],
        "data": orjson.Fragment(row["data"]),
        "result": orjson.Fragment(row["result"]) if row["result"] else None,
        "totalItems": row["total_items"],
        "processedItems": row["processed_items"],
        "failedItems": row["failed_items"],
        "createdAt": row["created_at"],
        "completedAt": row["completed_at"],
    }
    body = orjson.dumps({"type": event, "timestamp": row["completed_at"], "data": data}, option=orjson.OPT_UTC_Z)
    if len(body) > MOST_BYTES:
        data |= {"data": None, "result": None, "truncated": True}
        body = orjson.dumps({"type": event, "timestamp": row["completed_at"], "data": data}, option=orjson.OPT_UTC_Z)
    return body
