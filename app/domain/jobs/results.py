"""What the results of jobs have in common, and those of the kinds about jobs themselves."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class JobResult(BaseModel):
    """The result of a job that completed. A job that failed or was cancelled may have a part of it."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class WebhookDeliveryResult(JobResult):
    """The response of a webhook's endpoint."""

    status: int
    """The HTTP status."""
    message_id: str
    """The `webhook-id` header of the message."""
