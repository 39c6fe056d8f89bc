"""Parse an address on one line: "12 Main St Apt 4, Concord, CA 94520"."""

from __future__ import annotations

import re

from app.domain.addresses.postcode_countries import country_of_line
from app.domain.addresses.us_parser import parse_us
from app.domain.vocabulary.countries import country_code
from app.domain.vocabulary.states import CODES_BY_NAME, OTHER_NAMES, STATES

# "00100 Helsinki", "114 55 Stockholm", "1016 GV Amsterdam"
_POSTCODE_FIRST = re.compile(r"((?=[^ ]*\d)[0-9A-Z-]{3,8}(?: (?:\d[0-9A-Z]{1,2}|[A-Z]{2}))?) (.+)")
# "London SW1A 2AA", "ON K1A 0A6", "Sydney NSW 2000"
_POSTCODE_LAST = re.compile(r"(.*?)(?<![ ,])[ ,]*\b([A-Z]{1,2}\d[0-9A-Z]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|\d{4,6})")
# A postcode without a street; a house number before a street has fewer digits
_POSTCODE_ALONE = re.compile(r"(\d{5}|\d{3} \d{2}|\d{4} [A-Z]{2})(?: ([^\d,]+))?")
_REGION_LAST = re.compile(r"(.*?)(?<![ ,])[ ,]*\b([A-Z]{2,3})")
_STATES = CODES_BY_NAME | OTHER_NAMES | {code: code for code in STATES}


def parse_line(line: str, country: str) -> dict[str, str]:
    """Return the parts that are not empty, by field; what cannot be recognised stays in `address`.

    `recipient` is the name of a person or building before the address.
    """
    text = " ".join(line.split()).strip(" ,")
    rest, comma, last = text.rpartition(",")
    # "12 Main St, Peru" is a town in Indiana, "Lima, Peru" is not
    town_only = comma and (not any(char.isdigit() for char in rest) or _POSTCODE_FIRST.fullmatch(rest.strip()))
    named = country_code(last) if "," in rest or town_only else None
    if country.lower() == "us" and last.strip().upper() in _STATES:  # Georgia
        named = None
    if named is not None:
        text, country = rest.rstrip(" ,"), named
        if town_only and "," not in text and named != "us":
            text = f", {text}"
    elif country.lower() == "us" and (named := country_of_line(text)) is not None:
        country = named
    parts = parse_us(text) if country.lower() == "us" else _elsewhere(text)
    parts["country"] = named or ""
    return {name: value for name, value in parts.items() if value}


def _elsewhere(text: str) -> dict[str, str]:
    """Parse street, then town, with a postcode before or after the town: "Mannerheimintie 20, 00100 Helsinki"."""
    street, town = _last_part(text)
    if "," not in text:
        match = _POSTCODE_ALONE.fullmatch(text)
        return {"zip_code": match[1], "city": match[2] or ""} if match else {"address": text}
    zip_code = state = ""
    if match := _POSTCODE_FIRST.fullmatch(town):
        zip_code, town = match[1], match[2]
    elif match := _POSTCODE_LAST.fullmatch(town):
        town, zip_code = match[1], match[2]
        if region := _REGION_LAST.fullmatch(town):
            town, state = region[1], region[2]
        if not town:
            street, town = _last_part(street)
    return {"address": street, "city": town, "state": state, "zip_code": zip_code}


def _last_part(text: str) -> tuple[str, str]:
    """Split at the last comma."""
    before, _, after = text.rpartition(",")
    return before.strip(" ,"), after.strip()
