"""The quality report in a geocoding job's result: by whom, how well, how sure, and how often nobody had to be asked."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from app.domain.geocoding.model import Place
from app.domain.vocabulary.accuracy import Accuracy
from workers.geocoding.decisions import Source, Verdict
from workers.geocoding.lookup_table import Item

BINS = 10
REASONS_KEPT = 20
SAMPLES_KEPT = 20
COMPARABLE = Accuracy.STREET
"""Only places that are of a street or finer are held against each other: a city's centre agrees with nothing."""
NEAR = 100.0
FAR = 1000.0
"""Metres."""
DISTANCES = (10, 30, 100, 300, 1_000, 3_000, 10_000)
"""Metres: upper bounds of how far from a known point an item was found; there is one more bin for what is farther."""


@dataclass
class Report:
    """Counters of bounded size, carried along in the checkpoint."""

    geocoded: int = 0
    seconds: float = 0.0
    providers: Counter[str] = field(default_factory=Counter)
    accuracies: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    confidence: list[int] = field(default_factory=lambda: [0] * BINS)
    distances: list[int] = field(default_factory=lambda: [0] * (len(DISTANCES) + 1))
    compared: int = 0
    near: int = 0
    ambiguous: int = 0
    samples: list[str] = field(default_factory=list)
    """Of items that are ambiguous."""

    @classmethod
    def of(cls, state: dict[str, Any]) -> Report:
        """From a checkpoint."""
        counters = {name: Counter[str](state[name]) for name in ("providers", "accuracies", "reasons", "sources")}
        return cls(**state | counters)

    def state(self) -> dict[str, Any]:
        return dict(vars(self))

    def count(self, item: Item, verdict: Verdict, problem: str | None) -> None:
        """Take one item over; `problem` is why it has no coordinates after all."""
        self.sources[verdict.source.value] += 1
        if problem is not None or verdict.place is None:
            reason = problem or verdict.reason
            self.reasons[reason if reason in self.reasons or len(self.reasons) < REASONS_KEPT else "other"] += 1
            return
        self.geocoded += 1
        self.providers[verdict.place.provider] += 1
        self.accuracies[verdict.place.accuracy.value] += 1
        self.confidence[min(int(verdict.place.confidence * BINS), BINS - 1)] += 1
        if item.known is not None:
            self.distances[bisect_left(DISTANCES, verdict.place.metres_to(*item.known))] += 1
        self._compare(item, verdict.place, verdict.places)

    def _compare(self, item: Item, chosen: Place, places: tuple[Place, ...]) -> None:
        if not chosen.accuracy.reaches(COMPARABLE):
            return
        others = [one for one in places if one.provider != chosen.provider and one.accuracy.reaches(COMPARABLE)]
        if not others:
            return
        farthest = max(chosen.metres_to(other.latitude, other.longitude) for other in others)
        self.compared += 1
        self.near += farthest <= NEAR
        if farthest > FAR:
            self.ambiguous += 1
            if len(self.samples) < SAMPLES_KEPT:
                self.samples.append(str(item.id))

    def result(self) -> dict[str, Any]:
        """What a job's result says, beside how many items there were."""
        hits, shared, misses = (self.sources[one.value] for one in (Source.KEPT, Source.SHARED, Source.ASKED))
        looked_up = hits + shared + misses
        return {
            "geocoded": self.geocoded,
            "byProvider": self.providers,
            "byAccuracy": self.accuracies,
            "failures": self.reasons,
            "confidence": self.confidence,
            "agreement": {
                "compared": self.compared,
                "within100m": self.near,
                "ambiguous": self.ambiguous,
                "ambiguousItems": self.samples,
            },
            "distance": self._distance(),
            "cache": {
                "hits": hits,
                "duplicates": shared,
                "misses": misses,
                "hitRate": round((hits + shared) / looked_up, 4) if looked_up else 0.0,
            },
            "seconds": round(self.seconds, 3),
        }

    def _distance(self) -> dict[str, Any] | None:
        """From known coordinates: how many items within so many metres; None where there were none to compare with."""
        if not any(self.distances):
            return None
        within = dict(zip(DISTANCES, accumulate(self.distances), strict=False))
        return {"compared": sum(self.distances), "withinMetres": {str(limit): count for limit, count in within.items()}}
