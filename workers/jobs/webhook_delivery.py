"""webhook_delivery: tell an endpoint that a job has ended, signed as Standard Webhooks has it.

Every attempt carries the same `webhook-id`, so that a receiver knows one that came twice. The address is a user's
input: it is reached through the fetcher's gates.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from standardwebhooks import Webhook

from app.db import webhooks
from app.db.pool import connection
from app.domain.jobs import JobSpec, QueueSpec
from app.domain.outcomes import Failed, Outcome
from providers.web import BadUrl, Unreachable
from providers.web import Outcome as WebOutcome
from workers.context import JobContext

DELAYS = (5.0, 30.0, 120.0, 600.0, 3600.0, 3 * 3600.0, 6 * 3600.0, 12 * 3600.0)
"""Seconds after each failed attempt."""
ANSWER_SECONDS = 15.0
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


class NotDelivered(Exception):
    """The endpoint did not take it; the next attempt may go better."""


async def run(context: JobContext, args: WebhookDeliveryArgs) -> dict[str, Any] | Outcome:
    async with connection(context.resources.pool) as conn:
        row = await webhooks.to_deliver(conn, args.endpoint_id, args.job_id)
    if row is None:
        return Failed("the webhook or its job is gone, or it is disabled")
    body, sent_at = payload(row, args.event), datetime.now(UTC)
    message = f"msg_{context.id.hex}"
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": str(int(sent_at.timestamp())),
        "webhook-signature": Webhook(row["secret"]).sign(message, sent_at, body.decode()),
    }
    try:
        status = await context.resources.fetcher.post(row["url"], body, headers, ANSWER_SECONDS)
    except BadUrl as error:
        return Failed(f"the address {error}")
    except Unreachable as error:
        if error.outcome is WebOutcome.PRIVATE_ADDRESS:
            return Failed(f"the address may not be reached: {error}")
        raise NotDelivered(str(error)) from None
    if status == 410:
        async with context.step() as step:
            await webhooks.disable(step.conn, args.endpoint_id, "the endpoint answered 410 Gone")
        return Failed("the endpoint answered 410 Gone; it is disabled")
    if not 200 <= status < 300:
        raise NotDelivered(f"the endpoint answered {status}")
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
