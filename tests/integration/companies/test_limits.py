"""Slots and tokens of a model, shared by all workers in a real Valkey."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from providers.errors import Busy
from providers.llm.limits import RedisLimits


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as client:
        yield client


async def test_slots_are_shared_and_returned(redis: Redis) -> None:
    one, other = RedisLimits(redis, 2, None), RedisLimits(redis, 2, None)
    async with one.slot("llm", 10, 5, 1), other.slot("llm", 10, 5, 1):
        with pytest.raises(Busy):
            async with one.slot("llm", 10, 5, 0.1):
                pass
        async with one.slot("another", 10, 5, 0.1):
            pass
    async with one.slot("llm", 10, 5, 0.1):
        pass


async def test_the_slot_of_a_dead_worker_expires(redis: Redis) -> None:
    limits = RedisLimits(redis, 1, None)
    held = limits.slot("llm", 10, -14.9, 1)  # with its spare, a tenth of a second
    await held.__aenter__()
    async with limits.slot("llm", 10, 5, 5):
        pass
    await held.__aexit__(None, None, None)


async def test_unused_tokens_are_returned(redis: Redis) -> None:
    limits = RedisLimits(redis, 10, 600)
    async with limits.slot("llm", 500, 5, 0.1) as slot:
        slot.used = 100
    async with limits.slot("llm", 450, 5, 0.1) as slot:
        slot.used = 450
    with pytest.raises(Busy) as busy:
        async with limits.slot("llm", 400, 5, 0.1):
            pass
    assert 20 < busy.value.wait < 40, "ten tokens a second come back"
    async with limits.slot("other", 5_000, 5, 0.1):
        pass  # more than a minute's worth goes when the bucket is full


async def test_a_pause_holds_for_all_workers(redis: Redis) -> None:
    one, other = RedisLimits(redis, 1, None), RedisLimits(redis, 1, None)
    await one.pause("llm", 0.3)
    with pytest.raises(Busy):
        async with other.slot("llm", 1, 5, 0.05):
            pass
    async with asyncio.timeout(5), other.slot("llm", 1, 5, 3):
        pass
