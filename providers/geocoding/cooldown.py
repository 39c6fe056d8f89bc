"""Which providers are left alone for a while, and why.

Kept in the process, beside what the limiter shares over all of them: a pause that a provider asked for and a used up
quota are a penalty there, with the reason, so other processes and later ones rest without asking. A bad key is not
shared: each process finds it out by itself, and one that was started with a better key is not kept from using it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from providers.errors import Misconfigured, ProviderError, QuotaExceeded, RateLimited
from providers.rate_limit import MAX_PENALTY_WAIT

#: A provider that cannot be used, or did not say for how long, is tried with one query this often.
PROBE_INTERVAL = timedelta(minutes=10)

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Rest:
    until: datetime
    reason: str
    probing: bool  # at `until` one query goes through to see, and the others go on resting


class Rests:
    """The resting providers of one chain. `clock` gives the present as aware UTC."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._clock = clock
        self._rests: dict[str, _Rest] = {}
        self._warned: set[str] = set()

    def reason(self, provider: str) -> str | None:
        """Why `provider` is not to be asked now; None where it may be."""
        rest = self._rests.get(provider)
        if rest is None:
            return None
        now = self._clock()
        if now < rest.until:
            return rest.reason
        if rest.probing:
            rest.until = now + PROBE_INTERVAL
        else:
            del self._rests[provider]
        return None

    def peek(self, provider: str) -> str | None:
        """Why `provider` rests, whether or not a query may go through to see."""
        rest = self._rests.get(provider)
        return rest.reason if rest is not None and (rest.probing or self._clock() < rest.until) else None

    def after(self, provider: str, error: ProviderError) -> None:
        """Let `provider` rest where `error` says that asking on is no use."""
        now = self._clock()
        if isinstance(error, QuotaExceeded):
            if error.resets_at is None:
                self._rests[provider] = _Rest(now + PROBE_INTERVAL, "quota used up", probing=True)
            else:
                reason = f"daily quota used up until {error.resets_at:%H:%M} UTC"
                self._rests[provider] = _Rest(error.resets_at, reason, probing=False)
        elif isinstance(error, Misconfigured):
            if provider not in self._warned:  # once: every row of a job would say the same
                self._warned.add(provider)
                _log.warning("geocoder.misconfigured", provider=provider, error=str(error))
            self._rests[provider] = _Rest(now + PROBE_INTERVAL, f"switched off: {error}", probing=True)
        elif isinstance(error, RateLimited) and (error.retry_after or 0.0) > MAX_PENALTY_WAIT:
            # Shorter ones the limiter waits out.
            until = now + timedelta(seconds=error.retry_after or 0.0)
            reason = f"paused at its request: {error}" if error.asked else str(error)
            self._rests[provider] = _Rest(until, reason, probing=False)

    def end(self, provider: str) -> None:
        """An answer came: `provider` rests no longer."""
        self._rests.pop(provider, None)
        self._warned.discard(provider)
