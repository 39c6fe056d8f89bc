"""The grocery score of a point: 0 (nothing within reach on foot or by bicycle) to 100, absolute and comparable.

    f(d) = 1                                                  up to FULL_KM
           (2^(-(d - FULL_KM) / HALF_KM) - e) / (1 - e)       up to CUTOFF_KM; e makes it reach 0 there
           0                                                  beyond
    A_c  = w_c · Σ_r f(d_c,r) / 2^r                           r = 0 … RANKS - 1 over the nearest places of category c
    D    = DIVERSITY · (Σ_c f(d_c,0) - max_c f(d_c,0))        D adds a bonus for each further category
    S    = Σ_c A_c + D
    score = 100 · (1 - exp(-S / SATURATION)), rounded

d is the distance in km as the crow flies. Scores are never scaled to the lowest and highest value of a run, so they can
be compared between regions and between days. One supermarket at the door scores 63, three of them 83, one at a distance
of 1 km 39, and one convenience store at the door 22.

The shape follows Walk Score (walkscore.com/methodology.shtml): full points within a quarter of a mile, a decay with
distance, and weighted categories in which each further place counts less. Giving convenience stores little weight is
also its rule. The constants are ours and are stored with every computed region; METHOD changes when any of them does.

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
"""By category, as named by `app.domain.imports.pois`, which counts grocers and wholesale as supermarkets."""
FULL_KM = 0.4
HALF_KM = 0.6
CUTOFF_KM = 5.0
RANKS = 5
DIVERSITY = 0.1
SATURATION = 1.0

DECAY_AT_CUTOFF = math.exp2((FULL_KM - CUTOFF_KM) / HALF_KM)
"""e in the formula."""


def constants() -> dict[str, object]:
    """Return the constants of the formula, by their JSON names."""
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
    """A point of interest that counts towards the score; coordinates in degrees."""

    category: str
    latitude: float
    longitude: float
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Driver:
    """The contribution of one point of interest to S. `decay` is f(d); `rank` is 0 for the nearest of its category."""

    poi: Poi
    km: float
    rank: int
    decay: float
    contribution: float


@dataclass(frozen=True, slots=True)
class PointScore:
    """A score and its explanation: `drivers` from the strongest to the weakest, and the diversity term D."""

    score: int
    drivers: tuple[Driver, ...]
    diversity: float


def decay(km: float) -> float:
    """Return f(d)."""
    if km > CUTOFF_KM:
        return 0.0
    return min(1.0, (math.exp2((FULL_KM - km) / HALF_KM) - DECAY_AT_CUTOFF) / (1 - DECAY_AT_CUTOFF))


def score_point(latitude: float, longitude: float, pois: Iterable[Poi]) -> PointScore:
    """Return the score of a point and its drivers.

    `pois` must include all points within the cut-off; others are ignored.
    """
    by_category: defaultdict[str, list[tuple[float, Poi]]] = defaultdict(list)
    for poi in pois:
        km = equirectangular_km(latitude, longitude, poi.latitude, poi.longitude)
        if poi.category in WEIGHTS and km <= CUTOFF_KM:
            by_category[poi.category].append((km, poi))
    drivers: list[Driver] = []
    for category, found in by_category.items():
        found.sort(key=lambda entry: entry[0])
        for rank, (km, poi) in enumerate(found[:RANKS]):
            drivers.append(Driver(poi, km, rank, decay(km), WEIGHTS[category] * decay(km) / 2**rank))
    nearest = [driver.decay for driver in drivers if driver.rank == 0]
    diversity = DIVERSITY * (sum(nearest) - max(nearest, default=0.0))
    drivers.sort(key=lambda driver: -driver.contribution)
    total = math.fsum(driver.contribution for driver in drivers) + diversity
    return PointScore(round(100 * (1 - math.exp(-total / SATURATION))), tuple(drivers), diversity)
