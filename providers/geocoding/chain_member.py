"""A geocoder in the chain together with its health: cooldown, circuit breaker and error count."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

from providers.breaker import Breaker
from providers.errors import Busy, ProviderError, QuotaExceeded, RateLimited, Unavailable
from providers.geocoding.base import Geocoder
from providers.geocoding.cooldown import Cooldowns
from providers.geocoding.states import ProviderState, in_chain

DEFAULT_RETRY_AFTER = 1.0
"""Seconds to wait after a rate limit error that does not say how long."""

T = TypeVar("T")


class ChainMember:
    """Calls a geocoder and tracks its health."""

    def __init__(self, geocoder: Geocoder, cooldowns: Cooldowns) -> None:
        self.geocoder = geocoder
        self.name = geocoder.name
        self._breaker = Breaker()
        self._errors = 0
        self._cooldowns = cooldowns

    def off(self) -> str | None:
        """Return why the geocoder must not be asked, or None. A cooldown of unknown length lets one query pass."""
        return self._breaker.reason() or self._cooldowns.reason(self.name)

    def resting(self) -> str | None:
        """Return why the geocoder is unavailable, without using up the single query of a cooldown."""
        return self._breaker.reason() or self._cooldowns.peek(self.name)

    async def call(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Await `ask` and record its result. A pause that the provider wants holds for all. Raises ProviderError."""
        with self._breaker.trial() as trial:
            try:
                answer = await ask()
            except Busy:
                raise
            except ProviderError as error:
                if error.asked:
                    self._errors += 1
                    (trial.failed if isinstance(error, Unavailable) else trial.succeeded)()
                self._cooldowns.after(self.name, error)
                await self._pause(error)
                raise
            trial.succeeded()
        self._cooldowns.end(self.name)
        return answer

    async def _pause(self, error: ProviderError) -> None:
        """Pause the provider in the shared limiter, so that other and later processes pause as well."""
        if not error.asked:
            return
        if isinstance(error, RateLimited):
            await self.geocoder.pause(retry_after(error))
        elif isinstance(error, QuotaExceeded) and error.resets_at is not None:
            seconds = (error.resets_at - datetime.now(UTC)).total_seconds()
            await self.geocoder.pause(seconds, self._cooldowns.peek(self.name) or "")

    async def state(self) -> ProviderState:
        """Return the current state of the geocoder."""
        return await in_chain(self.geocoder, self.resting(), self._errors, self._breaker.state)


def retry_after(error: RateLimited) -> float:
    """Return the seconds to wait after a rate limit error."""
    return DEFAULT_RETRY_AFTER if error.retry_after is None else error.retry_after
