"""Normalising the parts of a postal address: state, postcode, unit.

US forms follow USPS Publication 28 (secondary unit designators in appendix C2). A part that cannot be right raises
ValueError with words that continue "the field …".
"""

from __future__ import annotations

import re

from app.domain.vocabulary.states import state_code

ZIP = re.compile(r"(\d{3,5})(?:[ -]+(\d{4}))?", re.ASCII)
ZIP_DIGITS = re.compile(r"\d{7,9}", re.ASCII)
POSTCODE = re.compile(r"[0-9A-Z](?:[0-9A-Z -]{0,10}[0-9A-Z])?")

# An identifier has a digit or is a single letter, so that "12 Unit St" and "7 Lower Lot Rd" stay streets.
_IDENTIFIER = r"(?:[a-z]|[a-z]{0,2}-?\d{1,5}-?[a-z]{0,2})"
_UNIT = (
    r"(?:(?:apartment|apt|building|bldg|department|dept|floor|fl|hangar|hngr|lot|pier|room|rm|slip|space|spc"
    rf"|suite|ste|trailer|trlr|unit)(?:\b\.?|(?=[0-9])) ?(?:# ?)?{_IDENTIFIER}|# ?{_IDENTIFIER})"
)
TRAILING_UNIT = re.compile(rf"(?:(?:, ?| ){_UNIT}){{1,3}}$", re.IGNORECASE | re.ASCII)
IDENTIFIER = re.compile(r"[0-9a-z-]+$", re.IGNORECASE)


def state(text: str, country: str) -> str:
    """A US state as its USPS code; elsewhere the text as it is. Raises ValueError for no US state."""
    if country != "us":
        return text
    code = state_code(text)
    if code is None:
        raise ValueError("is not a US state or territory, by code or name")
    return code


def postcode(text: str, country: str) -> str:
    """A US ZIP as `12345` or `12345-6789`, elsewhere the postcode in upper case.

    Spreadsheets read a ZIP as a number: the leading zeros they dropped come back, and a trailing `.0` goes.
    Raises ValueError for what is no postcode.
    """
    text = " ".join(text.split()).upper()
    if country != "us":
        if not POSTCODE.fullmatch(text):
            raise ValueError("is not a postcode: at most 12 letters, digits, spaces and dashes")
        return text
    text = text.removesuffix(".0")
    if ZIP_DIGITS.fullmatch(text):
        digits = text.zfill(9)
        return f"{digits[:5]}-{digits[5:]}"
    match = ZIP.fullmatch(text)
    if match is None:
        raise ValueError("is not a ZIP code such as 12345 or 12345-6789")
    five = match[1].zfill(5)
    return f"{five}-{match[2]}" if match[2] else five


def split_unit(line: str) -> tuple[str, str | None]:
    """`12 Main St, Apt 4` as `("12 Main St", "Apt 4")`; without a trailing unit the line as it is and None.

    `line` has single spaces. What remains must still be more than one word, or nothing is split.
    """
    match = TRAILING_UNIT.search(line)
    if match is None or " " not in line[: match.start()].strip(" ,"):
        return line, None
    return line[: match.start()].rstrip(" ,"), match[0].strip(" ,")


def same_unit(one: str, other: str) -> bool:
    """Whether two spellings mean one unit: `Apt 4`, `#4` and `4` do."""
    found = IDENTIFIER.search(one), IDENTIFIER.search(other)
    return bool(found[0] and found[1] and found[0][0].upper() == found[1][0].upper())
