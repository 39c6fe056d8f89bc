"""Cities by slug, and estimated bounds for cities known only by center and population."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass

from app.domain.heatmaps.bounds import Bounds, wrap_longitude
from app.domain.vocabulary.distance import KM_PER_DEGREE

PEOPLE_PER_KM2 = 4_000
"""Roughly the world average for built-up areas of large cities."""
MIN_SIDE_KM, MAX_SIDE_KM = 5.0, 50.0

TRANSLITERATIONS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th"})
"""Letters that Unicode does not decompose."""


@dataclass(frozen=True)
class City:
    """A city to store. `country` is ISO 3166-1 alpha-2 in upper case; `source` says where the bounds come from."""

    slug: str
    name: str
    bounds: Bounds
    country: str | None = None
    population: int | None = None
    source: str = "own"


def slugify(name: str) -> str:
    """Return the name in lower-case ASCII letters and digits joined by hyphens; "São Paulo" becomes sao-paulo.

    The result is empty if no such letter is left.
    """
    plain = name.casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain.translate(TRANSLITERATIONS))
        plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"['’`ʻʼ]", "", plain)).strip("-")


def estimate_bounds(latitude: float, longitude: float, population: int) -> Bounds:
    """Return a square around the center, as large as the population needs at PEOPLE_PER_KM2; not a boundary."""
    side_km = min(max(math.sqrt(population / PEOPLE_PER_KM2), MIN_SIDE_KM), MAX_SIDE_KM)
    north = side_km / 2 / KM_PER_DEGREE
    east = north / math.cos(math.radians(latitude))
    edges = (latitude - north, wrap_longitude(longitude - east), latitude + north, wrap_longitude(longitude + east))
    return Bounds(*(round(degrees, 5) for degrees in edges))
