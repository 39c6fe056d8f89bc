"""Tasks that a handler starts: their exits are contained, and otherwise they behave like any task."""

from __future__ import annotations

import asyncio
import gc

import pytest

from workers.core.exit_containment import HandlerExit, contain_exits

exits: list[HandlerExit] = []


async def test_an_exit_becomes_an_exception() -> None:
    async def leave() -> None:
        raise SystemExit(3)

    async def handler() -> None:
        contain_exits(exits.append)
        with pytest.raises(HandlerExit, match="SystemExit"):
            await asyncio.create_task(leave())

    await asyncio.create_task(handler())


async def test_results_exceptions_and_cancellation_pass() -> None:
    async def give(result: object) -> object:
        await asyncio.sleep(0)
        if isinstance(result, Exception):
            raise result
        return result

    async def handler() -> None:
        contain_exits(exits.append)
        assert await asyncio.create_task(give(7)) == 7
        with pytest.raises(ValueError, match="wrong"):
            await asyncio.create_task(give(ValueError("wrong")))
        running = asyncio.create_task(asyncio.sleep(60))
        await asyncio.sleep(0)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    await asyncio.create_task(handler())


async def test_a_task_cancelled_before_its_first_step_leaves_no_warning(recwarn: pytest.WarningsRecorder) -> None:
    async def handler() -> None:
        contain_exits(exits.append)
        task = asyncio.create_task(asyncio.sleep(60))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    await asyncio.create_task(handler())
    gc.collect()
    assert not [warning for warning in recwarn if "never awaited" in str(warning.message)]


async def test_a_handler_can_cancel_only_its_own_tasks() -> None:
    async def handler(others: list[asyncio.Task[None]]) -> list[bool]:
        contain_exits(exits.append)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0), asyncio.TaskGroup() as group:  # which cancel this task and its children
                group.create_task(asyncio.sleep(60))
        own = asyncio.create_task(asyncio.sleep(60))
        return [own.cancel(), *(task.cancel() for task in others)]

    await asyncio.create_task(handler([]))  # the first one prepares the loop
    platform = asyncio.create_task(asyncio.sleep(60))
    other_handler = asyncio.create_task(handler([platform]))
    assert await other_handler == [True, False]

    async def wait() -> None:
        contain_exits(exits.append)
        await asyncio.sleep(60)

    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0)
    assert await asyncio.create_task(handler([waiting, platform])) == [True, False, False]
    assert [task.cancel() for task in (waiting, platform)] == [True, True]  # by the platform
