"""Rate limiters: never send faster than a provider allows, over all processes that share a Redis or within one."""

from providers.rate_limit.base import MAX_PENALTY_WAIT, LimiterState, RateLimiter, Window, window_of_rate
from providers.rate_limit.local import LocalRateLimiter
from providers.rate_limit.redis import RedisRateLimiter

__all__ = [
    "MAX_PENALTY_WAIT",
    "LocalRateLimiter",
    "RateLimiter",
    "RedisRateLimiter",
    "LimiterState",
    "Window",
    "window_of_rate",
]
