"""The job kinds about jobs themselves: webhook deliveries."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from app.domain.jobs.attempts import DELIVERY_ATTEMPTS, delivery_backoff
from app.domain.jobs.results import WebhookDeliveryResult
from app.domain.jobs.spec import JobSpec, QueueSpec


class WebhookDeliveryArgs(BaseModel):
    """The `data` of a `webhook_delivery` job. The trigger on `jobs` writes it."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    endpoint_id: UUID
    job_id: UUID
    event: str


WEBHOOK_DELIVERY = JobSpec(
    kind="webhook_delivery",
    queue=QueueSpec("webhooks", concurrency=20, dispatch_size=10),
    args=WebhookDeliveryArgs,
    result=WebhookDeliveryResult,
    timeout=timedelta(seconds=30),
    max_attempts=DELIVERY_ATTEMPTS,
    backoff=delivery_backoff,
    is_internal=True,
)
