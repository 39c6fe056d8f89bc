"""What a provider is built with, whatever it provides."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp

from providers.rate_limit import RateLimiter


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """One provider's settings. `url` is without the version path; `rate` in requests a second, `daily` in a UTC day.

    `permanent` says that the plan includes the right to store answers, where that is sold apart.
    """

    url: str | None = None
    key: str | None = None
    rate: float | None = None
    daily: int | None = None
    permanent: bool = False


@dataclass(frozen=True, slots=True)
class Setup:
    """What every provider is built with: its settings, and what all share."""

    config: ProviderConfig
    session: aiohttp.ClientSession
    limiter: RateLimiter
    user_agent: str
    contact: str | None
