"""Addresses and points answered at once, for the API: what is kept first, then the chain, within a time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.db.core.pool import Pool
from app.db.geocoding import cache, provider_states
from app.db.geocoding.cache import Said
from app.domain.geocoding.model import Address, Found, GeocodeOptions
from providers.geocoding.fallback import Answer, GeocoderChain, Outcome
from providers.geocoding.states import ProviderState
from workers.geocoding.decisions import Plan, Source, Verdict, place, query

AT_ONCE = 20
UNWIND_SECONDS = 1.0


class DirectGeocoder:
    def __init__(self, pool: Pool, chain: GeocoderChain) -> None:
        self._pool = pool
        self._chain = chain

    async def locate(self, addresses: Sequence[Address], options: GeocodeOptions, within: float) -> list[Found]:
        """What is known of each address after at most `within` seconds. Raises ValueError for an unknown provider."""
        plan = Plan.of(self._chain, options)
        wanted_once = {address.key: address for address in addresses}
        said: dict[str, list[Said]] = {}
        if options.use_cache and plan.keeps:
            async with self._pool.acquire() as conn:
                said = await cache.look_up(conn, list(wanted_once), list(plan.keeps))
        verdicts = {
            key: plan.conclude(address, said.get(key, ()), None)
            for key, address in wanted_once.items()
            if plan.decided(said.get(key, ()), address)
        }
        open_ones = {key: address for key, address in wanted_once.items() if key not in verdicts}
        answers = await self._ask(plan, open_ones, said, within)
        for key, answer in answers.items():
            verdicts[key] = plan.conclude(open_ones[key], said.get(key, ()), answer)
        learnt = [word for key, answer in answers.items() for word in plan.learnt(key, answer)]
        if learnt:
            async with self._pool.acquire() as conn, conn.transaction():
                await cache.keep(conn, learnt)
        for key in open_ones.keys() - answers.keys():
            verdicts[key] = await self._at_hand(plan, open_ones[key], said.get(key, ()), within)
        return [_found(verdicts[one.key]) for one in addresses]

    async def _at_hand(self, plan: Plan, address: Address, said: Sequence[Said], within: float) -> Verdict:
        """What can be said of an address without asking anybody outside: the time is up."""
        late = f"no answer within {within:g} s; try again"
        if not plan.options.use_fallback:
            return Verdict(None, late, (), Source.LOCAL)
        answer = await self._chain.geocode(query(address), min_accuracy=plan.options.min_accuracy, skip=plan.outside)
        return replace(plan.conclude(address, said, answer), reason=late)

    async def _ask(
        self, plan: Plan, addresses: dict[str, Address], said: dict[str, list[Said]], within: float
    ) -> dict[str, Answer]:
        """The answers that came in time, by key."""
        places = asyncio.Semaphore(AT_ONCE)

        async def ask(key: str, address: Address) -> Answer:
            async with places:
                return await self._chain.geocode(
                    query(address),
                    provider_id=plan.options.provider_id,
                    use_fallback=plan.options.use_fallback,
                    timeout=min(plan.options.timeout, within),
                    min_accuracy=plan.options.min_accuracy,
                    strict_order=plan.options.strict_order,
                    skip={one.provider for one in said.get(key, ())},
                )

        tasks = {asyncio.create_task(ask(key, address)): key for key, address in addresses.items()}
        if not tasks:
            return {}
        done, late = await asyncio.wait(tasks, timeout=within)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=UNWIND_SECONDS)
        return {tasks[task]: task.result() for task in done}

    async def reverse(self, latitude: float, longitude: float, within: float) -> Found | None:
        """The address nearest to a point; None where nobody here looks up points."""
        try:
            async with asyncio.timeout(within):
                answer = await self._chain.reverse(latitude, longitude, within / 2)
        except TimeoutError:
            return Found(None, f"no answer within {within:g} s; try again")
        if answer.location is not None:
            return Found(place(answer.location), None)
        if not answer.attempts:
            return None
        nothing = all(attempt.outcome is Outcome.NO_MATCH for attempt in answer.attempts)
        return Found(None, None if nothing else answer.reason())

    def available(self) -> dict[str, str | None]:
        """Every provider there is: why it cannot be asked for, None where it can."""
        return self._chain.available()

    async def states(self) -> list[dict[str, Any]]:
        """Every provider there is, the chain's in its order; errors and times as the workers see them, too."""
        states = await self._chain.states()
        async with self._pool.acquire() as conn:
            lately = await provider_states.lately(conn)
        return [_shown(state, lately.get(state.name)) for state in states]


def _found(verdict: Verdict) -> Found:
    return Found(verdict.place, None if verdict.place else verdict.reason)


def _shown(state: ProviderState, lately: provider_states.Lately | None) -> dict[str, Any]:
    """`lately` is what workers saw, who ask far more than the API does."""
    return {
        "name": state.name,
        "on": state.on,
        "whyOff": state.why_off,
        "needsKey": state.needs_key,
        "usedToday": state.used_today,
        "daily": state.daily,
        "errors": state.errors + (lately.errors if lately else 0),
        "breaker": lately.breaker if lately and state.breaker == "closed" else state.breaker,
        "p50Ms": lately.p50_ms if lately and lately.p50_ms is not None else state.p50_ms,
        "p95Ms": lately.p95_ms if lately and lately.p95_ms is not None else state.p95_ms,
        "keepsSeconds": state.keeps_seconds,
        "attribution": state.attribution,
        "verifiedOn": state.verified_on,
    }
