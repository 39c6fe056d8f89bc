"""From items to committed verdicts: look up what is kept, ask for the rest, commit in small steps.

A reader fills `todo`, askers empty it into `done`, and commit() writes that, 50 items or a second's worth at a time.
How far the reader may be ahead is bounded, and with it the memory of a job of any size.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.db.core.pool import Connection, ServerLost, connection
from app.db.geocoding import cache, provider_states
from app.db.geocoding.cache import Learnt
from app.db.jobs.ledger import ItemError
from providers.geocoding.fallback import Answer, Outcome
from workers.core.context import JobContext
from workers.geocoding.decisions import Plan, Source, Verdict, query
from workers.geocoding.lookup_table import LOOK_AGAIN, Desk, Item, Lead
from workers.geocoding.progress import Progress
from workers.geocoding.report import Report

STEP_ITEMS = 50
STEP_SECONDS = 1.0
READ_AHEAD = 1000
"""Items that may be read and not yet committed, where nobody takes larger batches."""
SMALLEST_BATCH = 20
"""Fewer addresses than that are asked one by one: a batch takes some seconds at least."""
GATHER_SECONDS = 0.05
"""How long a batch that is not full waits for the reader."""
STATES_EVERY = 5.0
"""Seconds between two reports on how the providers fare."""


@dataclass(frozen=True, slots=True)
class Done:
    """An item that is ready to be committed; `lead` with the first of its items only."""

    item: Item
    verdict: Verdict
    lead: Lead | None = None


Save = Callable[[Connection, Sequence[Done]], Awaitable[dict[Any, str]]]
"""Writes verdicts; answers the ids of those that could not be used, with the reason."""


class Pipeline:
    """One run of a job. `fixed` is what the checkpoint says from the beginning."""

    def __init__(
        self,
        context: JobContext,
        plan: Plan,
        since: datetime,
        progress: Progress[Any],
        report: Report,
        save: Save,
        fixed: dict[str, Any],
    ) -> None:
        self._context = context
        self._chain = context.resources.geocoders
        self._plan = plan
        self._progress = progress
        self._report = report
        self._save = save
        self._fixed = fixed
        self._desk = Desk(context.resources.pool, plan, context.id, since)
        self._takes_batches = plan.batch_size >= SMALLEST_BATCH
        self._read_ahead = READ_AHEAD + (plan.batch_size if self._takes_batches else 0)
        self._leads: dict[str, tuple[Lead, Verdict | None]] = {}
        """By key, until they are committed."""
        self._todo: asyncio.Queue[Lead] = asyncio.Queue()
        self._singles: asyncio.Queue[Lead] = asyncio.Queue() if self._takes_batches else self._todo
        self._done: list[Done] = []
        self._undone = 0
        """Items read and not yet committed."""
        self._reading = True
        self._changed = asyncio.Event()
        self._room = asyncio.Event()
        self._since_step = time.monotonic()

    async def run(self, batches: AsyncIterator[Sequence[Item]]) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._ask()) for _ in range(self._concurrency)]
                if self._takes_batches:
                    tasks.append(group.create_task(self._ask_in_batches()))
                if self._plan.keeps:
                    tasks.append(group.create_task(self._desk.keep_claims()))
                    tasks.append(group.create_task(self._look_again()))
                if self._plan.outside:
                    tasks.append(group.create_task(self._keep_telling_states()))
                group.create_task(self._read(batches))
                try:
                    await self._commit()
                finally:
                    for task in tasks:
                        task.cancel()
            if self._plan.outside:
                await self._tell_states()
        finally:
            with suppress(ServerLost):  # then they run out by themselves
                await self._desk.release_all()

    @property
    def _concurrency(self) -> int:
        return self._context.resources.settings.geocode_concurrency

    async def _read(self, batches: AsyncIterator[Sequence[Item]]) -> None:
        async for items in batches:
            self._undone += len(items)
            self._progress.read(item.id for item in items)
            await self._consider(items)
            while self._undone >= self._read_ahead:
                self._room.clear()
                await self._room.wait()
        self._reading = False
        self._changed.set()

    async def _consider(self, items: Sequence[Item]) -> None:
        new: list[Lead] = []
        for item in items:
            if item.problem is not None:
                self._finish(Done(item, Verdict(None, item.problem, (), Source.LOCAL)))
                continue
            key = item.address.key
            known = self._leads.get(key)
            if known is None:
                lead = Lead(key, item.address, [item])
                self._leads[key] = lead, None
                new.append(lead)
            elif known[1] is None:
                known[0].items.append(item)
            else:
                self._finish(Done(item, shared(known[1])))
        self._hand_out(*await self._desk.consider(new))

    async def _look_again(self) -> None:
        while True:
            await asyncio.sleep(LOOK_AGAIN)
            self._hand_out(*await self._desk.look_again())

    def _hand_out(self, decided: Sequence[Lead], to_ask: Sequence[Lead]) -> None:
        for lead in decided:
            self._conclude(lead, None)
        for lead in to_ask:
            self._todo.put_nowait(lead)

    async def _ask(self) -> None:
        options = self._plan.options
        while True:
            lead = await self._singles.get()
            heard = lead.heard
            answer = await self._chain.geocode(
                query(lead.address),
                provider_id=options.provider_id if heard is None else None,
                use_fallback=options.use_fallback,
                timeout=options.timeout,
                min_accuracy=options.min_accuracy,
                strict_order=options.strict_order,
                skip={one.provider for one in lead.said} | {a.provider for a in (heard.attempts if heard else ())},
            )
            self._conclude(lead, answer if heard is None else joined(heard, answer))

    async def _ask_in_batches(self) -> None:
        """Ask the first provider for many at once; whom it does not find go to those who take single addresses."""
        options, first = self._plan.options, self._plan.order[0]
        while True:
            leads = await self._lot()
            if len(leads) < SMALLEST_BATCH:
                for lead in leads:
                    self._singles.put_nowait(lead)
                continue
            answers = await self._chain.geocode_many(
                [query(lead.address) for lead in leads],
                provider_id=first,
                use_fallback=False,
                timeout=options.timeout,
                min_accuracy=options.min_accuracy,
            )
            for lead, answer in zip(leads, answers, strict=True):
                if len(self._plan.order) == 1 or answer.attempts[-1].outcome is Outcome.FOUND:
                    self._conclude(lead, answer)
                else:
                    lead.heard = answer
                    self._singles.put_nowait(lead)
            await asyncio.sleep(0)

    async def _lot(self) -> list[Lead]:
        """What has gathered, up to a batch; the reader is waited for as long as it goes on adding."""
        lot = [await self._todo.get()]
        while True:
            if self._todo.empty() and self._reading and self._undone < self._read_ahead:
                await asyncio.sleep(GATHER_SECONDS)
            if self._todo.empty() or len(lot) == self._plan.batch_size:
                return lot
            lot.append(self._todo.get_nowait())

    def _conclude(self, lead: Lead, answer: Answer | None) -> None:
        verdict = self._plan.conclude(lead.address, lead.said, answer)
        if answer is not None:
            lead.learnt = self._plan.learnt(lead.key, answer)
        self._leads[lead.key] = lead, verdict
        first, *others = lead.items
        self._finish(Done(first, verdict, lead))
        for item in others:
            self._finish(Done(item, shared(verdict)))

    def _finish(self, done: Done) -> None:
        self._done.append(done)
        if len(self._done) >= STEP_ITEMS or len(self._done) == self._undone:
            self._changed.set()

    async def _commit(self) -> None:
        """Commit 50 items at a time, or what there is after a second, until all that is read is committed."""
        while self._reading or self._undone:
            await self._something_to_commit()
            if self._done:
                done, self._done = self._done[:STEP_ITEMS], self._done[STEP_ITEMS:]
                await self._step(done)
                self._undone -= len(done)
                self._room.set()

    async def _something_to_commit(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(STEP_SECONDS):
                while len(self._done) < STEP_ITEMS and (self._reading or len(self._done) < self._undone):
                    self._changed.clear()
                    await self._changed.wait()

    async def _step(self, done: Sequence[Done]) -> None:
        leads = [one.lead for one in done if one.lead is not None]
        learnt: list[Learnt] = [word for lead in leads for word in lead.learnt]
        async with self._context.step() as step:
            unused = await self._save(step.conn, done)
            await cache.keep(step.conn, learnt)
            for one in done:
                problem = unused.get(one.item.id)
                self._report.count(one.item, one.verdict, problem)
                if one.verdict.place is None or problem is not None:
                    step.errors.append(
                        ItemError(str(one.item.id), one.item.address.line, problem or one.verdict.reason)
                    )
            self._progress.done(one.item.id for one in done)
            now = time.monotonic()
            self._report.seconds, self._since_step = self._report.seconds + now - self._since_step, now
            step.processed, step.failed = len(done), len(step.errors)
            step.checkpoint = self._fixed | self._progress.state() | {"report": self._report.state()}
        for lead in leads:
            del self._leads[lead.key]
        await self._desk.release(lead.key for lead in leads)

    async def _keep_telling_states(self) -> None:
        while True:
            await asyncio.sleep(STATES_EVERY)
            await self._tell_states()

    async def _tell_states(self) -> None:
        """Say how the providers fare, for those who look at them from elsewhere."""
        states = await self._chain.states()
        async with connection(self._context.resources.pool) as conn:
            await provider_states.tell(conn, self._context.id, states)


def shared(verdict: Verdict) -> Verdict:
    """The verdict for another item with the same address."""
    source = verdict.source if verdict.source is Source.LOCAL else Source.SHARED
    return Verdict(verdict.place, verdict.reason, verdict.places, source)


def joined(first: Answer, then: Answer) -> Answer:
    """One answer of two: what a batch said, and what was said after it."""
    return Answer(then.location or first.location, first.attempts + then.attempts, first.locations + then.locations)
