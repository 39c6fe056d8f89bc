"""The lines of an address in the United Kingdom or Ireland: "Flat 3", "12 High Street", "Milton", "Cambridge"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from app.domain.addresses.placeholders import is_placeholder
from app.domain.addresses.postcode_countries import country_of_postcode
from app.domain.addresses.unit_order import with_unit_last

_NUMBER = re.compile(r"\d{1,5}[a-z]?(?:[-/–]\d{1,5}[a-z]?)?", re.IGNORECASE)
_NUMBERED = re.compile(r"\d{1,5}[a-z]?(?:[-/–]\d{1,5}[a-z]?)?,? (?=.*[a-z]{2})", re.IGNORECASE)
_UNIT = re.compile(
    r"(?:flat|apartment|apt|unit|room|studio|suite|maisonette|annexe?|penthouse|the annexe?|plot|caravan"
    r"|(?:lower |upper )?(?:basement|ground|first|second|third|fourth|fifth|top|garden|rear|front)(?: floor)?(?: rear"
    r"| front| left| right)?(?: flat| maisonette)?|caretaker'?s flat)\b|(?:bed ?sit|block|floor) ?\w{1,4}$",
    re.IGNORECASE,
)
_BARE_UNIT = re.compile(r"[a-z]?\d{0,4}[a-z]?", re.IGNORECASE)
_STREET_WORDS = frozenset(
    (
        "street", "st", "road", "rd", "lane", "ln", "avenue", "ave", "close", "cl", "drive", "dr", "way", "place", "pl",
        "crescent", "cres", "gardens", "gdns", "grove", "gr", "terrace", "terr", "ter", "square", "sq", "walk", "row",
        "mews", "rise", "parade", "broadway", "yard", "wharf", "quay", "path", "passage", "embankment", "croft",
        "chase", "circus", "approach", "boulevard", "mall", "drove", "causeway", "esplanade", "promenade", "wynd",
        "vennel", "brae", "hill", "court", "ct", "green", "view", "park", "mount", "gate", "end", "side",
    )
)  # fmt: skip
_COUNTIES = frozenset(
    (
        "avon", "bedfordshire", "beds", "berkshire", "berks", "buckinghamshire", "bucks", "cambridgeshire", "cambs",
        "cheshire", "cleveland", "clwyd", "cornwall", "county durham", "co durham", "cumbria", "derbyshire", "devon",
        "dorset", "dyfed", "east sussex", "east yorkshire", "east riding of yorkshire", "essex", "gloucestershire",
        "glos", "greater manchester", "gwent", "gwynedd", "hampshire", "hants", "herefordshire", "hertfordshire",
        "herts", "isle of wight", "kent", "lancashire", "lancs", "leicestershire", "leics", "lincolnshire", "lincs",
        "merseyside", "mid glamorgan", "middlesex", "middx", "norfolk", "north yorkshire", "northamptonshire",
        "northants", "northumberland", "nottinghamshire", "notts", "oxfordshire", "oxon", "powys", "rutland",
        "shropshire", "salop", "somerset", "south glamorgan", "south yorkshire", "staffordshire", "staffs", "suffolk",
        "surrey", "tyne and wear", "tyne & wear", "warwickshire", "west glamorgan", "west midlands", "west sussex",
        "west yorkshire", "wiltshire", "wilts", "worcestershire", "worcs", "aberdeenshire", "angus", "argyll",
        "ayrshire", "fife", "kinross-shire", "lanarkshire", "east lothian", "midlothian", "west lothian",
        "perthshire", "renfrewshire", "stirlingshire", "county antrim", "co antrim", "county armagh", "co armagh",
        "county down", "co down", "county fermanagh", "county londonderry", "co londonderry", "county tyrone",
        "co tyrone", "uk", "united kingdom", "great britain", "england", "scotland", "wales", "northern ireland",
    )
)  # fmt: skip
"""The last line of many addresses, behind the town: the Royal Mail needs no county."""


@lru_cache(maxsize=8192)
def split_british_lines(lines: tuple[str, ...]) -> tuple[str, str, str]:
    """Return street, unit and town of lines that are not empty.

    The street is the line with the house number, or the name of the house and the street. What stands before it is the
    unit, and the last line behind it, the county left out, is the town.
    """
    lines = tuple(map(with_unit_last, lines))
    street, after = _find_street(lines)
    first = lines[:street]
    if _NUMBER.fullmatch(lines[street]) and after < len(lines):  # 12 | High Street
        address = f"{lines[street]} {lines[after]}"
        after += 1
    else:
        address = ", ".join(lines[street:after])
    rest = list(lines[after:])
    while len(rest) > 1 and rest[-1].casefold().strip(".") in _COUNTIES:
        rest.pop()
    return address, ", ".join(first), rest[-1] if rest else ""


def _find_street(lines: Sequence[str]) -> tuple[int, int]:
    """Return the index of the line with which the street begins, and that of the first line behind it."""
    for index, line in enumerate(lines[:4]):
        is_last = index + 1 == len(lines)
        if _NUMBER.fullmatch(line) and not is_last and not _NUMBERED.match(lines[index + 1]):
            return index, index + 1
        if _NUMBERED.match(line):
            if not is_last and _NUMBERED.match(lines[index + 1]):
                continue  # 1 Rose Court | 12 High Street
            return index, index + 1
    start = 1 if len(lines) > 1 and _UNIT.match(lines[0]) else 0
    for index in range(start + 1, min(len(lines), start + 3)):
        if _is_street(lines[index]):  # The Old Rectory | Church Lane
            return start, index + 1
    return start, start + 1


def _is_street(line: str) -> bool:
    words = line.replace(".", "").split()
    return len(words) > 1 and words[-1].casefold() in _STREET_WORDS


def sort_british_lines(lines: Sequence[str], unit: str, city: str) -> tuple[str, str, str]:
    """Return street, unit and city where the field of the unit, the second line of many forms, may have the street.

    A `unit` that is one stays. Nothing is moved over a city that is already there.
    """
    given = [
        text
        for line in lines
        if (text := line.strip(" ,"))
        and country_of_postcode(text) != "gb"
        and not is_placeholder("address", text, "gb")
    ]
    if unit and not _UNIT.match(unit) and not _BARE_UNIT.fullmatch(unit) and not unit.startswith("#"):
        given, unit = [*given, unit], ""
    if len(given) < 2:
        return with_unit_last(given[0]) if given else "", unit, city
    street, before, town = split_british_lines(tuple(given))
    if before and unit:
        return f"{before}, {street}", unit, city or town
    return street, unit or before, city or town
