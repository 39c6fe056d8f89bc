"""One geocoder in the chain, with what is known of its health: rests, breaker, errors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

from providers.breaker import Breaker
from providers.errors import Busy, ProviderError, QuotaExceeded, RateLimited, Unavailable
from providers.geocoding.base import Geocoder
from providers.geocoding.cooldown import Rests
from providers.geocoding.states import ProviderState, in_chain

#: Seconds to wait where a provider that was asked too fast does not say how long.
DEFAULT_RETRY_AFTER = 1.0

T = TypeVar("T")


class Link:
    """Calls its geocoder, and draws the conclusions."""

    def __init__(self, geocoder: Geocoder, rests: Rests) -> None:
        self.geocoder = geocoder
        self.name = geocoder.name
        self._breaker = Breaker()
        self._errors = 0
        self._rests = rests

    def off(self) -> str | None:
        """Why the geocoder is not to be asked now; None where it may be (after a rest of unknown length, once)."""
        return self._breaker.reason() or self._rests.reason(self.name)

    def resting(self) -> str | None:
        """The same, for who does not mean to ask."""
        return self._breaker.reason() or self._rests.peek(self.name)

    async def call(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Await `ask`; where the provider wants a pause, everyone gets one. Raises ProviderError."""
        with self._breaker.trial() as trial:
            try:
                answer = await ask()
            except Busy:
                raise
            except ProviderError as error:
                if error.asked:
                    self._errors += 1
                    (trial.failed if isinstance(error, Unavailable) else trial.succeeded)()
                self._rests.after(self.name, error)
                await self._pause(error)
                raise
            trial.succeeded()
        self._rests.end(self.name)
        return answer

    async def _pause(self, error: ProviderError) -> None:
        """Through the limiter all processes learn of it, and those that start later."""
        if not error.asked:
            return
        if isinstance(error, RateLimited):
            await self.geocoder.pause(retry_after(error))
        elif isinstance(error, QuotaExceeded) and error.resets_at is not None:
            seconds = (error.resets_at - datetime.now(UTC)).total_seconds()
            await self.geocoder.pause(seconds, self._rests.peek(self.name) or "")

    async def state(self) -> ProviderState:
        """How it stands now."""
        return await in_chain(self.geocoder, self.resting(), self._errors, self._breaker.state)


def retry_after(error: RateLimited) -> float:
    """Seconds to wait."""
    return DEFAULT_RETRY_AFTER if error.retry_after is None else error.retry_after
