"""Cities by their slugs, and what stands for the bounds of one of which only centre and population are known."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass

from app.domain.heatmaps.grid import Bounds, wrapped
from app.domain.vocabulary.distance import KM_PER_DEGREE

PEOPLE_A_KM2 = 4_000
"""About what larger cities' built-up areas have in the world's mean."""
SIDES_KM = (5.0, 50.0)

LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th"})
"""Those that Unicode does not take apart."""


@dataclass(frozen=True)
class City:
    """`country` is ISO 3166-1 alpha-2 in capitals; `source` tells where the bounds come from."""

    slug: str
    name: str
    bounds: Bounds
    country: str | None = None
    population: int | None = None
    source: str = "own"


def slug(name: str) -> str:
    """The name in small plain letters and digits with hyphens: "São Paulo" is sao-paulo; empty where none is left."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(LETTERS))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"['’`ʻʼ]", "", plain)).strip("-")


def estimated_bounds(latitude: float, longitude: float, population: int) -> Bounds:
    """A square round the centre, as large as so many people take at PEOPLE_A_KM2: an estimate, no boundary."""
    side = min(max(math.sqrt(population / PEOPLE_A_KM2), SIDES_KM[0]), SIDES_KM[1])
    north = side / 2 / KM_PER_DEGREE
    east = north / math.cos(math.radians(latitude))
    corners = (latitude - north, wrapped(longitude - east), latitude + north, wrapped(longitude + east))
    return Bounds(*(round(degrees, 5) for degrees in corners))
