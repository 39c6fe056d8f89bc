"""Settings and shared objects that every provider is created with."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp

from app.domain.vocabulary.known_addresses import ReferenceData
from providers.rate_limit import RateLimiter


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """Settings of one provider. `url` has no version path; `rate` is in requests per second, `daily` per UTC day.

    `permanent` means that the plan includes the right to store answers, where that costs extra.
    """

    url: str | None = None
    key: str | None = None
    rate: float | None = None
    daily: int | None = None
    permanent: bool = False


def setting_name(provider: str, setting: str) -> str:
    """Return the environment variable of a setting in ProviderConfig."""
    return f"TRIGPOINT_PROVIDERS__{provider}__{setting}".upper()


@dataclass(frozen=True, slots=True)
class Setup:
    """Constructor argument of every provider: its settings and the shared objects."""

    config: ProviderConfig
    session: aiohttp.ClientSession
    limiter: RateLimiter
    user_agent: str
    contact: str | None
    reference: ReferenceData | None = None
    """Known addresses; None where there is no database."""
