"""Cache and claims for the addresses of a job, so that each address is asked for once over all workers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from app.db.core.pool import Pool, connection
from app.db.geocoding import cache, claims
from workers.geocoding.items import AddressLookup
from workers.geocoding.plan import GeocodePlan

RECHECK_SECONDS = 0.25
"""Pause between two checks of addresses that another job is asking for."""


class LookupCoordinator:
    """Finds cached answers and decides which addresses the job may ask for; `owner` is the job that claims them."""

    def __init__(self, pool: Pool, plan: GeocodePlan, owner: UUID, since: datetime | None) -> None:
        self._pool = pool
        self._plan = plan
        self._owner = owner
        self._since = since
        """Cached answers older than this are not used."""
        self._claimed_elsewhere: dict[str, AddressLookup] = {}
        self._claimed: set[str] = set()

    async def triage(self, lookups: Sequence[AddressLookup]) -> tuple[list[AddressLookup], list[AddressLookup]]:
        """Split lookups into (decided by cached answers, to be asked).

        Those that another job is asking for are in neither; `recheck` returns them later.
        """
        if not self._plan.cache_ttls:
            return [], list(lookups)
        decided, undecided = await self._read_cache(lookups)
        remote = [lookup for lookup in undecided if self._plan.needs_network(lookup.cached)]
        if not remote:
            return decided, undecided
        async with connection(self._pool) as conn:
            granted = await claims.claim(conn, self._owner, [lookup.key for lookup in remote])
        self._claimed |= granted
        self._claimed_elsewhere |= {lookup.key: lookup for lookup in remote if lookup.key not in granted}
        # Between the look into the cache and the claim, another job may have stored its answer.
        mine = [lookup for lookup in undecided if lookup.key not in self._claimed_elsewhere]
        decided_since, to_ask = await self._read_cache(mine)
        await self.release(lookup.key for lookup in decided_since)
        return decided + decided_since, to_ask

    async def recheck(self) -> tuple[list[AddressLookup], list[AddressLookup]]:
        """Triage again the lookups that another job was asking for."""
        lookups, self._claimed_elsewhere = list(self._claimed_elsewhere.values()), {}
        return await self.triage(lookups) if lookups else ([], [])

    async def _read_cache(self, lookups: Sequence[AddressLookup]) -> tuple[list[AddressLookup], list[AddressLookup]]:
        """Attach the cached answers, and split lookups into (decided, undecided)."""
        if not lookups:
            return [], []
        async with connection(self._pool) as conn:
            answers = await cache.find_answers(
                conn, [lookup.key for lookup in lookups], list(self._plan.cache_ttls), self._since
            )
        decided: list[AddressLookup] = []
        undecided: list[AddressLookup] = []
        for lookup in lookups:
            lookup.cached = answers.get(lookup.key, ())
            is_decided = self._plan.is_decided(lookup.cached, lookup.address, lookup.batch_answer)
            (decided if is_decided else undecided).append(lookup)
        return decided, undecided

    async def release(self, keys: Iterable[str]) -> None:
        """Release claims whose answers are committed; keys without a claim are ignored."""
        mine = self._claimed.intersection(keys)
        if mine:
            async with connection(self._pool) as conn:
                await claims.release(conn, self._owner, list(mine))
            self._claimed -= mine

    async def release_all(self) -> None:
        """Release all claims of the job."""
        if self._claimed:
            async with connection(self._pool) as conn:
                await claims.release(conn, self._owner)

    async def renew_claims(self) -> None:
        """Renew the claims until cancelled."""
        while True:
            await asyncio.sleep(claims.LEASE_SECONDS / 3)
            if self._claimed:
                async with connection(self._pool) as conn:
                    await claims.renew(conn, self._owner)
