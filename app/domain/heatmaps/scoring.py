"""The grocery score of a point: 0 (nothing within reach on foot or by bicycle) to 100, absolute and comparable.

    f(d) = 1                                                  up to FULL_KM
           (2^(-(d - FULL_KM) / HALF_KM) - e) / (1 - e)       up to CUTOFF_KM, where e makes it end at 0
           0                                                  beyond
    A_c  = w_c · Σ_r f(d_c,r) / 2^r                           r = 0 … RANKS - 1 over the nearest places of category c
    D    = DIVERSITY · (Σ_c f(d_c,0) - max_c f(d_c,0))        for each further category within reach
    S    = Σ_c A_c + D
    score = 100 · (1 - exp(-S / SATURATION)), rounded

d is in km as the crow flies. It is never scaled to the lowest and highest value of a run, so scores of two regions, and
of two days, compare. One supermarket at the door makes 63, three of them 83, one at 1 km 39, one convenience store 22.

The shape follows Walk Score (walkscore.com/methodology.shtml): full points within a quarter of a mile, a decay with
distance, categories with weights and diminishing returns for each further place. That convenience stores count little
is its rule, too. The constants are ours, and travel with every computed region: METHOD changes when any of them does.

Distances are those of `app.domain.vocabulary.distance.equirectangular_km`.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

from app.domain.vocabulary.distance import equirectangular_km

METHOD = "grocery-1"
WEIGHTS = MappingProxyType(
    {"supermarket": 1.0, "marketplace": 0.8, "bakery": 0.5, "butcher": 0.5, "deli": 0.5, "convenience": 0.25}
)
"""By category, as `app.domain.imports.pois` names them: grocers, greengrocers and wholesale are supermarkets there."""
FULL_KM = 0.4
HALF_KM = 0.6
CUTOFF_KM = 5.0
RANKS = 5
DIVERSITY = 0.1
SATURATION = 1.0

END = math.exp2((FULL_KM - CUTOFF_KM) / HALF_KM)
"""e in the formula."""


def constants() -> dict[str, object]:
    """What the score was computed with, as JSON."""
    return {
        "weights": dict(WEIGHTS),
        "fullKm": FULL_KM,
        "halfKm": HALF_KM,
        "cutoffKm": CUTOFF_KM,
        "ranks": RANKS,
        "diversity": DIVERSITY,
        "saturation": SATURATION,
    }


@dataclass(frozen=True, slots=True)
class Poi:
    """A place that counts; degrees."""

    category: str
    latitude: float
    longitude: float
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Driver:
    """What one place adds to S; `decay` is f(d), `rank` 0 for the nearest of its category."""

    poi: Poi
    km: float
    rank: int
    decay: float
    contribution: float


@dataclass(frozen=True, slots=True)
class Assessment:
    """`drivers` from the strongest to the weakest, and the diversity term D."""

    score: int
    drivers: tuple[Driver, ...]
    diversity: float


def decay(km: float) -> float:
    """f(d)."""
    if km > CUTOFF_KM:
        return 0.0
    return min(1.0, (math.exp2((FULL_KM - km) / HALF_KM) - END) / (1 - END))


def assess(latitude: float, longitude: float, pois: Iterable[Poi]) -> Assessment:
    """The score of a point and what makes it; `pois` are all within the cut-off, others do no harm."""
    by_category: defaultdict[str, list[tuple[float, Poi]]] = defaultdict(list)
    for poi in pois:
        km = equirectangular_km(latitude, longitude, poi.latitude, poi.longitude)
        if poi.category in WEIGHTS and km <= CUTOFF_KM:
            by_category[poi.category].append((km, poi))
    drivers: list[Driver] = []
    for category, found in by_category.items():
        found.sort(key=lambda one: one[0])
        for rank, (km, poi) in enumerate(found[:RANKS]):
            drivers.append(Driver(poi, km, rank, decay(km), WEIGHTS[category] * decay(km) / 2**rank))
    nearest = [driver.decay for driver in drivers if driver.rank == 0]
    diversity = DIVERSITY * (sum(nearest) - max(nearest, default=0.0))
    drivers.sort(key=lambda driver: -driver.contribution)
    total = math.fsum(driver.contribution for driver in drivers) + diversity
    return Assessment(round(100 * (1 - math.exp(-total / SATURATION))), tuple(drivers), diversity)
