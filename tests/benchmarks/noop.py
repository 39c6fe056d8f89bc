"""A kind that does nothing: what a job costs by itself. Loaded with TRIGPOINT_EXTRA_KINDS=tests.benchmarks.noop."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, Field

from app.domain.jobs.spec import JobSpec, QueueSpec
from workers.core.context import JobContext


class NoopArgs(BaseModel):
    seconds: float = Field(default=0.0, ge=0)
    """How long to sleep."""


SPEC = JobSpec(
    kind="noop",
    queue=QueueSpec("noop", concurrency=100, dispatch_size=25),
    args=NoopArgs,
    timeout=timedelta(minutes=1),
    max_attempts=3,
)


async def run(context: JobContext, args: NoopArgs) -> dict[str, Any]:
    if args.seconds:
        await asyncio.sleep(args.seconds)
    return {}
