"""The shared limiter on a real Redis: the common suite, several limiters at a time, and an outage of Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from random import Random
from typing import Any, TypeVar

import aiohttp
import pytest
from redis.asyncio import Redis

from providers.errors import QuotaExceeded, RateLimited
from providers.geocoding.fallback import AttemptOutcome
from providers.geocoding.registry import build
from providers.rate_limit import RedisRateLimiter, Window
from providers.rate_limit import redis as redis_module
from providers.rate_limit.pacing import PacedRateLimiter
from providers.setup import ProviderConfig
from tests.servers.addresses import query_of, sample
from tests.servers.locationiq import LocationIQStandIn
from tests.servers.nominatim import NominatimStandIn
from tests.servers.proxy import Proxy
from tests.servers.standin import KEY, Fault
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


async def test_a_key_without_limits_rarely_calls_redis(redis: Redis) -> None:
    limiter = RedisRateLimiter(redis)
    await limiter.acquire("provider", [])
    before = (await redis.info("commandstats"))["cmdstat_evalsha"]["calls"]
    for _ in range(100):
        await limiter.acquire("provider", [])
    after = (await redis.info("commandstats"))["cmdstat_evalsha"]["calls"]
    assert after - before < 50


async def test_locally_passed_requests_are_counted_at_the_next_check(
    redis: Redis, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    limiter = RedisRateLimiter(redis)
    for _ in range(10):
        await limiter.acquire("provider", [])
    assert (await limiter.standing("provider")).used_today == 10
    monkeypatch.setattr(redis_module, "PENALTY_REFRESH", 0.0)
    await limiter.acquire("provider", [])
    async with Redis.from_url(redis_url) as other:
        assert (await RedisRateLimiter(other).standing("provider")).used_today == 11


async def test_a_rest_outlives_the_process(redis: Redis, redis_url: str) -> None:
    await RedisRateLimiter(redis).penalise("provider", 3600, "daily quota used up until 00:00 UTC")
    async with Redis.from_url(redis_url) as later:
        with pytest.raises(RateLimited, match="daily quota used up"):
            await RedisRateLimiter(later).acquire("provider", [FAST])


async def test_a_used_up_quota_pauses_all_processes_and_later_ones(redis: Redis, redis_url: str) -> None:
    query = query_of(sample(1)[0])
    async with (
        LocationIQStandIn() as spent,
        NominatimStandIn() as other,
        aiohttp.ClientSession() as session,
        Redis.from_url(redis_url) as later,
    ):
        configs = {"locationiq": ProviderConfig(spent.url, KEY), "nominatim": ProviderConfig(other.url)}
        one, another = [
            build(["locationiq", "nominatim"], configs, session, RedisRateLimiter(client), "test/1", None)
            for client in (redis, later)
        ]
        spent.fail(Fault.QUOTA)
        await one.geocode(query)
        answer = await another.geocode(query)
        assert [attempt.outcome for attempt in answer.attempts] == [AttemptOutcome.RATE_LIMITED, AttemptOutcome.FOUND]
        assert answer.attempts[0].detail.startswith("daily quota used up until ")
        assert (await another.geocode(query)).attempts[0].outcome is AttemptOutcome.RESTING
        assert len(spent.arrivals) == 1
        state = (await another.states())[0]
        assert not state.on and state.why_off is not None and state.why_off.startswith("daily quota used up until ")
        assert state.used_today == 1


async def test_an_unavailable_redis_does_not_block_reads_of_the_state(
    proxy: Proxy, through_proxy: RedisRateLimiter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_module, "CALL_TIMEOUT", 0.1)
    await through_proxy.penalise("provider", 3600, "too fast")
    await proxy.close()
    standing = await through_proxy.standing("provider")
    assert 0 < standing.paused_for <= 3600


async def test_no_cancellation_is_swallowed(redis: Redis) -> None:
    """redis-py swallows about one of two hundred."""
    limiter, random = RedisRateLimiter(redis), Random(1)

    async def send_two() -> None:
        for _ in range(2):
            await limiter.acquire("provider", [Window(50, 1.0)])
        await asyncio.Event().wait()

    for _ in range(100):
        tasks = [asyncio.create_task(send_two()) for _ in range(30)]
        await asyncio.sleep(random.uniform(0, 0.03))
        for task in tasks:
            task.cancel()
        _, left = await asyncio.wait(tasks, timeout=5)
        assert not left
    assert all(task.cancelled() for task in tasks)


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


async def test_a_caller_that_waits_for_an_unavailable_redis_can_be_cancelled(
    proxy: Proxy, through_proxy: RedisRateLimiter
) -> None:
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
