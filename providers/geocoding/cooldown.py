"""Cooldowns: providers that are not asked for a while, with the reason.

Cooldowns belong to the process. Pauses and exhausted quotas are also stored in the shared rate limiter, so that other
and later processes wait without asking. A bad key is not shared: each process finds it out by itself, and a process
that was started with a better key can use it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from providers.errors import Misconfigured, ProviderError, QuotaExceeded, RateLimited
from providers.rate_limit import MAX_PENALTY_WAIT

PROBE_INTERVAL = timedelta(minutes=10)
"""How often a provider is probed with one query if it is unusable or did not say for how long to wait."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Cooldown:
    until: datetime
    reason: str
    probing: bool  # at `until` one query probes the provider; the others keep waiting


class Cooldowns:
    """The cooldowns of one chain. `clock` returns the current time as an aware datetime in UTC."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._clock = clock
        self._cooldowns: dict[str, _Cooldown] = {}
        self._warned: set[str] = set()

    def reason(self, provider: str) -> str | None:
        """Return why `provider` must not be asked now, or None. May let one query pass as a probe."""
        cooldown = self._cooldowns.get(provider)
        if cooldown is None:
            return None
        now = self._clock()
        if now < cooldown.until:
            return cooldown.reason
        if cooldown.probing:
            cooldown.until = now + PROBE_INTERVAL
        else:
            del self._cooldowns[provider]
        return None

    def peek(self, provider: str) -> str | None:
        """Return why `provider` is in a cooldown, without using up its probe."""
        cooldown = self._cooldowns.get(provider)
        return (
            cooldown.reason if cooldown is not None and (cooldown.probing or self._clock() < cooldown.until) else None
        )

    def after(self, provider: str, error: ProviderError) -> None:
        """Start a cooldown if `error` means that further requests are useless."""
        now = self._clock()
        if isinstance(error, QuotaExceeded):
            if error.resets_at is None:
                self._cooldowns[provider] = _Cooldown(now + PROBE_INTERVAL, "quota used up", probing=True)
            else:
                reason = f"daily quota used up until {error.resets_at:%H:%M} UTC"
                self._cooldowns[provider] = _Cooldown(error.resets_at, reason, probing=False)
        elif isinstance(error, Misconfigured):
            if provider not in self._warned:  # once, or every row of a job would log the same
                self._warned.add(provider)
                log.warning("geocoder_misconfigured", provider=provider, error=str(error))
            self._cooldowns[provider] = _Cooldown(now + PROBE_INTERVAL, f"switched off: {error}", probing=True)
        elif isinstance(error, RateLimited) and (error.retry_after or 0.0) > MAX_PENALTY_WAIT:
            # The rate limiter waits out shorter pauses.
            until = now + timedelta(seconds=error.retry_after or 0.0)
            reason = f"paused at its request: {error}" if error.asked else str(error)
            self._cooldowns[provider] = _Cooldown(until, reason, probing=False)

    def end(self, provider: str) -> None:
        """End the cooldown of `provider` after an answer."""
        self._cooldowns.pop(provider, None)
        self._warned.discard(provider)
