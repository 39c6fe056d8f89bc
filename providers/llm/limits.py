"""How many calls of a model run at once, and how many tokens go to it a minute, over all workers.

A call takes a slot and the tokens that it may use at most; when it ends it gives back the slot, and the tokens that it
did not use. Both are in Redis, on Redis' clock: slots as a sorted set by the time at which they end by themselves (a
worker that was killed gives nothing back), tokens as a bucket that fills evenly and holds a minute's worth.
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

from providers.errors import Busy

CALL_TIMEOUT = 2.0
SHORTEST_WAIT, LONGEST_WAIT = 0.02, 0.5
"""Seconds between two looks at a slot that is taken."""
SPARE_SECONDS = 15.0
"""A slot ends by itself so long after its call must have."""
AWAY = (exceptions.ConnectionError, exceptions.TimeoutError, OSError)

_ADMIT = """
local slots, bucket, pause = KEYS[1], KEYS[2], KEYS[3]
local member, lease, concurrency = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local per_minute, tokens = tonumber(ARGV[4]), tonumber(ARGV[5])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
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
class Slot:
    """The right to one call. Set `used` to the tokens that it cost."""

    reserved: int
    used: int


class RedisLimits:
    """`concurrency` calls at once and `tokens_per_minute` (None: any number), of each key."""

    def __init__(
        self, redis: Redis, concurrency: int, tokens_per_minute: int | None, prefix: str = "trigpoint:llm:"
    ) -> None:
        self._admit = redis.register_script(_ADMIT)
        self._release = redis.register_script(_RELEASE)
        self._pause = redis.register_script(_PAUSE)
        self._concurrency, self._per_minute, self._prefix = concurrency, tokens_per_minute, prefix

    @asynccontextmanager
    async def slot(self, key: str, tokens: int, lease: float, patience: float) -> AsyncIterator[Slot]:
        """Wait for a slot for a call of at most `lease` seconds; Busy where it would take more than `patience`.

        While Redis is away nobody is admitted.
        """
        member = uuid4().hex
        await self._wait(key, member, tokens, lease + SPARE_SECONDS, patience)
        slot = Slot(tokens, tokens)
        try:
            yield slot
        finally:
            refund = max(0, min(tokens, self._per_minute or 0) - slot.used) if self._per_minute else 0
            with suppress(*AWAY, TimeoutError):  # the slot ends by itself then
                async with asyncio.timeout(CALL_TIMEOUT):
                    await self._release(keys=self._keys(key)[:2], args=[member, refund])

    async def pause(self, key: str, seconds: float) -> None:
        """Nobody calls before so many seconds from now (Retry-After)."""
        with suppress(*AWAY, TimeoutError):
            async with asyncio.timeout(CALL_TIMEOUT):
                await self._pause(keys=[self._keys(key)[2]], args=[max(1, math.ceil(seconds * 1000))])

    async def _wait(self, key: str, member: str, tokens: int, lease: float, patience: float) -> None:
        until = time.monotonic() + patience
        look = SHORTEST_WAIT
        arguments: list[str | int] = [member, math.ceil(lease * 1000), self._concurrency, self._per_minute or 0, tokens]
        while True:
            try:
                async with asyncio.timeout(CALL_TIMEOUT):
                    verdict, text = await self._admit(keys=self._keys(key), args=arguments)
            except (*AWAY, TimeoutError):
                verdict, text = b"redis", b"0"
            if verdict in (b"go", "go"):
                return
            wait = int(text) / 1000 or look
            look = min(2 * look, LONGEST_WAIT)
            if time.monotonic() + wait > until:
                why = verdict.decode() if isinstance(verdict, bytes) else verdict
                raise Busy(f"no turn within {patience:g} s ({why})", provider=key, wait=max(wait, 1.0))
            await asyncio.sleep(min(wait, LONGEST_WAIT))

    def _keys(self, key: str) -> list[str]:
        return [f"{self._prefix}{{{key}}}:{part}" for part in ("slots", "bucket", "pause")]
