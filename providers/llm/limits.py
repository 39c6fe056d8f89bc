"""Limits of a model that all workers share: concurrent calls, and tokens per minute.

A call takes a slot and the most tokens that it can use, and returns the slot and the unused tokens when it ends. Both
are in Redis, on the clock of Redis: slots as a sorted set by the time at which they expire (a worker that was killed
returns nothing), tokens as a bucket that fills evenly and holds those of one minute.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from uuid import uuid4

from redis import exceptions
from redis.asyncio import Redis

from providers.errors import Busy, QuotaExceeded

REDIS_TIMEOUT_SECONDS = 2.0
MIN_POLL_SECONDS, MAX_POLL_SECONDS = 0.02, 0.5
"""Between two attempts to get a slot."""
SPARE_SECONDS = 15.0
"""A slot expires that long after the timeout of its call."""
REDIS_ERRORS = (exceptions.ConnectionError, exceptions.TimeoutError, OSError)

_ADMIT = """
local slots, bucket, pause, closed = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local member, lease, concurrency = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local per_minute, tokens = tonumber(ARGV[4]), tonumber(ARGV[5])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if redis.call('EXISTS', closed) == 1 then return {'closed', '0'} end
local paused = tonumber(redis.call('GET', pause) or 0)
if paused > now then return {'pause', string.format('%d', paused - now)} end
redis.call('ZREMRANGEBYSCORE', slots, '-inf', now)
if redis.call('ZCARD', slots) >= concurrency then return {'slot', '0'} end
if per_minute > 0 then
  local level = math.min(tokens, per_minute)
  local held, at = redis.call('HGET', bucket, 'level'), redis.call('HGET', bucket, 'at')
  local there = per_minute
  if held then there = math.min(per_minute, held + (now - at) * per_minute / 60000) end
  if there < level then return {'tokens', string.format('%d', math.ceil((level - there) * 60000 / per_minute))} end
  redis.call('HSET', bucket, 'level', string.format('%.3f', there - level), 'at', string.format('%d', now))
  redis.call('PEXPIRE', bucket, 120000)
end
redis.call('ZADD', slots, now + lease, member)
redis.call('PEXPIRE', slots, lease + 60000)
return {'go', '0'}
"""

_RELEASE = """
redis.call('ZREM', KEYS[1], ARGV[1])
local held = redis.call('HGET', KEYS[2], 'level')
if held then redis.call('HSET', KEYS[2], 'level', string.format('%.3f', held + tonumber(ARGV[2]))) end
return 1
"""

_PAUSE = """
local time = redis.call('TIME')
local ends = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
if ends > tonumber(redis.call('GET', KEYS[1]) or 0) then
  redis.call('SET', KEYS[1], string.format('%d', ends), 'PX', ARGV[1])
end
return 1
"""


@dataclass
class CallSlot:
    """The right to make one call. Set `used` to the tokens that it used."""

    reserved: int
    used: int


class RedisLimits:
    """Allows `concurrency` calls at once and `tokens_per_minute` (None: no limit) for each key."""

    def __init__(
        self, redis: Redis, concurrency: int, tokens_per_minute: int | None, prefix: str = "trigpoint:llm:"
    ) -> None:
        self._redis = redis
        self._admit = redis.register_script(_ADMIT)
        self._release = redis.register_script(_RELEASE)
        self._pause = redis.register_script(_PAUSE)
        self._concurrency, self._per_minute, self._prefix = concurrency, tokens_per_minute, prefix

    @asynccontextmanager
    async def slot(self, key: str, tokens: int, lease: float, max_wait: float) -> AsyncIterator[CallSlot]:
        """Wait up to `max_wait` seconds for a slot for a call of at most `lease` seconds.

        Raises Busy if there is no slot by then, and QuotaExceeded while the model is closed. While Redis cannot be
        reached, no call is admitted.
        """
        member = uuid4().hex
        await self._wait(key, member, tokens, lease + SPARE_SECONDS, max_wait)
        slot = CallSlot(tokens, tokens)
        try:
            yield slot
        finally:
            refund = max(0, min(tokens, self._per_minute or 0) - slot.used) if self._per_minute else 0
            with suppress(*REDIS_ERRORS, TimeoutError):  # the slot expires then
                async with asyncio.timeout(REDIS_TIMEOUT_SECONDS):
                    await self._release(keys=self._keys(key)[:2], args=[member, refund])

    async def pause(self, key: str, seconds: float) -> None:
        """Let no worker make a call for that many seconds (Retry-After)."""
        with suppress(*REDIS_ERRORS, TimeoutError):
            async with asyncio.timeout(REDIS_TIMEOUT_SECONDS):
                await self._pause(keys=[self._keys(key)[2]], args=[max(1, math.ceil(seconds * 1000))])

    async def close(self, key: str, seconds: float) -> None:
        """Let no worker make a call for that many seconds, and none wait for it: `slot` raises QuotaExceeded."""
        with suppress(*REDIS_ERRORS, TimeoutError):
            async with asyncio.timeout(REDIS_TIMEOUT_SECONDS):
                await self._redis.set(self._keys(key)[3], "1", px=max(1, math.ceil(seconds * 1000)))

    async def _wait(self, key: str, member: str, tokens: int, lease: float, max_wait: float) -> None:
        until = time.monotonic() + max_wait
        poll = MIN_POLL_SECONDS
        arguments: list[str | int] = [member, math.ceil(lease * 1000), self._concurrency, self._per_minute or 0, tokens]
        while True:
            try:
                async with asyncio.timeout(REDIS_TIMEOUT_SECONDS):
                    verdict, text = await self._admit(keys=self._keys(key), args=arguments)
            except (*REDIS_ERRORS, TimeoutError):
                verdict, text = b"redis", b"0"
            if verdict in (b"go", "go"):
                return
            if verdict in (b"closed", "closed"):
                raise QuotaExceeded("it asked for a longer pause than jobs wait", provider=key, asked=False)
            wait = int(text) / 1000 or poll
            poll = min(2 * poll, MAX_POLL_SECONDS)
            if time.monotonic() + wait > until:
                reason = verdict.decode() if isinstance(verdict, bytes) else verdict
                raise Busy(f"no slot within {max_wait:g} s ({reason})", provider=key, wait=max(wait, 1.0))
            await asyncio.sleep(min(wait, MAX_POLL_SECONDS))

    def _keys(self, key: str) -> list[str]:
        return [f"{self._prefix}{{{key}}}:{part}" for part in ("slots", "bucket", "pause", "closed")]
