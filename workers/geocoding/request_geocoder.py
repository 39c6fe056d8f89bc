"""Geocoding within an HTTP request: cached answers first, then the chain of geocoders, within a time limit."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from uuid import UUID

from app.db.core.pool import Pool
from app.db.geocoding import cache, provider_states
from app.db.geocoding.cache import CachedAnswer
from app.db.geocoding.provider_states import RecentState
from app.domain.addresses.postal_address import Address
from app.domain.geocoding.geocoder_status import GeocoderStatus
from app.domain.geocoding.options import GeocodeOptions
from app.domain.geocoding.places import LookupResult
from providers.geocoding.fallback import Answer, AttemptOutcome, GeocoderChain
from providers.geocoding.local import Local
from providers.geocoding.states import ProviderState
from workers.geocoding.asker import combine
from workers.geocoding.plan import GeocodePlan
from workers.geocoding.resolution import AnswerSource, Resolution, to_place

MAX_CONCURRENT_LOOKUPS = 20
"""Per request."""
CANCEL_SECONDS = 1.0
"""How long cancelled lookups may take to end."""


class RequestGeocoder:
    """Geocodes for the API, which waits for the results."""

    def __init__(self, pool: Pool, chain: GeocoderChain) -> None:
        self._pool = pool
        self._chain = chain

    async def locate(
        self, addresses: Sequence[Address], options: GeocodeOptions, time_limit: float, asker: UUID | None = None
    ) -> list[LookupResult]:
        """Return a result for each address after at most about `time_limit` seconds.

        Raises ValueError for an unknown provider.
        """
        await self._chain.prepare()
        plan = GeocodePlan.build(self._chain, options, asker)
        distinct = {address.key: address for address in addresses}
        local: dict[str, Answer] = {}
        if plan.starts_locally:
            local = dict(zip(distinct, await plan.ask_locally(self._chain, list(distinct.values())), strict=True))
        resolutions = {key: plan.resolve(distinct[key], (), one) for key, one in local.items() if plan.is_final(one)}
        cached: dict[str, list[CachedAnswer]] = {}
        if options.use_cache and plan.cache_ttls and len(resolutions) < len(distinct):
            async with self._pool.acquire() as conn:
                cached = await cache.find_answers(conn, list(distinct), list(plan.cache_ttls))
        resolutions |= {
            key: plan.resolve(address, cached.get(key, ()), local.get(key))
            for key, address in distinct.items()
            if key not in resolutions and plan.is_decided(cached.get(key, ()), address, local.get(key))
        }
        undecided = {key: address for key, address in distinct.items() if key not in resolutions}
        answers = await self._ask(plan, undecided, cached, local, time_limit)
        for key, answer in answers.items():
            resolutions[key] = plan.resolve(undecided[key], cached.get(key, ()), answer)
        new_answers = [entry for key, answer in answers.items() for entry in plan.cacheable_answers(key, answer)]
        if new_answers:
            async with self._pool.acquire() as conn, conn.transaction():
                await cache.upsert(conn, new_answers)
        for key in undecided.keys() - answers.keys():
            resolutions[key] = await self._resolve_locally(plan, undecided[key], cached.get(key, ()), time_limit)
        return [_result(resolutions[address.key]) for address in addresses]

    async def _resolve_locally(
        self, plan: GeocodePlan, address: Address, cached: Sequence[CachedAnswer], time_limit: float
    ) -> Resolution:
        """Resolve an address whose time is up, without any remote geocoder."""
        timed_out = f"no answer within {time_limit:g} s; try again"
        if not plan.options.use_fallback:
            return Resolution(None, timed_out, (), AnswerSource.LOCAL)
        answer = await self._chain.geocode(
            plan.query(address), min_accuracy=plan.options.min_accuracy, skip=plan.remote
        )
        return replace(plan.resolve(address, cached, answer), reason=timed_out)

    async def _ask(
        self,
        plan: GeocodePlan,
        addresses: Mapping[str, Address],
        cached: Mapping[str, Sequence[CachedAnswer]],
        local: Mapping[str, Answer],
        time_limit: float,
    ) -> dict[str, Answer]:
        """Ask the chain for all addresses and return the answers that arrived in time, by key."""
        slots = asyncio.Semaphore(MAX_CONCURRENT_LOOKUPS)

        async def ask(key: str, address: Address) -> Answer:
            asked = {answer.provider for answer in cached.get(key, ())} | ({Local.name} if key in local else set())
            async with slots:
                answer = await self._chain.geocode(
                    plan.query(address),
                    provider_id=None if plan.starts_locally else plan.options.provider_id,
                    use_fallback=plan.options.use_fallback,
                    timeout=min(plan.options.timeout, time_limit),
                    min_accuracy=plan.options.min_accuracy,
                    strict_order=plan.options.strict_order,
                    skip=asked,
                )
                return combine(local[key], answer) if key in local else answer

        tasks = {asyncio.create_task(ask(key, address)): key for key, address in addresses.items()}
        if not tasks:
            return {}
        done, late = await asyncio.wait(tasks, timeout=time_limit)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=CANCEL_SECONDS)
        return {tasks[task]: task.result() for task in done}

    async def reverse(
        self, latitude: float, longitude: float, time_limit: float, asker: UUID | None = None
    ) -> LookupResult | None:
        """Return the address nearest to a point, None if no configured geocoder supports reverse lookups."""
        try:
            async with asyncio.timeout(time_limit):
                await self._chain.prepare()
                answer = await self._chain.reverse(latitude, longitude, time_limit / 2, asker)
        except TimeoutError:
            return LookupResult(None, f"no answer within {time_limit:g} s; try again")
        if answer.location is not None:
            return LookupResult(to_place(answer.location), None)
        if not answer.attempts:
            return None
        no_match = all(attempt.outcome is AttemptOutcome.NO_MATCH for attempt in answer.attempts)
        return LookupResult(None, None if no_match else answer.reason())

    def available(self) -> dict[str, str | None]:
        """Return every known geocoder with the reason why it cannot be used, None if it can."""
        return self._chain.available()

    async def statuses(self) -> list[GeocoderStatus]:
        """Return the status of every known geocoder, those of the chain first and in its order."""
        states = await self._chain.states()
        async with self._pool.acquire() as conn:
            recent = await provider_states.list_recent(conn)
        return [_status(state, recent.get(state.name)) for state in states]


def _result(resolution: Resolution) -> LookupResult:
    return LookupResult(resolution.place, None if resolution.place else resolution.reason, resolution.candidates)


def _status(state: ProviderState, recent: RecentState | None) -> GeocoderStatus:
    """Combine what this process and what the workers have seen; workers ask far more often."""
    status = GeocoderStatus(**asdict(state))
    if recent is None:
        return status
    return replace(
        status,
        errors=state.errors + recent.errors,
        breaker=recent.breaker if state.breaker == "closed" else state.breaker,
        p50_ms=state.p50_ms if recent.p50_ms is None else recent.p50_ms,
        p95_ms=state.p95_ms if recent.p95_ms is None else recent.p95_ms,
    )
