"""The time that a request may spend on the database."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from app.db.core.time_limit import LIMIT, OutOfTime, TimeLimit, wait_in_time
from app.web.http.request_context import RequestContext


async def test_blocks_share_the_time() -> None:
    limit = TimeLimit(60)
    async with limit.run():
        await asyncio.sleep(0.01)
    limit.count(59.99)
    assert limit.left_seconds == 0
    with pytest.raises(OutOfTime):
        async with limit.run():
            await asyncio.sleep(60)


async def test_time_outside_of_blocks_does_not_count() -> None:
    limit = TimeLimit(0.05)
    await asyncio.sleep(0.1)
    async with limit.run():
        pass
    assert limit.left_seconds


async def test_a_timeout_of_the_block_itself_is_passed_on() -> None:
    with pytest.raises(TimeoutError, match="its own"):
        async with TimeLimit(60).run():
            raise TimeoutError("its own")


async def test_a_lifted_limit_ends_no_block() -> None:
    limit = TimeLimit(0.01)
    async with limit.run():
        limit.lift()
        await asyncio.sleep(0.05)
    async with limit.run():
        await asyncio.sleep(0.05)
    assert limit.left_seconds is None


async def test_waiting_for_a_shared_result_ends() -> None:
    token = LIMIT.set(TimeLimit(0.01))
    result: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    with pytest.raises(OutOfTime):
        await wait_in_time(result)
    LIMIT.reset(token)
    other: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    other.set_result(1)
    assert await wait_in_time(other) == 1


async def test_a_request_has_a_limit_until_its_response_begins() -> None:
    left: list[Any] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        limit = LIMIT.get()
        assert limit is not None
        left.append(limit.left_seconds)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        left.append(limit.left_seconds)

    async def nothing(*_: Message) -> Any:
        return None

    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    await RequestContext(app, access_log=False)(scope, nothing, nothing)
    assert left[0] > 0 and left[1] is None
    assert LIMIT.get() is None
