"""The shared limiter on a real Redis: the common suite, several limiters at once, and a Redis that goes away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from typing import Any, TypeVar

import pytest
from redis.asyncio import Redis

from providers.errors import QuotaExceeded
from providers.rate_limit import RedisRateLimiter, Window
from providers.rate_limit import redis as redis_module
from providers.rate_limit.pacing import PacedRateLimiter
from tests.servers.proxy import Proxy
from tests.unit.providers.rate_limiter_suite import FAST, RateLimiterSuite, assert_within, send

T = TypeVar("T")


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as client:
        await client.flushdb()
        yield client


class TestRedisRateLimiter(RateLimiterSuite):
    @pytest.fixture
    async def limiters(self, redis: Redis, redis_url: str) -> AsyncIterator[Sequence[PacedRateLimiter]]:
        async with Redis.from_url(redis_url) as other:
            yield [RedisRateLimiter(redis), RedisRateLimiter(other)]

    async def passing(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return await coroutine


async def test_the_next_day_has_an_allowance_of_its_own(redis: Redis) -> None:
    limiter = RedisRateLimiter(redis, prefix="rate:")
    await limiter.acquire("provider", [], daily=1)
    with pytest.raises(QuotaExceeded):
        await limiter.acquire("provider", [], daily=1)
    async with redis.pipeline() as pipe:
        pipe.hincrby("rate:{provider}:day", "day", -1)
        await pipe.execute()
    await limiter.acquire("provider", [], daily=1)


async def test_nothing_is_kept_for_ever(redis: Redis) -> None:
    limiter = RedisRateLimiter(redis)
    await limiter.acquire("provider", [FAST, Window(30, 60.0)], daily=5)
    await limiter.penalise("provider", 0.1)
    keys = [key async for key in redis.scan_iter()]
    assert len(keys) == 3
    assert all([await redis.pttl(key) > 0 for key in keys])


async def test_the_log_is_as_long_as_the_largest_limit(redis: Redis) -> None:
    limiter = RedisRateLimiter(redis, prefix="rate:")
    await send([limiter], [Window(3, 0.03), Window(5, 0.1)], 12)
    async with redis.pipeline() as pipe:
        pipe.llen("rate:{provider}:log")
        assert await pipe.execute() == [5]


async def test_a_key_without_limits_asks_redis_now_and_then_only(redis: Redis) -> None:
    limiter = RedisRateLimiter(redis)
    await limiter.acquire("provider", [])
    before = (await redis.info("commandstats"))["cmdstat_evalsha"]["calls"]
    for _ in range(100):
        await limiter.acquire("provider", [])
    after = (await redis.info("commandstats"))["cmdstat_evalsha"]["calls"]
    assert after - before < 50


async def test_scripts_are_loaded_again_after_a_restart(redis: Redis) -> None:
    limiter = RedisRateLimiter(redis)
    await limiter.acquire("provider", [FAST])
    await redis.script_flush()
    await limiter.acquire("provider", [FAST])


@pytest.fixture
async def proxy(redis: Redis, redis_url: str) -> AsyncIterator[Proxy]:
    async with Proxy(redis.connection_pool.connection_kwargs) as proxy:
        yield proxy


@pytest.fixture
async def through_proxy(proxy: Proxy, redis: Redis) -> AsyncIterator[RedisRateLimiter]:
    database = redis.connection_pool.connection_kwargs.get("db", 0)
    async with Redis(host="127.0.0.1", port=proxy.port, db=database) as client:
        yield RedisRateLimiter(client)


async def test_while_redis_is_away_callers_wait(proxy: Proxy, through_proxy: RedisRateLimiter) -> None:
    await through_proxy.acquire("provider", [FAST])
    await proxy.close()
    calls = asyncio.ensure_future(send([through_proxy], [FAST], 12))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await asyncio.shield(calls)
    await proxy.open()
    async with asyncio.timeout(10):
        assert_within(await calls, FAST)


async def test_a_frozen_redis_is_taken_for_away(
    proxy: Proxy, through_proxy: RedisRateLimiter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_module, "CALL_TIMEOUT", 0.1)
    await through_proxy.acquire("provider", [FAST])
    proxy.frozen = True
    call = asyncio.ensure_future(through_proxy.acquire("provider", [FAST]))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await asyncio.shield(call)
    proxy.frozen = False
    async with asyncio.timeout(10):
        await call


async def test_who_waits_for_an_absent_redis_can_be_cancelled(proxy: Proxy, through_proxy: RedisRateLimiter) -> None:
    await proxy.close()
    call = asyncio.ensure_future(through_proxy.acquire("provider", [FAST]))
    await asyncio.wait([call], timeout=0.2)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


async def test_a_penalty_outlives_an_absence(proxy: Proxy, through_proxy: RedisRateLimiter, redis: Redis) -> None:
    await proxy.close()
    call = asyncio.ensure_future(through_proxy.penalise("provider", 60))
    await asyncio.wait([call], timeout=0.2)
    assert not call.done()
    await proxy.open()
    async with asyncio.timeout(10):
        await call
    assert await redis.exists("trigpoint:rate:{provider}:penalty")
