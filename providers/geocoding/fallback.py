"""Asking geocoders in order until one knows the address finely enough.

A 200 is often a miss: a misspelt street comes back as the centre of its city. So the chain goes on after an error,
after a miss, and after an answer that is coarser than what was asked, of which it keeps the best as a last resort.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from providers.errors import BadRequest, Misconfigured, ProviderError, QuotaExceeded, RateLimited, Unavailable
from providers.geocoding.base import Accuracy, Geocoder, Location, Query
from providers.geocoding.rest import Rests
from providers.rate_limit import MAX_PENALTY_WAIT

#: How often one provider is asked again for one address after it said that it was asked too fast.
MAX_RATE_RETRIES = 2
#: Seconds to wait where it does not say how long.
DEFAULT_RETRY_AFTER = 1.0


class Outcome(StrEnum):
    """What came of asking one provider."""

    FOUND = "found"
    COARSE = "coarse"
    NO_MATCH = "no_match"
    RATE_LIMITED = "rate_limited"
    QUOTA_EXCEEDED = "quota_exceeded"
    UNAVAILABLE = "unavailable"
    BAD_REQUEST = "bad_request"
    MISCONFIGURED = "misconfigured"
    RESTING = "resting"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One provider asked, or passed over. `detail` is for people."""

    provider: str
    outcome: Outcome
    detail: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The best location found, None where nobody knew any, and what each provider said, in order."""

    location: Location | None
    attempts: tuple[Attempt, ...]

    def reason(self) -> str:
        """What each provider said, as one line for an error log."""
        if not self.attempts:
            return "no geocoder is configured"
        return "; ".join(f"{attempt.provider}: {attempt.detail}" for attempt in self.attempts)


_OUTCOMES = MappingProxyType(
    {
        RateLimited: Outcome.RATE_LIMITED,
        QuotaExceeded: Outcome.QUOTA_EXCEEDED,
        Unavailable: Outcome.UNAVAILABLE,
        BadRequest: Outcome.BAD_REQUEST,
        Misconfigured: Outcome.MISCONFIGURED,
    }
)


class GeocoderChain:
    """Geocoders in the order in which they are asked; `left_out` says why others that were named are not among them."""

    def __init__(self, geocoders: Sequence[Geocoder], left_out: dict[str, str] | None = None) -> None:
        self.geocoders = tuple(geocoders)
        self.left_out = left_out or {}
        self._rests = Rests()

    async def geocode(
        self,
        query: Query,
        provider_id: str | None = None,
        use_fallback: bool = True,
        timeout: float = 5.0,
        min_accuracy: Accuracy | None = None,
    ) -> Answer:
        """Look `query` up; `timeout` is in seconds for each request.

        `provider_id` is asked first, and alone without `use_fallback`; ValueError where there is no such provider.
        `min_accuracy` is what ends the search, by default what `query` allows: of a street no more than a street.
        """
        enough = min_accuracy or (Accuracy.STREET if query.street else Accuracy.REGION)
        best: Location | None = None
        attempts: list[Attempt] = []
        for geocoder in self._order(provider_id, use_fallback):
            attempt, location = await self._ask(geocoder, query, timeout, enough)
            attempts.append(attempt)
            if location is not None and (best is None or _better(location, best)):
                best = location
            if attempt.outcome is Outcome.FOUND:
                break
        return Answer(best, tuple(attempts))

    def _order(self, provider_id: str | None, use_fallback: bool) -> list[Geocoder]:
        if provider_id is None:
            return list(self.geocoders) if use_fallback else list(self.geocoders[:1])
        first = [geocoder for geocoder in self.geocoders if geocoder.name == provider_id]
        if not first:
            known = ", ".join(geocoder.name for geocoder in self.geocoders) or "none"
            why = f" ({self.left_out[provider_id]})" if provider_id in self.left_out else ""
            raise ValueError(f"geocoder {provider_id!r} is not available{why}; available: {known}")
        others = [geocoder for geocoder in self.geocoders if geocoder.name != provider_id]
        return first + others if use_fallback else first

    async def _ask(
        self, geocoder: Geocoder, query: Query, budget: float, enough: Accuracy
    ) -> tuple[Attempt, Location | None]:
        name = geocoder.name
        if resting := self._rests.reason(name):
            return Attempt(name, Outcome.RESTING, resting), None
        try:
            location = await self._patiently(geocoder, query, budget)
        except ProviderError as error:
            self._rests.after(name, error)
            return Attempt(name, _OUTCOMES[type(error)], str(error)), None
        self._rests.end(name)
        if location is None:
            return Attempt(name, Outcome.NO_MATCH, "no match"), None
        if location.accuracy.reaches(enough):
            return Attempt(name, Outcome.FOUND, f"found ({location.accuracy})"), location
        return Attempt(name, Outcome.COARSE, f"only a {location.accuracy} found"), location

    async def _patiently(self, geocoder: Geocoder, query: Query, budget: float) -> Location | None:
        """Ask; where the provider was asked too fast, hold everyone back for as long as it wants, and ask again."""
        for retries_left in reversed(range(MAX_RATE_RETRIES + 1)):
            try:
                return await geocoder.geocode(query, budget)
            except RateLimited as error:
                wait = DEFAULT_RETRY_AFTER if error.retry_after is None else error.retry_after
                await geocoder.pause(wait)
                if wait > MAX_PENALTY_WAIT or not retries_left:
                    raise
        raise AssertionError("the loop ends by returning or raising")


def _better(one: Location, other: Location) -> bool:
    return (one.accuracy.rank, -one.confidence) < (other.accuracy.rank, -other.confidence)
