"""The counties of the United States: by name, by ZIP code and by place, from the packaged ZIP codes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from heapq import nsmallest

CELL_DEGREES = 0.25
"""ZIP codes are looked up by the cell of a grid in which their centre lies."""
MAX_RINGS = 4
"""How many cells around a point are searched: about a hundred kilometres."""
NEIGHBOURS = 4
"""How many of the nearest ZIP codes must be of one county."""
_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")
_KINDS = re.compile(r"-(?:county|parish|borough|census-area|municipality|municipio|city-and-borough)$")


def slug(name: str) -> str:
    """Return a name in lower case with hyphens: `St. Lucie` is `st-lucie`."""
    return _NOT_IN_SLUG.sub("-", name.lower().replace("'", "")).strip("-")


def county_slug(name: str) -> str:
    """Return the slug of a county without the word for what it is: `Durham County` is `durham`."""
    return _KINDS.sub("", slug(name))


@dataclass
class Counties:
    """Counties as (state, slug), such as ("NC", "durham")."""

    of_zip: dict[str, tuple[str, str]] = field(default_factory=dict)
    states_of: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Slug of a county to the states that have one."""
    of_city: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    """State and slug of a city to the county of its first ZIP code."""
    _cells: defaultdict[tuple[int, int], list[tuple[float, float, tuple[str, str]]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, zip_code: str, city: str, county: tuple[str, str], place: tuple[float, float]) -> None:
        """Add a ZIP code with its centre as (longitude, latitude)."""
        state, name = county
        self.of_zip[zip_code] = county
        self.states_of[name].add(state)
        self.of_city.setdefault((state, slug(city)), county)
        longitude, latitude = place
        self._cells[int(latitude // CELL_DEGREES), int(longitude // CELL_DEGREES)].append((longitude, latitude, county))

    def nearest(self, longitude: float, latitude: float) -> tuple[str, str] | None:
        """Return the county of the nearest ZIP codes; None if there is none within some hundred kilometres.

        Its name is empty where they are of several counties: near a border, the nearest centre may lie beyond it.
        """
        row, column = int(latitude // CELL_DEGREES), int(longitude // CELL_DEGREES)
        for ring in range(1, MAX_RINGS + 1):
            near = [
                ((longitude - x) ** 2 * 0.6 + (latitude - y) ** 2, county)
                for r in range(row - ring, row + ring + 1)
                for c in range(column - ring, column + ring + 1)
                for x, y, county in self._cells.get((r, c), ())
            ]
            if near:
                found = {county for _, county in nsmallest(NEIGHBOURS, near)}
                state = min(near)[1][0]
                return found.pop() if len(found) == 1 else (state, "")
        return None


@cache
def counties() -> Counties:
    """Load the counties, which takes about a second and some ten megabytes."""
    import zipcodes

    with_prefix: Callable[[str], list[dict[str, str]]] = zipcodes.similar_to
    found = Counties()
    for prefix in range(100):  # loading everything at once would take 140 MB
        for row in with_prefix(f"{prefix:02d}"):
            if row["county"] and row["lat"] and row["state"]:
                county = (row["state"], county_slug(row["county"]))
                found.add(row["zip_code"], row["city"], county, (float(row["long"]), float(row["lat"])))
    return found
