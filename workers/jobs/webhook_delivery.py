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
from app.domain.jobs.model import JobSpec, QueueSpec
from app.domain.jobs.outcomes import Failed, Outcome
from providers.errors import BadRequest
from providers.notify.webhook import Gone
from workers.core.context import JobContext

DELAYS = (5.0, 30.0, 120.0, 600.0, 3600.0, 3 * 3600.0, 6 * 3600.0, 12 * 3600.0)
"""Seconds after each failed attempt."""
MOST_BYTES = 20_000
"""Of a payload; a longer result is left out of it."""


class WebhookDeliveryArgs(BaseModel):
    """The job's `data`; the trigger on `jobs` writes it."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    endpoint_id: UUID
    job_id: UUID
    event: str


def backoff(attempt: int) -> float:
    return DELAYS[min(attempt, len(DELAYS)) - 1]


SPEC = JobSpec(
    kind="webhook_delivery",
    queue=QueueSpec("webhooks", concurrency=20, dispatch_size=10),
    args=WebhookDeliveryArgs,
    timeout=timedelta(seconds=30),
    max_attempts=8,
    backoff=backoff,
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
