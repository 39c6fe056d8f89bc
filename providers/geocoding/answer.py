"""The result of looking an address up: the best location, and one attempt per provider."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from app.domain.vocabulary.accuracy import Accuracy
from app.domain.vocabulary.evidence import PossiblePlace
from providers.errors import (
    Ambiguous,
    BadRequest,
    Misconfigured,
    ProviderError,
    QuotaExceeded,
    RateLimited,
    Unavailable,
)
from providers.geocoding.base import Location, Query


class AttemptOutcome(StrEnum):
    """Result of asking one provider."""

    FOUND = "found"
    COARSE = "coarse"
    CONTRADICTORY = "contradictory"
    AMBIGUOUS = "ambiguous"
    NO_MATCH = "no_match"
    RATE_LIMITED = "rate_limited"
    QUOTA_EXCEEDED = "quota_exceeded"
    UNAVAILABLE = "unavailable"
    BAD_REQUEST = "bad_request"
    MISCONFIGURED = "misconfigured"
    RESTING = "resting"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One provider that was asked or skipped. `detail` is a readable explanation."""

    provider: str
    outcome: AttemptOutcome
    detail: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The best location (None if no provider knew one), the attempts in order, and every location found.

    `locations` includes the best one and is in the order of the attempts. `candidates` are addresses of which a
    provider could not choose one.
    """

    location: Location | None
    attempts: tuple[Attempt, ...]
    locations: tuple[Location, ...] = ()
    candidates: tuple[PossiblePlace, ...] = ()

    def reason(self) -> str:
        """Results of all providers as one line for an error log."""
        if not self.attempts:
            return "no geocoder is configured"
        return "; ".join(f"{attempt.provider}: {attempt.detail}" for attempt in self.attempts)


_OUTCOMES: Mapping[type[ProviderError], AttemptOutcome] = MappingProxyType(
    {
        RateLimited: AttemptOutcome.RATE_LIMITED,
        QuotaExceeded: AttemptOutcome.QUOTA_EXCEEDED,
        Ambiguous: AttemptOutcome.AMBIGUOUS,
        Unavailable: AttemptOutcome.UNAVAILABLE,
        BadRequest: AttemptOutcome.BAD_REQUEST,
        Misconfigured: AttemptOutcome.MISCONFIGURED,
    }
)


class Search:
    """The search for one query. `enough` is the accuracy that ends it, `ended` is set when that was reached."""

    def __init__(self, query: Query, min_accuracy: Accuracy | None) -> None:
        self.query = query
        self.enough = min_accuracy or (Accuracy.STREET if query.street else Accuracy.REGION)
        self.ended = False
        self.refusals = Counter[str]()  # how often each provider answered that the rate limit was exceeded
        self._attempts: list[Attempt] = []
        self._locations: list[Location] = []
        self._candidates: tuple[PossiblePlace, ...] = ()

    def record(self, provider: str, reply: Location | None | ProviderError) -> None:
        """Record the reply of `provider`."""
        if isinstance(reply, Ambiguous):
            self._candidates += reply.candidates
        if isinstance(reply, ProviderError):
            self._note(provider, _OUTCOMES[type(reply)], str(reply))
        elif reply is None:
            self._note(provider, AttemptOutcome.NO_MATCH, "no match")
        else:
            self._locations.append(reply)
            if not reply.accuracy.reaches(self.enough):
                self._note(provider, AttemptOutcome.COARSE, f"only a {reply.accuracy} found")
            elif reply.contradicts:
                others = " and ".join(part.replace("_", " ") for part in reply.contradicts)
                self._note(provider, AttemptOutcome.CONTRADICTORY, f"found another {others}")
            else:
                self._note(provider, AttemptOutcome.FOUND, f"found ({reply.accuracy})")
                self.ended = True

    def skip(self, provider: str, reason: str) -> None:
        """Record that `provider` is not asked now."""
        self._note(provider, AttemptOutcome.RESTING, reason)

    def answer(self) -> Answer:
        """Return the best answer found so far."""
        # The answer that ended the search wins over earlier ones that contradict the query.
        best = self._locations[-1] if self.ended else min(self._locations, key=_worth, default=None)
        return Answer(best, tuple(self._attempts), tuple(self._locations), self._candidates)

    def _note(self, provider: str, outcome: AttemptOutcome, detail: str) -> None:
        self._attempts.append(Attempt(provider, outcome, detail))


def _worth(location: Location) -> tuple[bool, float, int]:
    """Sort key, lowest first: another state or country comes last, otherwise the highest confidence wins."""
    return not {"state", "country"}.isdisjoint(location.contradicts), -location.confidence, location.accuracy.rank
