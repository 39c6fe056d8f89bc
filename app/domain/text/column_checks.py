"""Whether the values of a column can be what its name says."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from math import isfinite

from app.domain.text.column_content import (
    MAX_CHARACTERS,
    is_address,
    is_date,
    is_email,
    is_website,
    is_zip_code,
    recognise_content,
)
from app.domain.text.numbers import degrees
from app.domain.vocabulary.countries import country_field_code

MIN_VALUES = 2
MIN_SHARE = 0.2
"""Share of plausible values below which the name is not believed."""
MIN_VALUES_OF_ID, MAX_SHARE_DISTINCT = 10, 0.2
"""So many values, of which so few are different, tell no records apart."""
_NO_VALUE = re.compile(
    r"[\W_]*|n/?a|n\.a\.|#n/a|\(?null\)?|none|nil|unk(?:nown)?|\(unknown\)|tb[ad]|confidential|protected|redacted|private",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
_WKT = re.compile(
    r"\s*(?:SRID=\d{1,6};\s*)?(?:MULTI)?(?:POLYGON|POINT|LINESTRING|GEOMETRYCOLLECTION|CURVE)", re.IGNORECASE
)
_WKB = re.compile(r"(?:00|01)[0-9a-f]{8,190}", re.IGNORECASE)
_YEAR = re.compile(r"(?:18|19|20)\d\d(?:\.0)?", re.ASCII)
_EIGHT_DIGITS = re.compile(r"\d{8}", re.ASCII)
_HOUSE_NUMBER = re.compile(r"[A-Z]{0,2}[ -]?\d{1,6}(?:\.0)?(?:[ /-]?[A-Z0-9/]{1,8})?", re.IGNORECASE)


def _has_letters(text: str) -> bool:
    return _LETTER.search(text) is not None and not (is_date(text) or is_email(text) or is_website(text))


def _is_degrees(limit: float) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            number = degrees(text)
        except ValueError:
            return False
        return isfinite(number) and abs(number) <= limit

    return check


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", ""))
    except ValueError:
        return False
    return True


def _is_date(text: str) -> bool:
    return is_date(text) or _EIGHT_DIGITS.fullmatch(text) is not None


PLAUSIBLE: dict[str, Callable[[str], bool]] = {
    "address": lambda text: _has_letters(text),
    "street": lambda text: _has_letters(text) or text.isdecimal() and len(text) <= 3,
    "house_number": lambda text: _HOUSE_NUMBER.fullmatch(text) is not None and not is_date(text),
    "city": lambda text: _has_letters(text) and not (is_address(text) or is_zip_code(text)),
    "state": lambda text: (_has_letters(text) and not _DIGIT.search(text) and len(text) <= 40)
    or (text.isdecimal() and len(text) <= 2),
    "zip_code": lambda text: _DIGIT.search(text) is not None and len(text) <= 12 and not is_date(text),
    "country": lambda text: country_field_code(text) is not None,
    "county": lambda text: not (is_date(text) or is_email(text) or is_website(text)),
    "latitude": _is_degrees(90),
    "longitude": _is_degrees(180),
    "record_id": lambda text: not is_date(text),
    "id": lambda text: not is_date(text),
    "external_id": lambda text: not is_date(text),
    "birth_date": lambda text: _is_date(text) or _YEAR.fullmatch(text) is not None,
    "registered_on": _is_date,
    "birth_year": lambda text: _YEAR.fullmatch(text) is not None,
    "first_name": _has_letters,
    "last_name": _has_letters,
    "middle_name": _has_letters,
    "name": _has_letters,
    "email": lambda text: "@" in text,
    "phone": lambda text: _DIGIT.search(text) is not None and not (is_date(text) or is_email(text)),
    "website": lambda text: "." in text and "@" not in text,
    "domain": lambda text: "." in text and "@" not in text,
    "wkt": lambda text: _WKT.match(text) is not None or _WKB.fullmatch(text) is not None,
    "acres": _is_number,
}  # fmt: skip
"""Field to whether a value can be one of it. Loose: a few wrong values are a matter of their rows."""
IDS = frozenset({"record_id", "id", "external_id"})
DATES = frozenset({"birth_date", "registered_on"})
_SERIAL = re.compile(r"[1-5]?\d{4}(?:\.\d{1,9})?", re.ASCII)
SERIAL_NUMBERS = "the numbers by which spreadsheets store dates; format the column as dates and export it again"


def contradiction(field: str, texts: Sequence[str]) -> str | None:
    """Return what the values of a column that is named like the field look like, as `dates`; None if they fit it."""
    plausible = PLAUSIBLE.get(field)
    values = [text[:MAX_CHARACTERS] for text in texts if not _NO_VALUE.fullmatch(text)]
    if plausible is None or len(values) < MIN_VALUES:
        return None
    if sum(map(plausible, values)) < MIN_SHARE * len(values):
        are_days = field in DATES and all(map(_SERIAL.fullmatch, values))
        return SERIAL_NUMBERS if are_days else _look(values)
    if field in IDS and len(values) >= MIN_VALUES_OF_ID and len(set(values)) <= MAX_SHARE_DISTINCT * len(values):
        return "values that many rows share"
    return None


def _look(values: Sequence[str]) -> str:
    content = recognise_content(values)
    if content is not None and content.value != "id":
        return content.plural
    if all(_is_number(value) for value in values):
        return "numbers"
    return "codes" if content is not None else "other text"


def looks_like_house_number(texts: Sequence[str]) -> bool:
    """Whether nearly all values are short numbers with at most a letter."""
    good = sum(_HOUSE_NUMBER.fullmatch(text) is not None and not is_zip_code(text) for text in texts)
    return bool(texts) and good >= 0.9 * len(texts)
