"""No turn is lost or given twice, whichever callers are cancelled at whichever points of their use of a pool."""

from __future__ import annotations

import asyncio
from itertools import combinations_with_replacement, product
from typing import Any

import pytest

from app.db.core.asyncpg_overrides import TurnContext
from app.db.core.turns import OWNER, NoTurn, Turns

CALLERS = 4
STEPS = 12
"""Iterations of the loop in which something happens to a caller. By then all of them have ended if nothing does."""
Cancellation = tuple[int, int]
"""The step, and the caller."""


class Connection:
    def terminate(self) -> None:
        pass


class CountingPool:
    """A pool that needs several iterations of the loop to give and take a connection, and counts those in use."""

    name = "counting"

    def __init__(self, places: int, *, turn_seconds: float, failing: int | None) -> None:
        self.turns = Turns(places)
        self.turn_seconds = turn_seconds
        self.in_use = self.most_in_use = 0
        self._failing = failing
        self._asked = 0

    async def _acquire(self, timeout: float) -> Connection:
        self._asked += 1
        number = self._asked
        self.in_use += 1
        self.most_in_use = max(self.most_in_use, self.in_use)
        try:
            await asyncio.sleep(0)
            if number == self._failing:
                raise ConnectionError("lost")
            await asyncio.sleep(0)
        except BaseException:
            self.in_use -= 1
            raise
        return Connection()

    async def release(self, connection: Connection) -> None:
        self.in_use -= 1
        await asyncio.sleep(0)


async def use(pool: Any, owner: str) -> None:
    OWNER.set(owner)
    async with TurnContext(pool, 1.0):
        await asyncio.sleep(0)


async def play(pool: CountingPool, cancellations: tuple[Cancellation, ...]) -> None:
    """Start all callers, cancel some of them, and check that every turn has come back."""
    places = pool.turns._free
    callers = [asyncio.create_task(use(pool, owner="ab"[i % 2])) for i in range(CALLERS)]
    for step in range(STEPS * CALLERS):
        for at, caller in cancellations:
            if at == step:
                callers[caller].cancel()
        await asyncio.sleep(0)
        if step > STEPS and all(caller.done() for caller in callers):
            break
    assert all(caller.done() for caller in callers), "a caller still waits, although nobody uses a connection"
    await asyncio.gather(*callers, return_exceptions=True)
    assert pool.in_use == 0 and pool.most_in_use <= places
    for _ in range(places):
        await pool.turns.take(0)
    with pytest.raises(NoTurn):
        await pool.turns.take(0)


@pytest.mark.parametrize("turn_seconds", [30.0, 0.0], ids=["patient", "expiring"])
@pytest.mark.parametrize("failing", [None, 1, 2], ids=["working", "first-fails", "second-fails"])
@pytest.mark.parametrize("places", [1, 2])
async def test_every_turn_comes_back(places: int, failing: int | None, turn_seconds: float) -> None:
    points = list(product(range(STEPS), range(CALLERS)))
    for cancellations in combinations_with_replacement(points, 2):
        await play(CountingPool(places, turn_seconds=turn_seconds, failing=failing), cancellations)
