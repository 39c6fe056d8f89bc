"""Geocode the items of a job: read, look up, and commit results in small steps.

A reader passes items to the coordinator (cache and claims) and the asker (geocoders); resolved items are committed 50
at a time, or once per second. The number of items that are read and not yet committed is bounded, and with it the
memory of a job of any size.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.db.core.pool import Connection, ServerLost, connection
from app.db.geocoding import cache, provider_states
from app.db.jobs.ledger import ItemError
from app.domain.vocabulary.accuracy import Accuracy
from providers.geocoding.fallback import Answer
from workers.core.context import JobContext
from workers.geocoding.asker import Asker
from workers.geocoding.coordinator import RECHECK_SECONDS, LookupCoordinator
from workers.geocoding.item_progress import ItemProgress
from workers.geocoding.items import AddressLookup, GeocodeItem, ResolvedItem
from workers.geocoding.plan import GeocodePlan
from workers.geocoding.quality_report import QualityReport
from workers.geocoding.resolution import AnswerSource, Resolution, to_place

STEP_ITEMS = 50
STEP_SECONDS = 1.0
READ_AHEAD_ITEMS = 1000
"""Items that may be read and not yet committed, plus one batch if the first geocoder takes batches."""
LOCAL_BATCH = 1_000
"""Items that are read before the reference data are asked."""
STATES_SECONDS = 5.0
"""Pause between two reports on the state of the geocoders."""
CROSS_CHECKS = 4
"""Second opinions that are asked for at the same time."""

Save = Callable[[Connection, Sequence[ResolvedItem]], Awaitable[dict[Any, str]]]
"""Writes resolutions; returns the ids of items whose result could not be used, with the reason."""


class Pipeline:
    """One run of a geocoding job. `fixed` are the fields of the checkpoint that never change."""

    def __init__(
        self,
        context: JobContext,
        plan: GeocodePlan,
        since: datetime | None,
        progress: ItemProgress[Any],
        report: QualityReport,
        save: Save,
        fixed: dict[str, Any],
    ) -> None:
        resources = context.resources
        self._context = context
        self._chain = resources.geocoders
        self._plan = plan
        self._progress = progress
        self._report = report
        self._save = save
        self._fixed = fixed
        self._coordinator = LookupCoordinator(resources.pool, plan, context.id, since)
        self._asker = Asker(
            self._chain,
            plan,
            resources.settings.geocode_concurrency,
            on_answer=self._resolve,
            more_expected=lambda: self._reading and self._uncommitted < self._read_ahead,
        )
        read_ahead = 2 * LOCAL_BATCH if plan.starts_locally else READ_AHEAD_ITEMS
        self._read_ahead = read_ahead + (plan.batch_size if self._asker.uses_batches else 0)
        self._lookups: dict[str, tuple[AddressLookup, Resolution | None]] = {}
        """By key, until their first item is committed."""
        self._to_check: asyncio.Queue[tuple[AddressLookup, Resolution, str]] = asyncio.Queue()
        self._resolved: list[ResolvedItem] = []
        self._uncommitted = 0
        """Items read and not yet committed."""
        self._reading = True
        self._changed = asyncio.Event()
        self._room = asyncio.Event()
        self._step_started = time.monotonic()

    async def run(self, batches: AsyncIterator[Sequence[GeocodeItem]]) -> None:
        """Geocode all items of `batches`; returns when all of them are committed."""
        loops = self._asker.loops()
        if self._plan.cross_check:
            loops += [self._cross_check() for _ in range(CROSS_CHECKS)]
        if self._plan.cache_ttls:
            loops += [self._coordinator.renew_claims(), self._recheck_claimed()]
        if self._plan.remote:
            loops.append(self._report_states_regularly())
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(loop) for loop in loops]
                group.create_task(self._read(batches))
                try:
                    await self._commit()
                finally:
                    for task in tasks:
                        task.cancel()
            if self._plan.remote:
                await self._report_states()
        finally:
            with suppress(ServerLost):  # the claims expire without it
                await self._coordinator.release_all()

    async def _read(self, batches: AsyncIterator[Sequence[GeocodeItem]]) -> None:
        if self._plan.starts_locally:
            batches = _merged(batches, LOCAL_BATCH)
        async for items in batches:
            self._uncommitted += len(items)
            self._progress.start(item.id for item in items)
            await self._look_up(items)
            while self._uncommitted >= self._read_ahead:
                self._room.clear()
                await self._room.wait()
        self._reading = False
        self._changed.set()

    async def _look_up(self, items: Sequence[GeocodeItem]) -> None:
        """Start a lookup for each new address; items with a known address join its lookup or share its result."""
        new: list[AddressLookup] = []
        for item in items:
            if item.problem is not None:
                self._add_resolved(ResolvedItem(item, Resolution(None, item.problem, (), AnswerSource.LOCAL)))
                continue
            key = item.address.key
            if key not in self._lookups:
                lookup = AddressLookup(key, item.address, [item])
                self._lookups[key] = lookup, None
                new.append(lookup)
                continue
            known, resolution = self._lookups[key]
            if resolution is None:
                known.items.append(item)
            else:
                self._add_resolved(ResolvedItem(item, resolution.for_duplicate()))
        self._dispatch(*await self._coordinator.triage(await self._ask_locally(new)))

    async def _ask_locally(self, lookups: Sequence[AddressLookup]) -> Sequence[AddressLookup]:
        """Resolve the lookups that the reference data have; returns the others."""
        if not lookups or not self._plan.starts_locally:
            return lookups
        answers = await self._plan.ask_locally(self._chain, [lookup.address for lookup in lookups])
        others = []
        for lookup, answer in zip(lookups, answers, strict=True):
            if self._plan.is_final(answer):
                self._resolve(lookup, answer)
            else:
                lookup.batch_answer = answer
                others.append(lookup)
        return others

    async def _recheck_claimed(self) -> None:
        while True:
            await asyncio.sleep(RECHECK_SECONDS)
            self._dispatch(*await self._coordinator.recheck())

    def _dispatch(self, decided: Sequence[AddressLookup], to_ask: Sequence[AddressLookup]) -> None:
        for lookup in decided:
            self._resolve(lookup, lookup.batch_answer)
        for lookup in to_ask:
            self._asker.add(lookup)

    def _resolve(self, lookup: AddressLookup, answer: Answer | None) -> None:
        """Resolve an address from its cached answers and, if given, the answer of the geocoders."""
        resolution = self._plan.resolve(lookup.address, lookup.cached, answer)
        if answer is not None:
            lookup.new_answers = self._plan.cacheable_answers(lookup.key, answer)
        if (second := self._plan.second_for(lookup.key, resolution)) is not None:
            self._to_check.put_nowait((lookup, resolution, second))
        else:
            self._finish(lookup, resolution)

    async def _cross_check(self) -> None:
        """Ask a second geocoder about addresses of the sample. What was found first is kept, whatever it says."""
        while True:
            lookup, resolution, second = await self._to_check.get()
            answer = await self._chain.geocode(
                self._plan.query(lookup.address),
                provider_id=second,
                use_fallback=False,
                timeout=self._plan.options.timeout,
                min_accuracy=Accuracy.STREET,
            )
            lookup.new_answers += self._plan.cacheable_answers(lookup.key, answer)
            places = (*resolution.places, *map(to_place, answer.locations))
            self._finish(lookup, replace(resolution, places=places, second=second))

    def _finish(self, lookup: AddressLookup, resolution: Resolution) -> None:
        self._lookups[lookup.key] = lookup, resolution
        first, *duplicates = lookup.items
        self._add_resolved(ResolvedItem(first, resolution, lookup))
        for item in duplicates:
            self._add_resolved(ResolvedItem(item, resolution.for_duplicate()))

    def _add_resolved(self, resolved: ResolvedItem) -> None:
        self._resolved.append(resolved)
        if len(self._resolved) >= STEP_ITEMS or len(self._resolved) == self._uncommitted:
            self._changed.set()

    async def _commit(self) -> None:
        """Commit up to STEP_ITEMS items at a time until everything that was read is committed."""
        while self._reading or self._uncommitted:
            await self._wait_for_step()
            if self._resolved:
                batch, self._resolved = self._resolved[:STEP_ITEMS], self._resolved[STEP_ITEMS:]
                await self._commit_step(batch)
                self._uncommitted -= len(batch)
                self._room.set()

    async def _wait_for_step(self) -> None:
        """Wait until a full step is resolved, or all items that were read are, but at most STEP_SECONDS."""
        with suppress(TimeoutError):
            async with asyncio.timeout(STEP_SECONDS):
                while len(self._resolved) < STEP_ITEMS and (self._reading or len(self._resolved) < self._uncommitted):
                    self._changed.clear()
                    await self._changed.wait()

    async def _commit_step(self, batch: Sequence[ResolvedItem]) -> None:
        """Commit results, new cache entries, errors and the checkpoint in one transaction."""
        lookups = [resolved.lookup for resolved in batch if resolved.lookup is not None]
        async with self._context.step() as step:
            unused = await self._save(step.conn, batch)
            await cache.upsert(step.conn, [answer for lookup in lookups for answer in lookup.new_answers])
            for resolved in batch:
                item, resolution = resolved.item, resolved.resolution
                problem = unused.get(item.id)
                self._report.add(item, resolution, problem)
                if resolution.place is None or problem is not None:
                    step.errors.append(ItemError(str(item.id), item.address.line, problem or resolution.reason))
            self._progress.finish(resolved.item.id for resolved in batch)
            now = time.monotonic()
            self._report.seconds += now - self._step_started
            self._step_started = now
            step.processed, step.failed = len(batch), len(step.errors)
            step.checkpoint = self._fixed | self._progress.to_checkpoint() | {"report": self._report.to_checkpoint()}
        for lookup in lookups:
            del self._lookups[lookup.key]
        await self._coordinator.release(lookup.key for lookup in lookups)

    async def _report_states_regularly(self) -> None:
        while True:
            await asyncio.sleep(STATES_SECONDS)
            await self._report_states()

    async def _report_states(self) -> None:
        """Store the state of the geocoders for the API."""
        states = await self._chain.states()
        async with connection(self._context.resources.pool) as conn:
            await provider_states.upsert(conn, self._context.id, states)


async def _merged(batches: AsyncIterator[Sequence[GeocodeItem]], size: int) -> AsyncIterator[Sequence[GeocodeItem]]:
    """Yield the items in batches of at least `size`, the last one excepted."""
    items: list[GeocodeItem] = []
    async for batch in batches:
        items += batch
        if len(items) >= size:
            yield items
            items = []
    if items:
        yield items
