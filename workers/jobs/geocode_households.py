"""geocode_households: find where households are, through the chain of geocoders.

Households are read in batches by id; some requests are under way at once; what is known is committed every 50
households or every second, with a checkpoint that says up to which id all is done and which ids beyond it are. An
address that cannot be found goes to the job's error log and stops nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from asyncpg import Record
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.db import households
from app.db.households import Located
from app.db.ledger import ItemError
from app.db.pool import connection
from app.domain.households import HouseholdFilters
from app.domain.jobs import JobSpec, QueueSpec
from providers.geocoding.base import Query
from providers.geocoding.fallback import Answer
from workers.context import JobContext

log = structlog.get_logger("trigpoint.geocode")

STEP_ITEMS = 50
STEP_SECONDS = 1.0
REASONS_KEPT = 20


class GeocodeArgs(BaseModel):
    """The job's `data`."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    filters: HouseholdFilters = HouseholdFilters()
    limit: int | None = Field(default=None, gt=0)
    """At most so many households; None: all that match."""
    provider_id: str | None = None
    """Asked first; alone without `use_fallback`."""
    skip_geocoded: bool = True
    use_fallback: bool = True
    timeout: float = Field(default=5.0, ge=0.1, le=30)
    """Seconds a request."""


SPEC = JobSpec(
    kind="geocode_households",
    queue=QueueSpec("geocode-households", concurrency=1),
    args=GeocodeArgs,
    timeout=timedelta(hours=24),
)


class Progress:
    """What is done: the checkpoint's content, and which of the households read are still open."""

    def __init__(self, checkpoint: dict[str, Any]) -> None:
        self.after = _uuid(checkpoint.get("after"))
        """All up to this id are done."""
        self.until = _uuid(checkpoint.get("until"))
        """The last id when the job began: households that come later are not this job's."""
        self.done = {UUID(text) for text in checkpoint.get("done", ())}
        """Done beyond `after`: answers come in any order."""
        self.left: int = checkpoint["left"]
        """How many of the job's limit are not yet done."""
        self.geocoded: int = checkpoint.get("geocoded", 0)
        self.providers = Counter[str](checkpoint.get("providers", {}))
        self.accuracies = Counter[str](checkpoint.get("accuracies", {}))
        self.reasons = Counter[str](checkpoint.get("reasons", {}))
        self._read: deque[UUID] = deque()

    def read(self, household_id: UUID) -> None:
        self._read.append(household_id)

    def commit(self, answers: list[tuple[Record, Answer]], unsaved: set[UUID]) -> None:
        """Take over a step's answers; `unsaved` households had changed under the job."""
        for row, answer in answers:
            self.done.add(row["id"])
            if answer.location and row["id"] not in unsaved:
                self.geocoded += 1
                self.providers[answer.location.provider] += 1
                self.accuracies[str(answer.location.accuracy)] += 1
            else:
                reason = CHANGED if row["id"] in unsaved else answer.reason()
                known = reason in self.reasons or len(self.reasons) < REASONS_KEPT
                self.reasons[reason if known else "other"] += 1
        self.left -= len(answers)
        while self._read and self._read[0] in self.done:
            self.after = self._read.popleft()
            self.done.discard(self.after)

    def checkpoint(self) -> dict[str, Any]:
        return {
            "after": str(self.after) if self.after else None,
            "until": str(self.until) if self.until else None,
            "done": sorted(str(one) for one in self.done),
            "left": self.left,
            "geocoded": self.geocoded,
            "providers": self.providers,
            "accuracies": self.accuracies,
            "reasons": self.reasons,
        }


CHANGED = "the household changed while it was geocoded; run the job again for it"


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None


async def run(context: JobContext, args: GeocodeArgs) -> dict[str, Any]:
    progress = Progress(context.checkpoint) if context.checkpoint else await begin(context, args)
    geocoding = Geocoding(context, args, progress)
    async with asyncio.TaskGroup() as group:
        reader = group.create_task(geocoding.read())
        askers = [group.create_task(geocoding.ask()) for _ in range(context.resources.settings.geocode_concurrency)]
        await geocoding.commit()
        await asyncio.gather(reader, *askers)
    if context.total != context.processed:  # some were deleted, or geocoded by someone else, since the job began
        async with context.step() as step:
            step.total = context.processed
    return {
        "households": context.processed,
        "geocoded": progress.geocoded,
        "failed": context.failed,
        "byProvider": progress.providers,
        "byAccuracy": progress.accuracies,
        "failures": progress.reasons,
    }


async def begin(context: JobContext, args: GeocodeArgs) -> Progress:
    """Count what there is to do, and fix where it ends."""
    async with context.step() as step:
        count = await households.count_households(step.conn, args.filters, args.skip_geocoded, at_most=args.limit)
        until = await households.last_id(step.conn, args.filters, args.skip_geocoded)
        step.total = count
        step.checkpoint = {"left": count, "until": str(until) if until else None}
    return Progress(step.checkpoint)


class Geocoding:
    """One run: a reader fills `todo`, askers empty it into `answers`, and commit() writes those."""

    def __init__(self, context: JobContext, args: GeocodeArgs, progress: Progress) -> None:
        self._context = context
        self._args = args
        self._progress = progress
        self._settings = context.resources.settings
        self._todo: asyncio.Queue[Record | None] = asyncio.Queue(self._settings.geocode_batch_size)
        self._answers: list[tuple[Record, Answer]] = []
        self._answered = asyncio.Event()
        self._askers = self._settings.geocode_concurrency

    async def read(self) -> None:
        async for row in self._rows():
            self._progress.read(row["id"])
            await self._todo.put(row)
        for _ in range(self._settings.geocode_concurrency):
            await self._todo.put(None)

    async def _rows(self) -> AsyncIterator[Record]:
        """The households not yet done, in the order of their ids."""
        progress, args = self._progress, self._args
        after, left, done = progress.after, progress.left, frozenset(progress.done)
        for household_id in sorted(done):
            progress.read(household_id)
        while left > 0:
            async with connection(self._context.resources.pool) as conn:
                rows = await households.batch(
                    conn,
                    args.filters,
                    args.skip_geocoded,
                    after,
                    progress.until,
                    self._settings.geocode_batch_size,
                )
            if not rows:
                return
            for row in rows:
                if row["id"] not in done and left > 0:
                    left -= 1
                    yield row
            after = rows[-1]["id"]
            if self._settings.geocode_batch_delay_ms:
                await asyncio.sleep(self._settings.geocode_batch_delay_ms / 1000)

    async def ask(self) -> None:
        chain, args = self._context.resources.geocoders, self._args
        while (row := await self._todo.get()) is not None:
            answer = await chain.geocode(
                query(row), provider_id=args.provider_id, use_fallback=args.use_fallback, timeout=args.timeout
            )
            self._answers.append((row, answer))
            if len(self._answers) >= STEP_ITEMS:
                self._answered.set()
        self._askers -= 1
        self._answered.set()

    async def commit(self) -> None:
        """Commit answers, 50 at a time or what there is after a second, until the askers are done."""
        while self._askers or self._answers:
            since = time.monotonic()
            while len(self._answers) < STEP_ITEMS and self._askers and time.monotonic() - since < STEP_SECONDS:
                self._answered.clear()
                left = STEP_SECONDS - (time.monotonic() - since)
                try:
                    async with asyncio.timeout(max(left, 0)):
                        await self._answered.wait()
                except TimeoutError:
                    break
            if self._answers:
                answers, self._answers = self._answers[:STEP_ITEMS], self._answers[STEP_ITEMS:]
                await self._step(answers)

    async def _step(self, answers: list[tuple[Record, Answer]]) -> None:
        found = [located(row, answer) for row, answer in answers if answer.location]
        async with self._context.step() as step:
            saved = await households.save_locations(step.conn, found)
            unsaved = {one.id for one in found} - saved
            step.errors = [
                ItemError(str(row["id"]), address(row), CHANGED if answer.location else answer.reason())
                for row, answer in answers
                if answer.location is None or row["id"] in unsaved
            ]
            step.processed, step.failed = len(answers), len(step.errors)
            self._progress.commit(answers, unsaved)
            step.checkpoint = self._progress.checkpoint()


def query(row: Record) -> Query:
    return Query(
        street=row["address"],
        city=row["city"],
        county=row["county"],
        state=row["state"],
        postcode=row["zip_code"],
        country=row["country"],
    )


def located(row: Record, answer: Answer) -> Located:
    place = answer.location
    assert place is not None
    return Located(
        id=row["id"],
        updated_at=row["updated_at"],
        latitude=place.latitude,
        longitude=place.longitude,
        provider=place.provider,
        accuracy=place.accuracy,
        confidence=place.confidence,
    )


def address(row: Record) -> str:
    """The address on one line, as a person would write it."""
    region = " ".join(part for part in (row["state"], row["zip_code"]) if part)
    return ", ".join(part for part in (row["address"], row["unit"], row["city"], region) if part)
