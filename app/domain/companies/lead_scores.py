"""Scoring a lead: named features with weights, explained one by one; nothing in it is learnt or hidden.

    score = 100 × Σ weight × value / Σ weight          values from 0 to 1; what is not known counts 0 and says so

Values of signals add up by how strong they are, each halving with its kind's half-life since it was noticed or, where
that is known, since it happened: 1 − Π (1 − strength × 0.5^(age / half-life)).
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
HALF_LIVES: Mapping[str, float] = {
    "funding": 180, "hiring": 60, "expansion": 120, "leadership": 120, "technology": 90, "site_change": 30,
}  # fmt: skip
"""Days."""
OLD_YEARS, LARGE_STAFF = 10.0, 1000.0
REACHABLE = ("emails", "phones", "website")
AI_MOST_POINTS = 10.0
"""What a model's opinion may add or take away at most: never decisive alone."""


@dataclass(frozen=True)
class SeenSignal:
    kind: str
    title: str
    url: str
    strength: float
    on: date


@dataclass(frozen=True)
class Facts:
    """What is known of a company: values by field with their source, its signals, its newest report's confidence."""

    fields: Mapping[str, Any]
    sources: Mapping[str, str] = field(default_factory=dict)
    """Whose word each field is."""
    signals: Sequence[SeenSignal] = ()
    report_confidence: float | None = None


@dataclass(frozen=True)
class Feature:
    name: str
    weight: float
    value: float | None
    """None: not known."""
    why: str
    evidence: tuple[str, ...] = ()

    def shown(self, total: float) -> dict[str, Any]:
        return {
            "name": self.name,
            "weight": self.weight,
            "value": None if self.value is None else round(self.value, 3),
            "points": round(100 * self.weight * (self.value or 0.0) / total, 2) if total else 0.0,
            "why": self.why,
            "evidence": list(self.evidence),
        }


@dataclass(frozen=True)
class Score:
    score: float
    completeness: float
    """Share of the weights whose features are known."""
    features: tuple[dict[str, Any], ...]


class UnknownFeature(ValueError):
    pass


def check_weights(weights: Mapping[str, float], half_lives: Mapping[str, float]) -> None:
    """Raises UnknownFeature for names that are none, and ValueError for values that cannot be."""
    for name in weights:
        if name not in WEIGHTS:
            raise UnknownFeature(f"there is no feature {name!r}; there are {', '.join(WEIGHTS)}")
    for name in half_lives:
        if name not in HALF_LIVES:
            raise UnknownFeature(f"there is no signal {name!r}; there are {', '.join(HALF_LIVES)}")
    if any(weight < 0 for weight in weights.values()) or any(days <= 0 for days in half_lives.values()):
        raise ValueError("weights must not be negative, and half-lives must be positive")


def score(
    facts: Facts, today: date, weights: Mapping[str, float] = WEIGHTS, half_lives: Mapping[str, float] = HALF_LIVES
) -> Score:
    weights, half_lives = {**WEIGHTS, **weights}, {**HALF_LIVES, **half_lives}
    features = [
        Feature(name, weights[name], *found)
        for name, found in (
            ("registered", _registered(facts)),
            ("age", _age(facts, today)),
            ("size", _size(facts)),
            ("reachable", _reachable(facts)),
            ("reputation", _reputation(facts)),
            ("researched", _researched(facts)),
            *((kind, _signals(facts, kind, today, half_lives[kind])) for kind in HALF_LIVES),
        )
    ]
    total = sum(one.weight for one in features)
    points = sum(one.weight * (one.value or 0.0) for one in features)
    known = sum(one.weight for one in features if one.value is not None)
    return Score(
        round(100 * points / total, 2) if total else 0.0,
        round(known / total, 3) if total else 0.0,
        tuple(one.shown(total) for one in features),
    )


Found = tuple[float | None, str, tuple[str, ...]]


def _registered(facts: Facts) -> Found:
    status = facts.fields.get("registry_status")
    if not isinstance(status, str):
        return None, "not looked up in a register", ()
    return (1.0 if status == "active" else 0.0), f"the register says: {status}", _source(facts, "registry_status")


def _age(facts: Facts, today: date) -> Found:
    founded = _day(facts.fields.get("incorporated_on") or facts.fields.get("founded"))
    if founded is None:
        return None, "date of foundation not known", ()
    years = max(0.0, (today - founded).days / 365.25)
    return min(1.0, years / OLD_YEARS), f"{years:.1f} years old; {OLD_YEARS:g} count fully", _source(facts, "founded")


def _size(facts: Facts) -> Found:
    staff = _number(facts.fields.get("employees"))
    if staff is None or staff < 0:
        return None, "number of employees not known", ()
    value = min(1.0, math.log10(1 + staff) / math.log10(1 + LARGE_STAFF))
    return (
        value,
        f"{staff:,.0f} employees; {LARGE_STAFF:,.0f} count fully, by their logarithm",
        _source(facts, "employees"),
    )


def _reachable(facts: Facts) -> Found:
    ways = [name for name in REACHABLE if facts.fields.get(name)]
    if not ways:
        return None, "no website, e-mail address or telephone number known", ()
    return (
        len(ways) / len(REACHABLE),
        f"known: {', '.join(ways)}",
        tuple(s for way in ways for s in _source(facts, way)),
    )


def _reputation(facts: Facts) -> Found:
    rating, ratings = _number(facts.fields.get("rating")), _number(facts.fields.get("ratings"))
    if rating is None or not ratings:
        return None, "no reviews known", ()
    # few reviews say little: five of them are added at the middle of the scale
    value = (rating * ratings + 3.0 * 5) / (ratings + 5) / 5
    return min(1.0, value), f"{rating:g} of 5 in {ratings:g} reviews", _source(facts, "rating")


def _researched(facts: Facts) -> Found:
    confidence = facts.report_confidence
    if confidence is None:
        return None, "no report yet", ()
    return confidence, f"a report with a confidence of {confidence:.2f}", ()


def _signals(facts: Facts, kind: str, today: date, half_life: float) -> Found:
    seen = [one for one in facts.signals if one.kind == kind]
    if not seen:
        return None, "no such signal", ()
    missing = 1.0
    for one in seen:
        days = max(0, (today - one.on).days)
        missing *= 1 - min(1.0, one.strength) * 0.5 ** (days / half_life)
    newest = max(seen, key=lambda one: one.on)
    why = f"{len(seen)} noticed, the newest on {newest.on}: {newest.title}; half after {half_life:g} days"
    return 1 - missing, why, tuple(dict.fromkeys(one.url for one in seen))[:5]


def _source(facts: Facts, name: str) -> tuple[str, ...]:
    return (facts.sources[name],) if name in facts.sources else ()


def _number(value: Any) -> float | None:
    """A number, or the first one in a text such as "51-200" or "about 1,200"."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value)
    match = re.search(r"\d+(?:[.,]\d+)*", str(value))
    if match is None:
        return None
    text = match[0]
    return float(re.sub(r"[.,](?=\d{3}(?:\D|$))", "", text).replace(",", "."))


def _day(value: Any) -> date | None:
    text = str(value or "").strip()
    if re.fullmatch(r"(?:19|20)\d\d", text):
        text += "-07-01"
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
