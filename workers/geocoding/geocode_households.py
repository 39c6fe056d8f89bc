"""geocode_households: find the coordinates of households through the cache and the chain of geocoders.

Households are read in batches by id. Results are committed every 50 households or every second, with a checkpoint that
holds the highest finished id and the unfinished ones before it. An address that cannot be found is added to the job's
error log and does not stop the job.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from app.db.core.pool import Connection, connection
from app.db.geocoding import cache
from app.db.households import doubts as stored_doubts
from app.db.households import locations
from app.db.households.locations import HouseholdAddress, HouseholdLocation
from app.domain.geocoding import kinds
from app.domain.geocoding.kinds import GeocodeHouseholdsArgs
from workers.core.context import JobContext
from workers.geocoding.doubts import find_doubts
from workers.geocoding.item_progress import ItemProgress
from workers.geocoding.items import GeocodeItem, ResolvedItem
from workers.geocoding.job_plan import build_plan
from workers.geocoding.pipeline import Pipeline
from workers.geocoding.quality_report import QualityReport

CHANGED = "the household changed while it was geocoded, or a person rejected this place; run the job again for it"

SPEC = kinds.GEOCODE_HOUSEHOLDS


async def run(context: JobContext, args: GeocodeHouseholdsArgs) -> dict[str, Any]:
    plan = await build_plan(context, args)
    state = context.checkpoint or await start(context, args)
    reader = HouseholdReader(context, args, state)
    report = QualityReport.from_checkpoint(state.get("report"))
    since = None if args.use_cache else datetime.fromisoformat(state["startedAt"])
    pipeline = Pipeline(context, plan, since, reader.progress, report, partial(save, context.id), reader.fixed)
    await pipeline.run(reader.batches())
    if context.total != context.processed:  # households were deleted or geocoded by another job in the meantime
        async with context.step() as step:
            step.total = context.processed
    async with context.step() as step:
        of_many = await stored_doubts.finish(step.conn, context.id)
    quality = report.to_result(context.processed, args.cross_check)
    doubts = report.doubts | of_many
    return {"households": context.processed, "failed": context.failed, "doubts": doubts, **quality}


async def start(context: JobContext, args: GeocodeHouseholdsArgs) -> dict[str, Any]:
    """Count the households, and store the last id and the time: without the cache, only newer answers are used."""
    async with context.step() as step:
        chosen = args.filters, args.skip_geocoded
        count = await locations.count(step.conn, *chosen, among=args.household_ids, limit=args.limit)
        until = await locations.get_last_id(step.conn, *chosen, among=args.household_ids)
        await cache.delete_expired(step.conn)
        step.total = count
        started_at = await cache.read_clock(step.conn)
        step.checkpoint = {"count": count, "until": until and str(until), "startedAt": started_at}
    return step.checkpoint


class HouseholdReader:
    """Reads the households of one run: first those left unfinished by an earlier run, then the rest by id."""

    def __init__(self, context: JobContext, args: GeocodeHouseholdsArgs, state: dict[str, Any]) -> None:
        self._context = context
        self._args = args
        self.fixed = {name: state[name] for name in ("count", "until", "startedAt")}
        """Fields of the checkpoint that never change."""
        unfinished = [UUID(text) for text in state.get("open", ())]
        self.progress = ItemProgress(_uuid(state.get("reached")), unfinished)

    async def batches(self) -> AsyncIterator[Sequence[GeocodeItem]]:
        """Yield the remaining households in batches."""
        settings, progress = self._context.resources.settings, self.progress
        left: int = self.fixed["count"] - self._context.processed
        after, until = progress.reached, _uuid(self.fixed["until"])  # later households are not part of this job
        if progress.unfinished:
            households = await self._list_batch(ids=progress.unfinished)
            progress.drop(set(progress.unfinished) - {household.id for household in households})
            yield [to_item(household) for household in households[:left]]
            left -= len(households)
        while left > 0:
            households = await self._list_batch(after=after, until=until, limit=min(settings.geocode_batch_size, left))
            if not households:
                return
            yield [to_item(household) for household in households]
            left -= len(households)
            after = households[-1].id
            if settings.geocode_batch_delay_ms:
                await asyncio.sleep(settings.geocode_batch_delay_ms / 1000)

    async def _list_batch(
        self,
        *,
        after: UUID | None = None,
        until: UUID | None = None,
        ids: Sequence[UUID] | None = None,
        limit: int | None = None,
    ) -> list[HouseholdAddress]:
        async with connection(self._context.resources.pool) as conn:
            return await locations.list_batch(
                conn,
                self._args.filters,
                self._args.skip_geocoded,
                after=after,
                until=until,
                ids=ids,
                among=self._args.household_ids,
                limit=limit,
            )


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def to_item(household: HouseholdAddress) -> GeocodeItem:
    return GeocodeItem(household.id, household.address, household, known_point=household.known_point)


async def save(job_id: UUID, conn: Connection, batch: Sequence[ResolvedItem]) -> dict[Any, str]:
    """Write the coordinates that a job found; returns the households that changed meanwhile, with the reason."""
    found = [
        HouseholdLocation(resolved.item.source.id, resolved.item.source.updated_at, resolved.resolution.place)
        for resolved in batch
        if resolved.resolution.place is not None
    ]
    written = await locations.update(conn, found, job_id)
    unwritten = {location.household_id for location in found} - written
    doubts = {
        resolved.item.source.id: found_doubts
        for resolved in batch
        if resolved.item.source.id not in unwritten and (found_doubts := find_doubts(resolved.resolution))
    }
    await stored_doubts.insert_of_one(conn, doubts, job_id)
    return dict.fromkeys(unwritten, CHANGED)
