"""The confidence in a report, computed from its claims and sources; the report shows every factor.

    section = supported × quality × independence × freshness × method      0 if nothing was found
    report  = mean of the sections, by their weights

supported      claims that held / claims that were proposed
quality        mean over the claims, of the best source of each: registry and own site 1, news .8, places .7, others .6
independence   publishers cited: one .7, two .9, three and more 1
freshness      of the newest source of each claim: 1 when published today, half of what is above .5 lost in two years;
               .9 where no date of publication is known
method         1 for a model's sentences that held, .8 for sentences only quoted: they may be beside the point
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from app.domain.companies.research.claims import Claim
from app.domain.companies.research.extractive import EXTRACTIVE_MODEL
from app.domain.companies.research.sections import BY_KEY
from app.domain.companies.research.sources import Source, SourceKind

QUALITY = {
    SourceKind.REGISTRY: 1.0,
    SourceKind.WEBSITE: 1.0,
    SourceKind.NEWS: 0.8,
    SourceKind.PLACES: 0.7,
    SourceKind.WEB: 0.6,
}
INDEPENDENCE_BY_PUBLISHERS = (0.0, 0.7, 0.9, 1.0)
UNDATED_FRESHNESS, MIN_FRESHNESS, HALF_LIFE_DAYS = 0.9, 0.5, 730
EXTRACTIVE_METHOD = 0.8


@dataclass(frozen=True)
class Confidence:
    """The score of a section and its factors, each from 0 to 1."""

    supported: float
    quality: float
    independence: float
    freshness: float
    method: float
    score: float

    def to_json(self) -> dict[str, float]:
        """Return the values by name, rounded to three digits."""
        return {name: round(value, 3) for name, value in asdict(self).items()}


NOTHING = Confidence(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def of_section(
    claims: Sequence[Claim], proposed: int, sources: Mapping[str, Source], model: str, today: date
) -> Confidence:
    """Return the confidence in a section; `proposed` is the number of claims that were checked for it."""
    if not claims:
        return NOTHING
    cited = [[sources[source_id] for source_id in claim.sources] for claim in claims]
    supported = len(claims) / max(proposed, len(claims))
    quality = _mean([max(QUALITY[source.kind] for source in cited_sources) for cited_sources in cited])
    publishers = {source.publisher for cited_sources in cited for source in cited_sources}
    independence = INDEPENDENCE_BY_PUBLISHERS[min(len(publishers), 3)]
    freshness = _mean([max(_freshness(source, today) for source in cited_sources) for cited_sources in cited])
    method = EXTRACTIVE_METHOD if model == EXTRACTIVE_MODEL else 1.0
    return Confidence(
        supported, quality, independence, freshness, method, supported * quality * independence * freshness * method
    )


def of_report(scores: Mapping[str, float]) -> dict[str, Any]:
    """Return the confidence in a report as it shows it, with the score under `score`; `scores` are by section key."""
    weights = {key: BY_KEY[key].weight for key in scores}
    total = sum(weights.values())
    score = sum(weights[key] * value for key, value in scores.items()) / total if total else 0.0
    return {
        "score": round(score, 3),
        "formula": "mean of the sections by weight; each supported x quality x independence x freshness x method",
        "weights": weights,
    }


def _freshness(source: Source, today: date) -> float:
    if source.published_on is None:
        return UNDATED_FRESHNESS
    days = max(0, (today - source.published_on).days)
    return float(MIN_FRESHNESS + (1 - MIN_FRESHNESS) * 0.5 ** (days / HALF_LIFE_DAYS))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
