"""A rate limiter shared by all processes that use the same Redis. One script call takes one slot, on Redis' clock.

Stored per key: the log of recent slots, the end and reason of a penalty, and the daily count (for keys without limits,
each process adds its requests every half second). If Redis loses its data, the provider's own answers (429, quota
errors) limit the requests until the log has filled again.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import structlog
from redis import exceptions
from redis.asyncio import Redis

from providers.errors import QuotaExceeded, next_utc_midnight
from providers.rate_limit.base import LimiterState, Window
from providers.rate_limit.clock import RemoteClock
from providers.rate_limit.pacing import NotYet, PacedRateLimiter, Slot, SlotRequest

PENALTY_REFRESH = 0.5
"""Seconds between two checks of Redis for a key without limits: the maximum delay of another process' penalty."""
CALL_TIMEOUT = 2.0
"""Seconds after which a call counts as lost (a frozen Redis closes no connection), and bounds of the backoff."""
FIRST_BACKOFF, MAX_BACKOFF = 0.05, 1.0

_AWAY = (exceptions.ConnectionError, exceptions.TimeoutError, exceptions.ReadOnlyError, OSError)

# Times are whole microseconds since the epoch, written with %d: Lua's tostring would round them to 14 digits.
_RESERVE = """
local log, penalty, day = KEYS[1], KEYS[2], KEYS[3]
local horizon, width, spacing, given_up = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local daily, cost = tonumber(ARGV[5]), tonumber(ARGV[6])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

local today = math.floor(time[1] / 86400)
local pays = given_up == ''
if pays then
  if tonumber(redis.call('HGET', day, 'day') or -1) ~= today then
    redis.call('DEL', day)
  end
  if daily >= 0 and tonumber(redis.call('HGET', day, 'count') or 0) + cost > daily then
    return {'quota', string.format('%d', now), '0', ''}
  end
end

if given_up ~= '' and redis.call('LINDEX', log, 0) == given_up then
  redis.call('LPOP', log)
end
local until_when, reason = string.match(redis.call('GET', penalty) or '0 ', '^(%d+) (.*)$')
local penalised_until = tonumber(until_when)
local at = math.max(now, penalised_until)
if spacing > 0 then
  local last = redis.call('LINDEX', log, 0)
  if last then at = math.max(at, last + spacing) end
end
local longest_limit, longest_period = 0, 0
for i = 7, #ARGV, 2 do
  local limit, period = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
  local first = redis.call('LINDEX', log, limit - 1)
  if first then at = math.max(at, first + period) end
  longest_limit = math.max(longest_limit, limit)
  longest_period = math.max(longest_period, period)
end
if at > now + horizon then
  return {at == penalised_until and 'penalty' or 'wait', string.format('%d', now), string.format('%d', at), reason}
end

if longest_limit > 0 then
  redis.call('LPUSH', log, string.format('%d', at + width))
  redis.call('LTRIM', log, 0, longest_limit - 1)
  redis.call('PEXPIRE', log, math.ceil((at + width - now + longest_period) / 1000) + 1000)
end
if pays then
  redis.call('HSET', day, 'day', today)
  redis.call('HINCRBY', day, 'count', cost)
  redis.call('EXPIRE', day, 2 * 86400)
end
return {'slot', string.format('%d', now), string.format('%d', at), ''}
"""

_PUNISH = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local ends = now + tonumber(ARGV[1])
if ends > tonumber(string.match(redis.call('GET', KEYS[1]) or '0', '^%d+')) then
  redis.call('SET', KEYS[1], string.format('%d ', ends) .. ARGV[2], 'PX', math.ceil(ARGV[1] / 1000) + 1)
end
return string.format('%d', now)
"""

_STANDING = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local used = 0
if tonumber(redis.call('HGET', KEYS[2], 'day') or -1) == math.floor(time[1] / 86400) then
  used = tonumber(redis.call('HGET', KEYS[2], 'count') or 0)
end
return {used, string.format('%d', now), redis.call('GET', KEYS[1]) or '0 '}
"""

log = structlog.get_logger(__name__)
T = TypeVar("T")


class RedisRateLimiter(PacedRateLimiter):
    """Keeps slots in Redis under `prefix`. While Redis is unavailable, callers wait; nothing is raised."""

    def __init__(self, redis: Redis, prefix: str = "trigpoint:rate:") -> None:
        super().__init__()
        self._prefix = prefix
        self._reserve_script = redis.register_script(_RESERVE)
        self._punish_script = redis.register_script(_PUNISH)
        self._standing_script = redis.register_script(_STANDING)
        self._clock = RemoteClock()
        self._away = False
        self._looked: dict[str, float] = {}
        self._uncounted = Counter[str]()  # requests sent without a slot since

    def now(self) -> float:
        """Return the estimated time of Redis' clock in seconds since the epoch."""
        return self._clock.now()

    async def sleep(self, seconds: float) -> None:
        """Sleep for `seconds` of real time."""
        await asyncio.sleep(seconds)

    def passes(self, key: str, windows: Sequence[Window], daily: int | None, cost: int) -> bool:
        """See PacedRateLimiter. A key without limits is only checked for penalties, and not for every request."""
        if windows or daily is not None or self._penalties.get(key, 0.0) > self.now():
            return False
        if time.monotonic() - self._looked.get(key, -PENALTY_REFRESH) >= PENALTY_REFRESH:
            return False
        self._uncounted[key] += cost
        return True

    async def reserve(self, key: str, claim: SlotRequest) -> Slot | NotYet:
        """See PacedRateLimiter."""
        width_us = _microseconds(claim.width)
        uncounted = self._uncounted.pop(key, 0) if claim.given_up is None else 0
        arguments: list[int | str] = [
            _microseconds(claim.horizon),
            width_us,
            _microseconds(claim.pace.spacing),
            claim.given_up.entry if claim.given_up else "",
            -1 if claim.daily is None else claim.daily,
            claim.cost + uncounted,
        ]
        for window in claim.pace.windows:
            arguments += [window.limit, _microseconds(window.period)]
        verdict, now, at, reason = await self._call(lambda: self._run(key, arguments))
        if verdict == "slot":
            self._looked[key] = time.monotonic()
            return Slot(at / 1e6, width_us / 1e6, entry=at + width_us)
        self._uncounted[key] += uncounted
        if verdict == "quota":
            resets_at = next_utc_midnight(datetime.fromtimestamp(now / 1e6, UTC))
            words = f"daily quota of {claim.daily} used up"
            raise QuotaExceeded(words, provider=key, asked=False, resets_at=resets_at)
        return NotYet((at - now) / 1e6 - claim.horizon, penalised=verdict == "penalty", reason=reason)

    async def punish(self, key: str, seconds: float, reason: str) -> None:
        """See PacedRateLimiter."""

        async def run() -> None:
            sent = self._clock.local()
            arguments: list[int | str] = [_microseconds(seconds), reason]
            now = int(await self._punish_script(keys=[self._name(key, "penalty")], args=arguments))
            self._clock.observe(sent, self._clock.local(), now / 1e6)

        await self._call(run)

    async def standing(self, key: str) -> LimiterState:
        """See RateLimiter. While Redis is unavailable, returns what this process knows."""
        keys = [self._name(key, part) for part in ("penalty", "day")]
        try:
            used, now, stored = await _once(lambda: self._standing_script(keys=keys))
        except _AWAY:
            return LimiterState(self._uncounted[key], max(0.0, self._penalties.get(key, 0.0) - self.now()), "")
        ends, _, reason = _text(stored).partition(" ")
        return LimiterState(int(used) + self._uncounted[key], max(0.0, (int(ends) - int(now)) / 1e6), reason)

    async def _run(self, key: str, arguments: list[int | str]) -> tuple[str, int, int, str]:
        keys = [self._name(key, part) for part in ("log", "penalty", "day")]
        sent = self._clock.local()
        verdict, now, at, reason = await self._reserve_script(keys=keys, args=arguments)
        self._clock.observe(sent, self._clock.local(), int(now) / 1e6)
        return _text(verdict), int(now), int(at), _text(reason)

    async def _call(self, call: Callable[[], Awaitable[T]]) -> T:
        """Repeat `call` until Redis is available."""
        backoff = FIRST_BACKOFF
        while True:
            try:
                answer = await _once(call)
            except _AWAY as error:
                if not self._away:
                    log.warning("rate_limiter_waits_for_redis", error=type(error).__name__)
                self._away = True
            else:
                if self._away:
                    log.info("rate_limiter_resumed")
                self._away = False
                return answer
            await asyncio.sleep(backoff)
            backoff = min(2 * backoff, MAX_BACKOFF)

    def _name(self, key: str, part: str) -> str:
        # The braces keep the keys of one provider on the same node of a cluster.
        return f"{self._prefix}{{{key}}}:{part}"


async def _once(call: Callable[[], Awaitable[T]]) -> T:
    """Await `call` within CALL_TIMEOUT.

        redis-py checks for unread data with a timeout of zero, which occasionally swallows a cancellation. It is raised
        here after the answer.
    --
    """
    task = asyncio.current_task()
    assert task is not None
    before = task.cancelling()
    async with asyncio.timeout(CALL_TIMEOUT):
        answer = await call()
    if task.cancelling() > before:
        raise asyncio.CancelledError
    return answer


def _microseconds(seconds: float) -> int:
    return math.ceil(seconds * 1e6)


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
