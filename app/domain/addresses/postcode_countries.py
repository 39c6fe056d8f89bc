"""The country that a postcode tells: those of some look like no other country's."""

from __future__ import annotations

import re

_POSTCODES = {
    "gb": r"(?:GIR ?0AA|[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d{1,2}|\d[A-Z]|[A-HK-Y]\d[A-Z]) ?\d[ABD-HJLNP-UW-Z]{2})",
    "ca": r"[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][ -]?\d[ABCEGHJ-NPRSTV-Z]\d",
    "ie": r"(?:[AC-FHKNPRTV-Y]\d{2}|D6W) [0-9AC-FHKNPRTV-Y]{4}",
}
_PATTERNS = {code: re.compile(pattern, re.IGNORECASE | re.ASCII) for code, pattern in _POSTCODES.items()}
_AT_THE_END = re.compile(rf"(?:^|[ ,])({_POSTCODES['gb']}|{_POSTCODES['ca']})$", re.IGNORECASE | re.ASCII)
NAMES = {"gb": "the United Kingdom", "ca": "Canada", "ie": "Ireland", "us": "the United States"}


def country_of_postcode(text: str) -> str | None:
    """Return the ISO 3166-1 code in lower case of the country of a postcode that tells it; None for any other."""
    return next((code for code, pattern in _PATTERNS.items() if pattern.fullmatch(text)), None)


def country_of_line(line: str) -> str | None:
    """Return the country of an address on one line that ends with a British or Canadian postcode; None for others."""
    match = _AT_THE_END.search(line)
    return country_of_postcode(match[1]) if match else None
