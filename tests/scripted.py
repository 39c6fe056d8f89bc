"""A kind whose arguments say what its handler does, for tests of the platform: count in steps, fail, sleep, snooze."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, Field

from app.db.jobs.ledger import ItemError
from app.domain.jobs.outcomes import Outcome, Snooze
from app.domain.jobs.spec import JobSpec, QueueSpec
from workers.core.context import JobContext


class ScriptedArgs(BaseModel):
    steps: int = 0
    """Steps of `items` items each, a checkpoint after each."""
    items: int = 1
    failing_items: int = 0
    """Of each step's items."""
    step_seconds: float = 0.0
    fail_attempts: int = 0
    """Raises in so many attempts, after the steps."""
    permanent: bool = False
    snooze: float = 0.0
    """Snoozes once for so long, after the steps."""
    sleep: float = 0.0
    block: float = 0.0
    """Blocks the event loop, when first claimed."""
    stubborn: bool = False
    """Swallows cancellation while it sleeps."""
    result: dict[str, Any] = Field(default_factory=dict)
    dedupe: str | None = None


class Broken(Exception):
    permanent = False


class BrokenForGood(Exception):
    permanent = True


SPEC = JobSpec(
    kind="scripted",
    queue=QueueSpec("scripted", concurrency=5, dispatch_size=5),
    args=ScriptedArgs,
    timeout=timedelta(seconds=2),
    max_attempts=3,
    backoff=lambda attempt: 0.05 * attempt,
    aliases=("script",),
    dedupe_key=lambda args: args.dedupe,
)


async def run(context: JobContext, args: ScriptedArgs) -> dict[str, Any] | Outcome:
    state = dict(context.checkpoint or {"done": 0})
    while state["done"] < args.steps:
        if args.step_seconds:
            await asyncio.sleep(args.step_seconds)
        async with context.step() as step:
            state["done"] += 1
            step.total = args.steps * args.items
            step.processed, step.failed = args.items, args.failing_items
            step.errors = [ItemError(f"{state['done']}-{i}", None, "as requested") for i in range(args.failing_items)]
            step.checkpoint = dict(state)
    if args.block and context.fence == 1:
        time.sleep(args.block)  # noqa: ASYNC251 - blocking is intended
    try:
        await asyncio.sleep(args.sleep)
    except asyncio.CancelledError:
        if not args.stubborn:
            raise
        await asyncio.sleep(args.sleep)
    if context.job.attempt <= args.fail_attempts:
        raise (BrokenForGood if args.permanent else Broken)("as requested")
    if args.snooze and not state.get("snoozed"):
        async with context.step() as step:
            step.checkpoint = state | {"snoozed": True}
        return Snooze(args.snooze, "as requested")
    return {"steps": state["done"], "attempt": context.job.attempt, **args.result}
