"""Lines of map data that are streets: TIGER's ADDRFEAT, and OpenStreetMap's interpolation lines and named roads.

ADDRFEAT has a line for each stretch of a street between two crossings, with the lowest and highest house numbers on its
left and right side: https://www2.census.gov/geo/pdfs/maps-data/data/tiger/tgrshp2024/TGRSHP2024_TechDoc.pdf
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from app.domain.imports.features import Feature
from app.domain.reference.house_numbers import parse_house_number
from app.domain.reference.stretches import NO_NUMBERS, Side

FEATNAMES = "FEATNAMES"
"""The property with further names of the street, from the table of that name, a list."""
MAX_NAMES = 20
MAX_POSITIONS = 2_000
"""Of a line; the ends and what lies evenly between them are kept of a longer one."""
MAX_SPAN = 20_000
"""A range with more numbers than that has a wrong end."""
INTERPOLATION = "addr:interpolation"
FIRST, LAST = "addr:first", "addr:last"
"""Properties of a piece of an interpolation line: the numbers at its ends."""
NAMES_OF_ROADS = ("name", "alt_name", "official_name", "old_name", "loc_name", "short_name", "name:en", "ref")
_PARITIES = {"even": 0, "odd": 1, "all": None}

Position = tuple[float, float]
"""Longitude and latitude."""


class StreetLine(NamedTuple):
    """A stretch of a street as a file has it; see `Stretch`. Without known numbers both are NO_NUMBERS."""

    street: str
    city: str
    state: str
    postcode: str
    line: tuple[Position, ...]
    low: int = NO_NUMBERS
    high: int = NO_NUMBERS
    parity: int | None = None
    side: Side = Side.ON_LINE


class Numbers(NamedTuple):
    """The house numbers along a line; `is_descending` says that it begins at the highest."""

    low: int
    high: int
    parity: int | None
    is_descending: bool


WITHOUT_NUMBERS = Numbers(NO_NUMBERS, NO_NUMBERS, None, False)
SEPARATE = "is a line in several parts that do not meet; the one with the most points was kept, without house numbers"
"""Continues "the row …": nobody knows which of the numbers are along which part."""


@dataclass(frozen=True, slots=True)
class StreetLines:
    """What a feature says. `problem` continues "the row …"; without `lines`, it is why there are none."""

    lines: Sequence[StreetLine] = ()
    problem: str | None = None


def read_street_lines(feature: Feature) -> StreetLines | None:
    """Return the stretches of a feature; None for one that is no street."""
    geometry = feature.geometry
    if geometry is None or geometry.get("type") not in ("LineString", "MultiLineString"):
        return None
    properties = feature.properties
    if "LFROMHN" in properties and "FULLNAME" in properties:
        read = _read_tiger
    elif INTERPOLATION in properties and FIRST in properties:
        read = _read_interpolation
    elif "highway" in properties:
        read = _read_road
    else:
        return None
    given, is_whole = _joined(geometry)
    line = _positions(given)
    if line is None:
        return StreetLines(problem="has coordinates that are no degrees")
    found = read(properties, line)
    return found if is_whole or not found.lines else _without_numbers(found)


def _read_tiger(properties: Mapping[str, Any], line: tuple[Position, ...]) -> StreetLines:
    names = _names(properties.get("FULLNAME"), properties.get(FEATNAMES))
    if not names:
        return StreetLines(problem="has no street")
    found: list[tuple[str, Numbers, Side]] = []
    problem = None
    postcodes = [_text(properties.get(f"ZIP{side}")) for side in "LR"]
    for letter, side, postcode in (("L", Side.LEFT, postcodes[0]), ("R", Side.RIGHT, postcodes[1])):
        first, last = (_text(properties.get(f"{letter}{end}HN")) for end in ("FROM", "TO"))
        if not (first or last):
            continue
        parity = {"O": 1, "E": 0}.get(_text(properties.get(f"PARITY{letter}"))[:1].upper())
        numbers = _numbers(first, last, parity)
        if isinstance(numbers, str):
            problem = numbers
        else:
            found.append((postcode, numbers, side))
    if not found:
        found = [(code, WITHOUT_NUMBERS, Side.ON_LINE) for code in dict.fromkeys(filter(None, postcodes)) or ("",)]
    lines = [
        _street_line(name, ("", "", postcode), line, numbers, side)
        for name in names
        for postcode, numbers, side in found
    ]
    return StreetLines(lines, problem)


def _read_interpolation(properties: Mapping[str, Any], line: tuple[Position, ...]) -> StreetLines:
    kind = _text(properties[INTERPOLATION]).lower()
    if kind not in _PARITIES:
        return StreetLines(problem=f"has a kind of interpolation that is not read ({kind[:20]})")
    street = _text(properties.get("addr:street"))
    if not street:
        return StreetLines(problem="has no street")
    numbers = _numbers(_text(properties[FIRST]), _text(properties.get(LAST)), _PARITIES[kind])
    if isinstance(numbers, str):
        return StreetLines(problem=numbers)
    return StreetLines([_street_line(street, _place(properties), line, numbers, Side.ON_LINE)])


def _read_road(properties: Mapping[str, Any], line: tuple[Position, ...]) -> StreetLines:
    names = _names(*(properties.get(name) for name in NAMES_OF_ROADS))
    if not names:
        return StreetLines(problem="has no street")
    place = _place(properties)
    return StreetLines([StreetLine(name, *place, line) for name in names])


def _place(properties: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return city, state and postcode."""
    city, state, postcode = (_text(properties.get(f"addr:{name}")) for name in ("city", "state", "postcode"))
    return city, state, postcode


def _street_line(
    street: str, place: tuple[str, str, str], line: tuple[Position, ...], numbers: Numbers, side: Side
) -> StreetLine:
    """Return the stretch from its lowest number on."""
    if numbers.is_descending:
        line, side = line[::-1], Side(-side)
    return StreetLine(street, *place, line, numbers.low, numbers.high, numbers.parity, side)


def _numbers(first: str, last: str, parity: int | None) -> Numbers | str:
    """Return the numbers along a line; or why they cannot be used."""
    begin, end = parse_house_number(first), parse_house_number(last)
    if begin is None or end is None:
        return f"has house numbers that cannot be read ({first[:20]} to {last[:20]})"
    if begin.mark or end.mark:
        return f"has house numbers with letters or hyphens ({first[:20]} to {last[:20]}), between which none are known"
    low, high = min(begin.number, end.number), max(begin.number, end.number)
    if high - low > MAX_SPAN:
        return f"has a range of more than {MAX_SPAN:,} house numbers ({first[:20]} to {last[:20]})"
    if parity is not None and not low % 2 == high % 2 == parity:
        parity = None
    return Numbers(low, high, parity, begin.number > end.number)


def _names(*values: Any) -> list[str]:
    """Return different names in order; several of them may be in a list, or separated by semicolons."""
    names: dict[str, str] = {}
    for value in values:
        for text in value if isinstance(value, list) else _text(value).split(";"):
            if isinstance(text, str) and text.strip():
                names.setdefault(text.strip().casefold(), text.strip())
    return list(names.values())[:MAX_NAMES]


def _without_numbers(found: StreetLines) -> StreetLines:
    lines = [
        one._replace(
            low=NO_NUMBERS, high=NO_NUMBERS, parity=None, side=Side.ON_LINE, line=min(one.line, one.line[::-1])
        )
        for one in found.lines
    ]
    return StreetLines(list(dict.fromkeys(lines)), SEPARATE)


def _joined(geometry: Mapping[str, Any]) -> tuple[Any, bool]:
    """Return the coordinates of a line, and whether they are all: of parts that do not meet, one."""
    given = geometry.get("coordinates")
    if geometry["type"] == "LineString":
        return given, True
    parts = [part for part in given if part] if isinstance(given, list) and _are_lists(given) else []
    if any(part[-1] != following[0] for part, following in pairwise(parts)):
        return max(parts, key=len), False
    return [*parts[0], *(position for part in parts[1:] for position in part[1:])] if parts else None, True


def _positions(given: Any) -> tuple[Position, ...] | None:
    """Return the positions of a line; None if they are no degrees."""
    if not isinstance(given, list) or len(given) < 2 or not _are_lists(given):
        return None
    step = max(1, len(given) // MAX_POSITIONS)
    kept = [*given[:-1:step], given[-1]]
    try:
        line = tuple([(one[0] + 0.0, one[1] + 0.0) for one in kept])
        good = all([abs(x) <= 180 and abs(y) <= 90 for x, y in line])  # not a number is in no range
    except (TypeError, IndexError):
        return None
    return line if good else None


def _are_lists(values: list[Any]) -> bool:
    return all(isinstance(value, list) for value in values)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return " ".join(value.split())
    if type(value) is float and value.is_integer():  # tables of numbers have 101.0
        value = int(value)
    return str(value) if type(value) is int else ""
