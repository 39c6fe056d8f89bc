"""Addresses on their way to a verdict, each once however many items have it, and each asked for by one worker only."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.db.core.pool import Pool, connection
from app.db.geocoding import cache, claims
from app.db.geocoding.cache import Learnt, Said
from app.domain.geocoding.model import Address
from providers.geocoding.fallback import Answer
from workers.geocoding.decisions import Plan

LOOK_AGAIN = 0.25
"""Seconds between two looks at what others are asking for."""


@dataclass(frozen=True, slots=True)
class Item:
    """One household, or one row of a file; `row` is what it was read from."""

    id: UUID | int
    address: Address
    row: Any
    problem: str | None = None
    """Why nobody can be asked for it."""
    known: tuple[float, float] | None = None
    """Where it is, as its sender or an earlier job says: latitude and longitude."""


@dataclass(slots=True, eq=False)
class Lead:
    """An address and all items that have it."""

    key: str
    address: Address
    items: list[Item]
    said: Sequence[Said] = ()
    """What is kept."""
    heard: Answer | None = None
    """What the batch said, on the way to those who take single addresses."""
    learnt: list[Learnt] = field(default_factory=list)


class Desk:
    """Looks up what is kept and hands out what may be asked; `owner` is the job in whose name it claims."""

    def __init__(self, pool: Pool, plan: Plan, owner: UUID, since: datetime) -> None:
        self._pool = pool
        self._plan = plan
        self._owner = owner
        self._since = since
        """Answers older than this are not used."""
        self._elsewhere: dict[str, Lead] = {}
        self._claimed: set[str] = set()

    async def consider(self, leads: Sequence[Lead]) -> tuple[list[Lead], list[Lead]]:
        """Sort leads into (decided by what is kept, to be asked); those asked for elsewhere are kept for later."""
        if not self._plan.keeps:
            return [], list(leads)
        decided, left = await self._look_up(leads)
        outside = [lead for lead in left if self._plan.must_ask_outside(lead.said)]
        if not outside:
            return decided, left
        async with connection(self._pool) as conn:
            granted = await claims.claim(conn, self._owner, [lead.key for lead in outside])
        self._claimed |= granted
        self._elsewhere |= {lead.key: lead for lead in outside if lead.key not in granted}
        # Between the look-up and the claim another worker may have had its answer.
        since_decided, mine = await self._look_up([lead for lead in left if lead.key not in self._elsewhere])
        await self.release(lead.key for lead in since_decided)
        return decided + since_decided, mine

    async def look_again(self) -> tuple[list[Lead], list[Lead]]:
        """The same for what was asked for elsewhere."""
        leads, self._elsewhere = list(self._elsewhere.values()), {}
        return await self.consider(leads) if leads else ([], [])

    async def _look_up(self, leads: Sequence[Lead]) -> tuple[list[Lead], list[Lead]]:
        if not leads:
            return [], []
        async with connection(self._pool) as conn:
            said = await cache.look_up(conn, [lead.key for lead in leads], list(self._plan.keeps), self._since)
        decided: list[Lead] = []
        left: list[Lead] = []
        for lead in leads:
            lead.said = said.get(lead.key, ())
            (decided if self._plan.decided(lead.said, lead.address) else left).append(lead)
        return decided, left

    async def release(self, keys: Iterable[str]) -> None:
        """These were answered, and the answers are committed."""
        mine = self._claimed.intersection(keys)
        if mine:
            async with connection(self._pool) as conn:
                await claims.release(conn, self._owner, list(mine))
            self._claimed -= mine

    async def release_all(self) -> None:
        if self._claimed:
            async with connection(self._pool) as conn:
                await claims.release(conn, self._owner)

    async def keep_claims(self) -> None:
        """Renew the claims for as long as answers take."""
        while True:
            await asyncio.sleep(claims.LEASE / 3)
            if self._claimed:
                async with connection(self._pool) as conn:
                    await claims.renew(conn, self._owner)
