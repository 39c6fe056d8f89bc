"""Score a lead by named, weighted features, each with an explanation. Nothing in the score is learned or hidden.

    points of a feature = 100 × weight × value / Σ weight     values from 0 to 1; an unknown value counts 0 and says so
    score = Σ points

Each feature states the facts that it is computed from, with their sources and their age.

Signals of a kind add up by their strengths, each halved per half-life of its kind since the signal occurred or, if that
is not known, since it was detected: 1 − Π (1 − strength × 0.5^(age / half-life)).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

WEIGHTS: Mapping[str, float] = {
    "registered": 10, "age": 8, "size": 14, "reachable": 10, "reputation": 5, "researched": 5, "funding": 15,
    "hiring": 12, "expansion": 10, "leadership": 4, "technology": 4, "site_change": 3,
}  # fmt: skip
HALF_LIVES_DAYS: Mapping[str, float] = {
    "funding": 180, "hiring": 60, "expansion": 120, "leadership": 120, "technology": 90, "site_change": 30,
}  # fmt: skip
FULL_AGE_YEARS, FULL_STAFF = 10.0, 1000.0
"""From these on, age and size have the value 1."""
PRIOR_RATING, PRIOR_RATINGS = 3.0, 5
"""Ratings in the middle of the scale that are added to those of a company, because a few reviews say little."""
MAX_RATING = 5
CLIENT = "client"
"""The source of what the client gave."""
MAX_EVIDENCE, MAX_FACTS, MAX_VALUE_CHARACTERS = 5, 10, 120
REACHABLE = ("emails", "phones", "website")
MAX_AI_POINTS = 10.0
"""The most that a model's opinion may add or subtract: never decisive on its own."""


@dataclass(frozen=True)
class SeenSignal:
    """A stored signal, as scoring needs it."""

    kind: str
    title: str
    url: str
    strength: float
    on: date


@dataclass(frozen=True)
class Facts:
    """Known facts about a company: values by field, signals, and the confidence of its newest report."""

    fields: Mapping[str, Any]
    sources: Mapping[str, str] = field(default_factory=dict)
    """Where each field is from: a URL or the name of a source."""
    signals: Sequence[SeenSignal] = ()
    report_confidence: float | None = None
    dates: Mapping[str, date] = field(default_factory=dict)
    """When each field was read, or given by the client."""
    reported_on: date | None = None


@dataclass(frozen=True)
class UsedFact:
    """A fact that a feature is computed from."""

    name: str
    """The name of the field, or the kind of the signal."""
    value: str
    source: str | None
    """A URL, or the name of a source; `client` for what the client gave."""
    on: date | None
    """When it was read, or when the signal occurred."""

    def to_json(self, today: date) -> dict[str, Any]:
        """Return the fact with its age in days."""
        age_days = None if self.on is None else max(0, (today - self.on).days)
        return {"name": self.name, "value": self.value, "source": self.source, "on": self.on, "age_days": age_days}


@dataclass(frozen=True)
class ScoreFeature:
    """A named part of a score."""

    name: str
    weight: float
    value: float | None
    """0 to 1; None if not known."""
    why: str
    facts: tuple[UsedFact, ...] = ()

    def to_json(self, total_weight: float, today: date) -> dict[str, Any]:
        """Return the feature with its points out of 100; `total_weight` is the sum of all weights."""
        sources = dict.fromkeys(fact.source for fact in self.facts if fact.source)
        return {
            "name": self.name,
            "weight": self.weight,
            "value": None if self.value is None else round(self.value, 3),
            "points": round(100 * self.weight * (self.value or 0.0) / total_weight, 2) if total_weight else 0.0,
            "why": self.why,
            "evidence": list(sources)[:MAX_EVIDENCE],
            "facts": [fact.to_json(today) for fact in self.facts[:MAX_FACTS]],
        }


@dataclass(frozen=True)
class Score:
    """A score with the features that it is computed from."""

    score: float
    """0 to 100: the sum of the points of the features."""
    completeness: float
    """Share of the weights whose features are known, 0 to 1."""
    features: tuple[dict[str, Any], ...]


class UnknownFeature(ValueError):
    """A weight or half-life for a name that is not a feature."""


def check_weights(weights: Mapping[str, float], half_lives: Mapping[str, float]) -> None:
    """Raises UnknownFeature for unknown names, and ValueError for weights or half-lives (in days) out of range."""
    for name in weights:
        if name not in WEIGHTS:
            raise UnknownFeature(f"unknown feature {name!r}; expected one of {', '.join(WEIGHTS)}")
    for name in half_lives:
        if name not in HALF_LIVES_DAYS:
            raise UnknownFeature(f"unknown kind of signal {name!r}; expected one of {', '.join(HALF_LIVES_DAYS)}")
    if any(weight < 0 for weight in weights.values()) or any(days <= 0 for days in half_lives.values()):
        raise ValueError("weights must not be negative, and half-lives must be positive")


def score(
    facts: Facts,
    today: date,
    weights: Mapping[str, float] = WEIGHTS,
    half_lives: Mapping[str, float] = HALF_LIVES_DAYS,
) -> Score:
    """Score a company; missing weights and half-lives (in days) have their defaults."""
    weights, half_lives = {**WEIGHTS, **weights}, {**HALF_LIVES_DAYS, **half_lives}
    features = [
        ScoreFeature(name, weights[name], *rating)
        for name, rating in (
            ("registered", _registered(facts)),
            ("age", _age(facts, today)),
            ("size", _size(facts)),
            ("reachable", _reachable(facts)),
            ("reputation", _reputation(facts)),
            ("researched", _researched(facts)),
            *((kind, _signals(facts, kind, today, half_lives[kind])) for kind in HALF_LIVES_DAYS),
        )
    ]
    total = sum(feature.weight for feature in features)
    known = sum(feature.weight for feature in features if feature.value is not None)
    parts = tuple(feature.to_json(total, today) for feature in features)
    return Score(
        min(100.0, round(sum(part["points"] for part in parts), 2)), round(known / total, 3) if total else 0.0, parts
    )


Rating = tuple[float | None, str, tuple[UsedFact, ...]]
"""The value, the explanation and the facts of a feature."""


def _registered(facts: Facts) -> Rating:
    status = facts.fields.get("registry_status")
    if not isinstance(status, str):
        return None, "not looked up in a register", ()
    return (1.0 if status == "active" else 0.0), f"status in the register: {status}", _used(facts, "registry_status")


def _age(facts: Facts, today: date) -> Rating:
    name = "incorporated_on" if facts.fields.get("incorporated_on") else "founded"
    founded = _day(facts.fields.get(name))
    if founded is None:
        return None, "date of foundation not known", ()
    years = max(0.0, (today - founded).days / 365.25)
    return (
        min(1.0, years / FULL_AGE_YEARS),
        f"{years:.1f} years old; full points from {FULL_AGE_YEARS:g} years",
        _used(facts, name),
    )


def _size(facts: Facts) -> Rating:
    staff = _number(facts.fields.get("employees"))
    if staff is None or staff < 0:
        return None, "number of employees not known", ()
    value = min(1.0, math.log10(1 + staff) / math.log10(1 + FULL_STAFF))
    return (
        value,
        f"{staff:,.0f} employees; full points from {FULL_STAFF:,.0f}, on a logarithmic scale",
        _used(facts, "employees"),
    )


def _reachable(facts: Facts) -> Rating:
    ways = [name for name in REACHABLE if facts.fields.get(name)]
    if not ways:
        return None, "no website, e-mail address or telephone number known", ()
    return (
        len(ways) / len(REACHABLE),
        f"known: {', '.join(ways)}",
        _used(facts, *ways),
    )


def _reputation(facts: Facts) -> Rating:
    rating, ratings = _number(facts.fields.get("rating")), _number(facts.fields.get("ratings"))
    if rating is None or not ratings:
        return None, "no reviews known", ()
    value = (rating * ratings + PRIOR_RATING * PRIOR_RATINGS) / (ratings + PRIOR_RATINGS) / MAX_RATING
    return min(1.0, value), f"{rating:g} of {MAX_RATING} in {ratings:g} reviews", _used(facts, "rating", "ratings")


def _researched(facts: Facts) -> Rating:
    confidence = facts.report_confidence
    if confidence is None:
        return None, "no report yet", ()
    used = UsedFact("report_confidence", f"{confidence:.2f}", None, facts.reported_on)
    return confidence, f"a report with a confidence of {confidence:.2f}", (used,)


def _signals(facts: Facts, kind: str, today: date, half_life: float) -> Rating:
    seen = [signal for signal in facts.signals if signal.kind == kind]
    if not seen:
        return None, "no such signal", ()
    missing = 1.0
    for signal in seen:
        days = max(0, (today - signal.on).days)
        missing *= 1 - min(1.0, signal.strength) * 0.5 ** (days / half_life)
    newest = max(seen, key=lambda signal: signal.on)
    why = f"{len(seen)} detected, the newest on {newest.on}: {newest.title}; halved every {half_life:g} days"
    newest_first = sorted(seen, key=lambda signal: signal.on, reverse=True)
    return 1 - missing, why, tuple(UsedFact(kind, signal.title, signal.url, signal.on) for signal in newest_first)


def _used(facts: Facts, *names: str) -> tuple[UsedFact, ...]:
    """Return those of the fields that are known, as facts that a feature is computed from."""
    return tuple(
        UsedFact(name, _shown(facts.fields[name]), facts.sources.get(name), facts.dates.get(name))
        for name in names
        if facts.fields.get(name)
    )


def _shown(value: Any) -> str:
    """Return a value as text of limited length."""
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= MAX_VALUE_CHARACTERS else f"{text[: MAX_VALUE_CHARACTERS - 1]}…"


_AMOUNT = re.compile(
    r"(\d{1,3}(?:[ '\u00a0\u202f]\d{3})+(?!\d)|\d+(?:[.,]\d+)*)(?:\s?[-–]\s?\d{1,9})?\s{0,3}"
    r"(k|tsd\.?|thousand|mio\.?|mn|million)?(?![^\W\d_])",
    re.IGNORECASE,
)
_SCALES = {"k": 1e3, "tsd": 1e3, "thousand": 1e3, "mio": 1e6, "mn": 1e6, "million": 1e6}


def _number(value: Any) -> float | None:
    """Return a number, or the first one in a text such as "51-200", "about 1,200" or "10 k"."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value)
    match = _AMOUNT.search(str(value)[:1_000])
    if match is None:
        return None
    text = re.sub(r"[.,](?=\d{3}(?:\D|$))|[\s']", "", match[1]).replace(",", ".")
    scale = _SCALES.get((match[2] or "").lower().rstrip("."), 1.0)
    try:
        return float(text) * scale
    except ValueError:
        return None


def _day(value: Any) -> date | None:
    text = str(value or "").strip()
    if re.fullmatch(r"(?:19|20)\d\d", text):
        text += "-07-01"
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
