"""Jobs that insert a row for each effect, so that repeated effects and those under an old fence can be found."""

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

EFFECTS = """
CREATE TABLE effects (
    job_id uuid NOT NULL, item int NOT NULL, fence bigint NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""
"""No constraint: an effect that happens twice has to show."""

MAX_ATTEMPTS = 3


class CountArgs(BaseModel):
    items: int
    step_items: int = Field(default=5, gt=0)
    pace: float = 0.0
    """Seconds before each step."""
    failing: int = 0
    """Every so-manieth item fails; 0: none."""
    fail_attempts: int = 0
    """The number of attempts that raise, each after more items than the one before."""
    snooze: float = 0.0
    """Snoozes for so many seconds, once, half-way."""
    block: float = 0.0
    """Blocks the event loop for so many seconds, once, half-way."""

    def fails(self, item: int) -> bool:
        return bool(self.failing) and item % self.failing == 0

    @property
    def failed_items(self) -> int:
        return sum(self.fails(item) for item in range(self.items))

    @property
    def attempts(self) -> int:
        """How many attempts it takes to the end, whatever befalls the workers."""
        return min(self.fail_attempts + 1, MAX_ATTEMPTS)

    @property
    def ends(self) -> str:
        return "failed" if self.fail_attempts >= MAX_ATTEMPTS else "completed"


class Broken(Exception):
    """What an attempt that is to fail raises."""


def spec(kind: str, queue: QueueSpec) -> JobSpec:
    return JobSpec(
        kind=kind,
        queue=queue,
        args=CountArgs,
        timeout=timedelta(minutes=10),
        max_attempts=MAX_ATTEMPTS,
        backoff=lambda attempt: 0.2 * attempt,
    )


async def run(context: JobContext, args: CountArgs) -> dict[str, Any] | Outcome:
    state = dict(context.checkpoint or {"done": 0, "paused": False})
    attempt = context.job.attempt
    while True:
        if attempt <= args.fail_attempts and state["done"] >= args.items * attempt // (args.fail_attempts + 1):
            raise Broken(f"attempt {attempt} of {args.attempts}")
        if state["done"] >= args.items:
            return {"items": state["done"], "attempt": attempt}
        await asyncio.sleep(args.pace)
        pause = not state["paused"] and state["done"] >= args.items // 2 and bool(args.snooze or args.block)
        state = await count(context, args, state["done"], paused=state["paused"] or pause)
        if pause and args.snooze:
            return Snooze(args.snooze, "half-way")
        if pause and args.block:
            time.sleep(args.block)  # noqa: ASYNC251 - blocking is intended


async def count(context: JobContext, args: CountArgs, done: int, *, paused: bool) -> dict[str, Any]:
    """Commit one step: the effects of the next items, counters and checkpoint. Returns the state to continue from."""
    items = range(done, min(done + args.step_items, args.items))
    state = {"done": items.stop, "paused": paused}
    async with context.step() as step:
        await step.conn.execute(
            "INSERT INTO effects (job_id, item, fence) SELECT $1, item, $2 FROM unnest($3::int[]) AS item",
            context.id,
            context.fence,
            list(items),
        )
        step.total, step.processed, step.checkpoint = args.items, len(items), state
        step.errors = [ItemError(str(item), None, "as requested") for item in items if args.fails(item)]
        step.failed = len(step.errors)
    return state
