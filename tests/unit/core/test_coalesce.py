"""Calls that are made together: each gets its own answer, and all of them the error."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from app.db.core.coalesce import Coalescer


async def test_what_comes_meanwhile_shares_the_next_call() -> None:
    calls: list[list[int]] = []

    async def double(numbers: Sequence[int]) -> list[int]:
        calls.append(list(numbers))
        await asyncio.sleep(0)
        return [2 * number for number in numbers]

    together = Coalescer(double)
    first = together(1)
    await asyncio.sleep(0)
    assert await asyncio.gather(first, *(together(number) for number in (2, 3))) == [2, 4, 6]
    assert calls == [[1], [2, 3]]
    assert await together(4) == 8


async def test_an_error_is_everyones_and_ends_with_them() -> None:
    async def fail_at_zero(numbers: Sequence[int]) -> list[int]:
        if 0 in numbers:
            raise ValueError("zero")
        return list(numbers)

    together = Coalescer(fail_at_zero)
    answers = await asyncio.gather(together(0), together(1), return_exceptions=True)
    assert [str(answer) for answer in answers] == ["zero", "zero"]
    assert await together(1) == 1


async def test_who_gave_up_is_not_in_the_way() -> None:
    async def same(numbers: Sequence[int]) -> list[int]:
        await asyncio.sleep(0)
        return list(numbers)

    together = Coalescer(same)
    given_up, other = together(1), together(2)
    given_up.cancel()
    assert await other == 2
    with pytest.raises(asyncio.CancelledError):
        await given_up
