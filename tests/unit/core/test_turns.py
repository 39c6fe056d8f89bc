"""Turns: fair between owners, in order within one, and no place is ever lost."""

from __future__ import annotations

import asyncio

import pytest

from app.db.core.turns import OWNER, NoTurn, Turns


async def wait_for_turn(turns: Turns, owner: str, served: list[str], name: str) -> None:
    OWNER.set(owner)
    await turns.take(30)
    served.append(name)


async def test_owners_take_turns() -> None:
    turns = Turns(1)
    served: list[str] = []
    await turns.take(1)
    names = [("many", f"many {i}") for i in range(3)] + [("one", "one")]
    tasks = []
    for owner, name in names:
        tasks.append(asyncio.create_task(wait_for_turn(turns, owner, served, name)))
        await asyncio.sleep(0)
    for _ in tasks:
        turns.give_back()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert served == ["many 0", "one", "many 1", "many 2"]


async def test_a_wait_ends() -> None:
    turns = Turns(1)
    await turns.take(1)
    with pytest.raises(NoTurn):
        await turns.take(0.01)
    turns.give_back()
    await turns.take(0.01)


async def test_a_caller_that_leaves_takes_no_place() -> None:
    turns = Turns(1)
    served: list[str] = []
    await turns.take(1)
    leaving = asyncio.create_task(wait_for_turn(turns, "a", served, "leaving"))
    late = asyncio.create_task(wait_for_turn(turns, "b", served, "late"))
    await asyncio.sleep(0)
    leaving.cancel()
    turns.give_back()
    late.cancel()  # its place has just come
    await asyncio.gather(leaving, late, return_exceptions=True)
    assert served == []
    await turns.take(0.01)


async def test_all_waiting_callers_get_the_error() -> None:
    turns = Turns(1)
    await turns.take(1)
    waiting = [asyncio.create_task(turns.take(30)) for _ in range(3)]
    await asyncio.sleep(0)
    turns.fail_waiting(ConnectionError("lost"))
    assert [str(error) for error in await asyncio.gather(*waiting, return_exceptions=True)] == ["lost"] * 3
    turns.give_back()
    await turns.take(0.01)
