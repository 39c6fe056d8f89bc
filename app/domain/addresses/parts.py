"""Normalise the parts of a postal address: state, postcode, unit.

US forms follow USPS Publication 28 (secondary unit designators in appendix C2). For a part that cannot be right,
functions raise ValueError with a message that continues "the field …".
"""

from __future__ import annotations

import re

from app.domain.vocabulary.states import state_code

_ZIP = re.compile(r"(\d{3,5})(?:[ -]+(\d{4}))?", re.ASCII)
_ZIP_DIGITS = re.compile(r"\d{7,9}", re.ASCII)
_COUNTRY_BEFORE_POSTCODE = re.compile(r"^(?!LV|LT|MD|AZ)[A-Z]{1,3}-(?=\d{3})")  # there the letters are part of it
_POSTCODE = re.compile(r"[0-9A-Z](?:[0-9A-Z -]{0,10}[0-9A-Z])?")

UNIT_WORDS = (
    "apartment|apt|apartamento|apto|building|bldg|department|dept|flat|floor|fl|hangar|hngr|lot|office|ofc|penthouse|ph|pier"
    "|room|rm|slip|space|spc|suite|ste|trailer|trlr|unit"
)
"""Designators of units, in the words of USPS Publication 28 (C2) and of Puerto Rico, for a regular expression."""
# An identifier has a digit or is a single letter, so that "12 Unit St" and "7 Lower Lot Rd" stay streets. "Flat" is
# also a street suffix: in "12 Oak Flat #4" the unit is #4.
_IDENTIFIER = r"(?:[a-z]|[a-z]{0,2}-?\d{1,5}(?:-?[a-z0-9]{1,4})?)"
FLOOR = r"(?:\d{1,3}(?:st|nd|rd|th)|first|second|third|fourth|fifth|ground|top) (?:floor|fl)\b"
"""A floor by its ordinal, for a regular expression."""
_UNIT = (
    rf"(?:(?:{UNIT_WORDS})(?:\b\.?|(?=[0-9])) ?(?:(?<!flat )(?<!flat\. )# ?)?{_IDENTIFIER}|# ?{_IDENTIFIER}"
    rf"|(?:apartment|apt)\b\.? ?[a-z]{{2}}\b|{FLOOR}|rear|basement|bsmt|frnt|lbby|lowr|penthouse|ph|uppr)"
)
# These are also parts of names, so that a comma must stand before them.
_BEHIND_COMMA = rf"(?:front|lobby|lower|upper|side|no\.? ?{_IDENTIFIER}|nr\.? ?{_IDENTIFIER})"
_TRAILING_UNIT = re.compile(rf"(?:(?:, ?| ){_UNIT}|, ?{_BEHIND_COMMA}){{1,3}}$", re.IGNORECASE | re.ASCII)
_TRAILING_IDENTIFIER = re.compile(r"(?<![0-9a-z-])[0-9a-z-]+$", re.IGNORECASE)


def normalise_state(text: str, country: str) -> str:
    """Return the USPS code of a US state, elsewhere the text as it is. Raises ValueError for an unknown US state."""
    if country != "us":
        return text
    code = state_code(text)
    if code is None:
        raise ValueError("is not a US state or territory, by code or name")
    return code


def normalise_postcode(text: str, country: str) -> str:
    """Return a US ZIP code as `12345` or `12345-6789`, elsewhere the postcode in upper case.

    Spreadsheets read ZIP codes as numbers: dropped leading zeros are restored, and a trailing `.0` is removed; so is
    the apostrophe with which programs keep them from doing so.
    Raises ValueError for text that is not a postcode.
    """
    text = " ".join(text.split()).upper().lstrip("'\u2019`")
    if country != "us":
        text = _COUNTRY_BEFORE_POSTCODE.sub("", text)
        if not _POSTCODE.fullmatch(text):
            raise ValueError("is not a postcode (at most 12 letters, digits, spaces and dashes)")
        return text
    text = text.removesuffix(".0")
    if _ZIP_DIGITS.fullmatch(text):
        digits = text.zfill(9)
        return f"{digits[:5]}-{digits[5:]}"
    match = _ZIP.fullmatch(text)
    if match is None:
        raise ValueError("is not a ZIP code such as 12345 or 12345-6789")
    five = match[1].zfill(5)
    return f"{five}-{match[2]}" if match[2] else five


def split_unit(line: str) -> tuple[str, str | None]:
    """Split `12 Main St, Apt 4` into `("12 Main St", "Apt 4")`; without a unit at its end, return the line and None.

    `line` must have single spaces. Nothing is split off if only one word would remain.
    """
    match = _TRAILING_UNIT.search(line)
    if match is None or " " not in line[: match.start()].strip(" ,"):
        return line, None
    return line[: match.start()].rstrip(" ,"), match[0].strip(" ,")


def same_unit(unit: str, other: str) -> bool:
    """Whether two spellings mean the same unit, as `Apt 4`, `#4` and `4` do."""
    found = _TRAILING_IDENTIFIER.search(unit), _TRAILING_IDENTIFIER.search(other)
    return bool(found[0] and found[1] and found[0][0].upper() == found[1][0].upper())
