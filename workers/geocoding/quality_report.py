"""The quality report in the result of a geocoding job: accuracy, confidence, agreement, and use of the cache."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from app.domain.geocoding.places import GeocodedPlace
from app.domain.vocabulary.accuracy import Accuracy
from workers.geocoding.doubts import find_doubts
from workers.geocoding.items import GeocodeItem
from workers.geocoding.resolution import AnswerSource, Resolution

CONFIDENCE_BINS = 10
MAX_REASONS = 20
MAX_SAMPLES = 20
COMPARABLE = Accuracy.STREET
"""Only places at least this accurate are compared: the center of a city agrees with nothing."""
AGREEMENT_METRES = 100.0
AMBIGUITY_METRES = 1000.0
DISTANCE_METRES = (10, 30, 100, 300, 1_000, 3_000, 10_000)
"""Upper bounds of the bins for distances from known points; one more bin counts what is farther."""
COUNTERS = ("providers", "accuracies", "reasons", "sources", "errors", "doubts", "checks", "seconds_asked")


@dataclass
class QualityReport:
    """Counters of bounded size, stored in the job's checkpoint."""

    geocoded: int = 0
    unreadable: int = 0
    """Items whose address could not be looked up."""
    seconds: float = 0.0
    providers: Counter[str] = field(default_factory=Counter)
    accuracies: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    confidence: list[int] = field(default_factory=lambda: [0] * CONFIDENCE_BINS)
    distances: list[int] = field(default_factory=lambda: [0] * (len(DISTANCE_METRES) + 1))
    errors: Counter[str] = field(default_factory=Counter)
    """Expected errors, rounded to one digit, in metres."""
    doubts: Counter[str] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    """Second opinions by what came of them."""
    seconds_asked: Counter[str] = field(default_factory=Counter)
    """Second opinions by the geocoder."""
    compared: int = 0
    near: int = 0
    ambiguous: int = 0
    samples: list[str] = field(default_factory=list)
    """Ids of ambiguous items."""

    @classmethod
    def from_checkpoint(cls, state: dict[str, Any] | None) -> QualityReport:
        """Return the report that `to_checkpoint` stored, or an empty one."""
        if state is None:
            return cls()
        counters = {name: Counter[str](state.get(name, {})) for name in COUNTERS}
        return cls(**state | counters)

    def to_checkpoint(self) -> dict[str, Any]:
        return dict(vars(self))

    def add(self, item: GeocodeItem, resolution: Resolution, problem: str | None) -> None:
        """Count an item; `problem` says why it has no coordinates although its address has."""
        self.sources[resolution.source.value] += 1
        self.unreadable += item.problem is not None
        if problem is None:
            self.doubts.update(doubt.reason.value for doubt in find_doubts(resolution))
        if problem is not None or resolution.place is None:
            reason = problem or resolution.reason
            self.reasons[reason if reason in self.reasons or len(self.reasons) < MAX_REASONS else "other"] += 1
            return
        place = resolution.place
        self.geocoded += 1
        self.providers[place.provider] += 1
        self.accuracies[place.accuracy.value] += 1
        self.errors[_rounded(place.expected_error_metres)] += 1
        self._count_check(place, resolution)
        self.confidence[min(int(place.confidence * CONFIDENCE_BINS), CONFIDENCE_BINS - 1)] += 1
        if item.known_point is not None:
            self.distances[bisect_left(DISTANCE_METRES, place.metres_to(*item.known_point))] += 1
        self._compare(item, place, resolution.places)

    def _compare(self, item: GeocodeItem, chosen: GeocodedPlace, places: tuple[GeocodedPlace, ...]) -> None:
        """Count whether the places of the other providers agree with the chosen one."""
        if not chosen.accuracy.reaches(COMPARABLE):
            return
        others = [place for place in places if place.provider != chosen.provider and place.accuracy.reaches(COMPARABLE)]
        if not others:
            return
        farthest = max(chosen.metres_to(other.latitude, other.longitude) for other in others)
        self.compared += 1
        self.near += farthest <= AGREEMENT_METRES
        if farthest > AMBIGUITY_METRES:
            self.ambiguous += 1
            if len(self.samples) < MAX_SAMPLES:
                self.samples.append(str(item.id))

    def _count_check(self, chosen: GeocodedPlace, resolution: Resolution) -> None:
        if resolution.second is None:
            return
        self.checks["asked"] += 1
        self.seconds_asked[resolution.second] += 1
        second = next((place for place in resolution.places if place.provider == resolution.second), None)
        if second is None or not second.accuracy.reaches(COMPARABLE):
            return
        metres = chosen.metres_to(second.latitude, second.longitude)
        self.checks["compared"] += 1
        self.checks["near"] += metres <= AGREEMENT_METRES
        self.checks["far"] += metres > AMBIGUITY_METRES

    def most_frequent_reason(self) -> tuple[str, int]:
        """Return why most items without coordinates have none, and of how many it is the reason."""
        return max(self.reasons.items(), key=lambda entry: entry[1], default=("", 0))

    def to_result(self, items: int, cross_check: float = 0.0) -> dict[str, Any]:
        """Return the report's part of the job's result, for so many items."""
        hits, duplicates, misses = (
            self.sources[source.value] for source in (AnswerSource.CACHED, AnswerSource.SHARED, AnswerSource.ASKED)
        )
        looked_up = hits + duplicates + misses
        return {
            "geocoded": self.geocoded,
            "byProvider": self.providers,
            "byAccuracy": self.accuracies,
            "shares": self._shares(items),
            "expectedError": self._expected_error(),
            "failures": self.reasons,
            "confidence": self.confidence,
            "agreement": {
                "compared": self.compared,
                "within100m": self.near,
                "ambiguous": self.ambiguous,
                "ambiguousItems": self.samples,
            },
            "crossCheck": self._check_result(cross_check),
            "distance": self._distance_result(),
            "cache": {
                "hits": hits,
                "duplicates": duplicates,
                "misses": misses,
                "hitRate": round((hits + duplicates) / looked_up, 4) if looked_up else 0.0,
            },
            "seconds": round(self.seconds, 3),
        }

    def _shares(self, items: int) -> dict[str, float]:
        counts = {accuracy.value: self.accuracies[accuracy.value] for accuracy in Accuracy}
        counts["none"] = max(0, items - self.geocoded)
        return {name: round(100 * count / items, 1) for name, count in counts.items() if count} if items else {}

    def _expected_error(self) -> dict[str, float] | None:
        if not self.errors:
            return None
        ordered = sorted((float(metres), count) for metres, count in self.errors.items())
        totals = list(accumulate(count for _, count in ordered))
        median, p90 = (ordered[bisect_left(totals, totals[-1] * share)][0] for share in (0.5, 0.9))
        return {"medianMetres": median, "p90Metres": p90}

    def _check_result(self, share: float) -> dict[str, Any] | None:
        if not share:
            return None
        return {
            "share": share,
            "asked": self.checks["asked"],
            "compared": self.checks["compared"],
            "within100m": self.checks["near"],
            "beyond1km": self.checks["far"],
            "notFound": self.checks["asked"] - self.checks["compared"],
            "byProvider": self.seconds_asked,
        }

    def _distance_result(self) -> dict[str, Any] | None:
        """Return how many items lie within each distance of their known point; None without known points."""
        if not any(self.distances):
            return None
        within = dict(zip(DISTANCE_METRES, accumulate(self.distances), strict=False))
        return {"compared": sum(self.distances), "withinMetres": {str(limit): count for limit, count in within.items()}}


def _rounded(metres: float) -> str:
    """Return a number with one digit, so that there are few: 15 as 20, 320 as 300."""
    return f"{float(f'{metres:.0e}'):g}"
