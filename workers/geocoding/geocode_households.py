"""geocode_households: find where households are, through what is kept and the chain of geocoders.

Households are read in batches by id; what is known is committed every 50 households or every second, with a checkpoint
that says how far all is done and which households before that are not. An address that cannot be found goes to the
job's error log and stops nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from asyncpg import Record
from pydantic import Field

from app.db.core.pool import Connection, connection
from app.db.geocoding import cache
from app.db.geocoding.cache import EVER
from app.db.households import records as households
from app.db.households.records import Located
from app.domain.geocoding.model import Address, GeocodeOptions
from app.domain.households.input import HouseholdFilters
from app.domain.jobs.spec import JobSpec, QueueSpec
from workers.core.context import JobContext
from workers.geocoding.decisions import Plan
from workers.geocoding.lookup_table import Item
from workers.geocoding.pipeline import Done, Pipeline
from workers.geocoding.progress import Progress
from workers.geocoding.report import Report

CHANGED = "the household changed while it was geocoded; run the job again for it"


class GeocodeArgs(GeocodeOptions):
    """The job's `data`."""

    filters: HouseholdFilters = HouseholdFilters()
    limit: int | None = Field(default=None, gt=0)
    """At most so many households; None: all that match."""
    skip_geocoded: bool = True


SPEC = JobSpec(
    kind="geocode_households",
    queue=QueueSpec("geocode-households", concurrency=1),
    args=GeocodeArgs,
    timeout=timedelta(hours=24),
)


async def run(context: JobContext, args: GeocodeArgs) -> dict[str, Any]:
    plan = Plan.of(context.resources.geocoders, args)
    state = context.checkpoint or await begin(context, args)
    reading = Reading(context, args, state)
    report = Report.of(state["report"]) if "report" in state else Report()
    since = EVER if args.use_cache else datetime.fromisoformat(state["startedAt"])
    pipeline = Pipeline(context, plan, since, reading.progress, report, save, reading.fixed)
    await pipeline.run(reading.batches())
    if context.total != context.processed:  # some were deleted, or geocoded by someone else, since the job began
        async with context.step() as step:
            step.total = context.processed
    return {"households": context.processed, "failed": context.failed, **report.result()}


async def begin(context: JobContext, args: GeocodeArgs) -> dict[str, Any]:
    """Count what there is to do, fix where it ends, and note the time: who wants fresh answers uses none before it."""
    async with context.step() as step:
        count = await households.count_households(step.conn, args.filters, args.skip_geocoded, at_most=args.limit)
        until = await households.last_id(step.conn, args.filters, args.skip_geocoded)
        await cache.purge(step.conn)
        step.total = count
        started_at = await cache.now(step.conn)
        step.checkpoint = {"count": count, "until": until and str(until), "startedAt": started_at}
    return step.checkpoint


class Reading:
    """The households of one run, in the order of their ids, those left open by an earlier run first."""

    def __init__(self, context: JobContext, args: GeocodeArgs, state: dict[str, Any]) -> None:
        self._context = context
        self._args = args
        self.fixed = {name: state[name] for name in ("count", "until", "startedAt")}
        """What the checkpoint says from the beginning to the end."""
        self.progress = Progress(_uuid(state.get("reached")), [UUID(text) for text in state.get("open", ())])

    async def batches(self) -> AsyncIterator[Sequence[Item]]:
        settings, progress = self._context.resources.settings, self.progress
        left: int = self.fixed["count"] - self._context.processed
        after, until = progress.reached, _uuid(self.fixed["until"])  # households that come later are not this job's
        if progress.left_open:
            rows = await self._rows(progress.left_open)
            progress.gone(set(progress.left_open) - {row["id"] for row in rows})
            yield [item(row) for row in rows[:left]]
            left -= len(rows)
        while left > 0:
            rows = await self._rows(None, after, until, min(settings.geocode_batch_size, left))
            if not rows:
                return
            yield [item(row) for row in rows]
            left -= len(rows)
            after = rows[-1]["id"]
            if settings.geocode_batch_delay_ms:
                await asyncio.sleep(settings.geocode_batch_delay_ms / 1000)

    async def _rows(
        self, ids: Sequence[UUID] | None, after: UUID | None = None, until: UUID | None = None, limit: int | None = None
    ) -> list[Record]:
        async with connection(self._context.resources.pool) as conn:
            return await households.batch(
                conn, self._args.filters, self._args.skip_geocoded, after, until, limit, ids=ids
            )


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def item(row: Record) -> Item:
    address = Address(
        street=row["address"],
        city=row["city"],
        county=row["county"],
        state=row["state"],
        zip_code=row["zip_code"],
        country=row["country"],
    )
    known = None if row["latitude"] is None else (row["latitude"], row["longitude"])
    return Item(row["id"], address, row, known=known)


async def save(conn: Connection, done: Sequence[Done]) -> dict[Any, str]:
    """Write the coordinates; answers those households that had changed under the job."""
    found = [
        Located(one.item.row["id"], one.item.row["updated_at"], one.verdict.place)
        for one in done
        if one.verdict.place is not None
    ]
    saved = await households.save_locations(conn, found)
    return {one.id: CHANGED for one in found if one.id not in saved}
