"""Calls that are made together: each gets its own result, and all of them an error."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from app.db.core.coalesce import Coalescer


async def test_calls_during_a_call_share_the_next_one() -> None:
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


async def test_callers_that_gave_up_do_not_matter() -> None:
    async def same(numbers: Sequence[int]) -> list[int]:
        await asyncio.sleep(0)
        return list(numbers)

    together = Coalescer(same)
    given_up, other = together(1), together(2)
    given_up.cancel()
    assert await other == 2
    with pytest.raises(asyncio.CancelledError):
        await given_up


async def test_nobody_waits_for_a_cancelled_call() -> None:
    async def cancel_itself(numbers: Sequence[int]) -> list[int]:
        await asyncio.sleep(0)
        if 0 in numbers:
            raise asyncio.CancelledError
        return list(numbers)

    together = Coalescer(cancel_itself)
    first = together(0)
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        ends = await asyncio.gather(first, together(1), return_exceptions=True)
        assert [type(end) for end in ends] == [asyncio.CancelledError] * 2
        await together.finish()
        assert await together(2) == 2
