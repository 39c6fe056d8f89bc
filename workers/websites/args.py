"""What the three kinds of website jobs are given, and the queue that they share."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from app.domain.jobs.spec import QueueSpec

QUEUE = QueueSpec("websites", concurrency=20, dispatch_size=12)


class BusinessArgs(BaseModel):
    """The job's `data`."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    business_id: UUID


def one_of_a_business(args: Any) -> str:
    """One active job for a business and kind."""
    return str(args.business_id)
