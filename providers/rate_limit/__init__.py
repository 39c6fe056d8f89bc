"""Sending no faster than a provider allows, over all processes that share a Redis, or within one."""

from providers.rate_limit.base import MAX_PENALTY_WAIT, RateLimiter, Standing, Window, window_of_rate
from providers.rate_limit.local import LocalRateLimiter
from providers.rate_limit.redis import RedisRateLimiter

__all__ = [
    "MAX_PENALTY_WAIT",
    "LocalRateLimiter",
    "RateLimiter",
    "RedisRateLimiter",
    "Standing",
    "Window",
    "window_of_rate",
]
