"""What came of looking an address up: the best location, and what each provider said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from app.domain.vocabulary.accuracy import Accuracy
from providers.errors import BadRequest, Misconfigured, ProviderError, QuotaExceeded, RateLimited, Unavailable
from providers.geocoding.base import Location, Query


class Outcome(StrEnum):
    """What came of asking one provider."""

    FOUND = "found"
    COARSE = "coarse"
    CONTRADICTORY = "contradictory"
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
    """The best location found, None where nobody knew any, what each provider said, in order, and what each found.

    `locations` are all that were found, the best one among them, in the order of the attempts.
    """

    location: Location | None
    attempts: tuple[Attempt, ...]
    locations: tuple[Location, ...] = ()

    def reason(self) -> str:
        """What each provider said, as one line for an error log."""
        if not self.attempts:
            return "no geocoder is configured"
        return "; ".join(f"{attempt.provider}: {attempt.detail}" for attempt in self.attempts)


_OUTCOMES: Mapping[type[ProviderError], Outcome] = MappingProxyType(
    {
        RateLimited: Outcome.RATE_LIMITED,
        QuotaExceeded: Outcome.QUOTA_EXCEEDED,
        Unavailable: Outcome.UNAVAILABLE,
        BadRequest: Outcome.BAD_REQUEST,
        Misconfigured: Outcome.MISCONFIGURED,
    }
)


class Search:
    """One query on its way along the chain: `enough` is the accuracy that ends it, `ended` that it was met."""

    def __init__(self, query: Query, min_accuracy: Accuracy | None) -> None:
        self.query = query
        self.enough = min_accuracy or (Accuracy.STREET if query.street else Accuracy.REGION)
        self.ended = False
        self.refusals = Counter[str]()  # how often each provider said that it was asked too fast
        self._attempts: list[Attempt] = []
        self._locations: list[Location] = []

    def heard(self, provider: str, reply: Location | None | ProviderError) -> None:
        """Take over what `provider` said."""
        if isinstance(reply, ProviderError):
            self._note(provider, _OUTCOMES[type(reply)], str(reply))
        elif reply is None:
            self._note(provider, Outcome.NO_MATCH, "no match")
        else:
            self._locations.append(reply)
            if not reply.accuracy.reaches(self.enough):
                self._note(provider, Outcome.COARSE, f"only a {reply.accuracy} found")
            elif reply.contradicts:
                others = " and ".join(part.replace("_", " ") for part in reply.contradicts)
                self._note(provider, Outcome.CONTRADICTORY, f"found another {others}")
            else:
                self._note(provider, Outcome.FOUND, f"found ({reply.accuracy})")
                self.ended = True

    def passed_over(self, provider: str, reason: str) -> None:
        """`provider` is not asked now."""
        self._note(provider, Outcome.RESTING, reason)

    def answer(self) -> Answer:
        """What is known so far."""
        # What ended the search comes first, whatever a contradictory answer before it was worth.
        best = self._locations[-1] if self.ended else min(self._locations, key=_worth, default=None)
        return Answer(best, tuple(self._attempts), tuple(self._locations))

    def _note(self, provider: str, outcome: Outcome, detail: str) -> None:
        self._attempts.append(Attempt(provider, outcome, detail))


def _worth(location: Location) -> tuple[bool, float, int]:
    """Less is better. Another state is no last resort while there is any other; else the confidence decides."""
    return "state" in location.contradicts, -location.confidence, location.accuracy.rank
