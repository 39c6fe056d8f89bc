"""Ask the geocoders for addresses, one by one or in batches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from providers.geocoding.fallback import Answer, AttemptOutcome, GeocoderChain
from workers.geocoding.items import AddressLookup
from workers.geocoding.plan import GeocodePlan

MIN_BATCH = 20
"""Fewer addresses than this are asked for one by one: a batch takes several seconds at least."""
GATHER_SECONDS = 0.05
"""How long a batch that is not full waits for more addresses."""


class Asker:
    """Takes lookups from a queue, asks the chain, and passes each answer to `on_answer`.

    `more_expected` says whether further lookups may be added soon, so that a batch should wait for them.
    """

    def __init__(
        self,
        chain: GeocoderChain,
        plan: GeocodePlan,
        concurrency: int,
        on_answer: Callable[[AddressLookup, Answer], None],
        more_expected: Callable[[], bool],
    ) -> None:
        self._chain = chain
        self._plan = plan
        self._concurrency = concurrency
        self._on_answer = on_answer
        self._more_expected = more_expected
        self.uses_batches = plan.batch_size >= MIN_BATCH and bool(plan.after_local)
        self._queue: asyncio.Queue[AddressLookup] = asyncio.Queue()
        self._single_queue: asyncio.Queue[AddressLookup] = asyncio.Queue() if self.uses_batches else self._queue

    def add(self, lookup: AddressLookup) -> None:
        """Queue a lookup."""
        self._queue.put_nowait(lookup)

    def loops(self) -> list[Coroutine[Any, Any, None]]:
        """Return the coroutines that do the asking; each runs until it is cancelled."""
        loops = [self._ask_singly() for _ in range(self._concurrency)]
        return [*loops, self._ask_in_batches()] if self.uses_batches else loops

    async def _ask_singly(self) -> None:
        options = self._plan.options
        while True:
            lookup = await self._single_queue.get()
            batch_answer = lookup.batch_answer
            already_asked = {attempt.provider for attempt in batch_answer.attempts} if batch_answer else set()
            answer = await self._chain.geocode(
                self._plan.query(lookup.address),
                provider_id=options.provider_id if batch_answer is None else None,
                use_fallback=options.use_fallback,
                timeout=options.timeout,
                min_accuracy=options.min_accuracy,
                strict_order=options.strict_order,
                skip={cached.provider for cached in lookup.cached} | already_asked,
            )
            self._on_answer(lookup, answer if batch_answer is None else combine(batch_answer, answer))

    async def _ask_in_batches(self) -> None:
        """Ask the first geocoder for many addresses at once, and the others one by one for what it does not find."""
        options, first = self._plan.options, self._plan.after_local[0]
        while True:
            lookups = await self._next_batch()
            if len(lookups) < MIN_BATCH:
                for lookup in lookups:
                    self._single_queue.put_nowait(lookup)
                continue
            answers = await self._chain.geocode_many(
                [self._plan.query(lookup.address) for lookup in lookups],
                provider_id=first,
                use_fallback=False,
                timeout=options.timeout,
                min_accuracy=options.min_accuracy,
            )
            for lookup, answer in zip(lookups, answers, strict=True):
                is_found = answer.attempts[-1].outcome is AttemptOutcome.FOUND
                if lookup.batch_answer is not None:
                    answer = combine(lookup.batch_answer, answer)
                if len(self._plan.after_local) == 1 or is_found:
                    self._on_answer(lookup, answer)
                else:
                    lookup.batch_answer = answer
                    self._single_queue.put_nowait(lookup)
            await asyncio.sleep(0)

    async def _next_batch(self) -> list[AddressLookup]:
        """Return the queued lookups, at most one batch, after waiting for more while they keep coming."""
        batch = [await self._queue.get()]
        while True:
            if self._queue.empty() and self._more_expected():
                await asyncio.sleep(GATHER_SECONDS)
            if self._queue.empty() or len(batch) == self._plan.batch_size:
                return batch
            batch.append(self._queue.get_nowait())


def combine(first: Answer, second: Answer) -> Answer:
    """Combine the answer of a batch and the answer of the geocoders asked after it."""
    return Answer(
        second.location or first.location,
        first.attempts + second.attempts,
        first.locations + second.locations,
        first.candidates + second.candidates,
    )
