"""Recognise a column by its values, whatever its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import StrEnum

from app.domain.vocabulary.states import STATES
from app.domain.vocabulary.usps import COMMON_SUFFIXES

MIN_SHARE = 0.8
"""Share of the values that must look alike. Real columns hold a few stray ones."""
MIN_DISTINCT = 0.98
MAX_CHARACTERS = 200
"""Of each value this much is looked at."""


class Content(StrEnum):
    """The kinds of values that are told apart."""

    EMAIL = "email"
    WEBSITE = "website"
    DATE = "date"
    ZIP_CODE = "zipCode"
    FLAG = "flag"
    STATE = "state"
    PHONE = "phone"
    ADDRESS = "address"
    STREET = "street"
    """Names of streets without house numbers."""
    ID = "id"

    @property
    def phrase(self) -> str:
        """The kind with its article, for messages."""
        return _PHRASES[self][0]

    @property
    def plural(self) -> str:
        """The kind in the plural, for messages."""
        return _PHRASES[self][1]


_PHRASES = {
    Content.EMAIL: ("an email address", "email addresses"),
    Content.WEBSITE: ("a website", "websites"),
    Content.DATE: ("a date", "dates"),
    Content.ZIP_CODE: ("a postcode", "postcodes"),
    Content.FLAG: ("a flag", "flags"),
    Content.STATE: ("a state", "states"),
    Content.PHONE: ("a telephone number", "telephone numbers"),
    Content.ADDRESS: ("an address", "addresses"),
    Content.STREET: ("the name of a street", "names of streets"),
    Content.ID: ("an id", "ids"),
}
_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,120}\.[A-Za-z]{2,20}")
_WEBSITE = re.compile(r"(?:https?://|www\.)[^\s]{3,190}", re.IGNORECASE)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DATE = re.compile(
    r"(?:\d{1,2}([/.-])\d{1,2}\1(?:19|20|18)?\d\d|(?:18|19|20)\d\d([/.-])\d{1,2}\2\d{1,2}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?[-/. ]{_MONTH}[-/., ]{{1,2}}(?:\d\d)?\d\d"
    rf"|{_MONTH}[-/. ]\d{{1,2}}(?:st|nd|rd|th)?[-/., ]{{1,2}}(?:\d\d)?\d\d|\d{{4}}[-/ ]{_MONTH}[-/ ]\d{{1,2}})"
    r"(?:[T ]\d.{0,30})?",
    re.ASCII | re.IGNORECASE,
)
_COMPACT_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", re.ASCII)
_ZIP = re.compile(r"\d{5}(?:-\d{4})?", re.ASCII)
_UK_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", re.IGNORECASE | re.ASCII)
_PHONE = re.compile(r"(?:\+?1[-. ]?)?\(?[2-9]\d\d\)?[-. ]?\d{3}[-. ]\d{4}", re.ASCII)
_FLAGS = frozenset({"Y", "N", "YES", "NO", "T", "F", "TRUE", "FALSE", "X"})
_BITS = frozenset({"0", "1"})
_HOUSE = re.compile(r"\d{1,6}(?:[A-Z]|[ -]\d{1,4}(?:/\d)?)? [^\d\s].{1,190}", re.IGNORECASE)
_BOX = re.compile(r"(?:P\.? ?O\.? ?BOX|RR|RTE?|HC) ?\d", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z]{1,40}")
_ID = re.compile(r"(?=[A-Za-z0-9._/-]{0,30}\d)[A-Za-z0-9][A-Za-z0-9._/-]{2,40}")
_DECIMAL = re.compile(r"-?\d{0,12}[.,]\d{1,15}", re.ASCII)


def recognise_content(values: Sequence[str]) -> Content | None:
    """Return what most of the values, none of them empty, look like; None where nothing is certain enough."""
    texts = [value[:MAX_CHARACTERS] for value in values]
    if not texts:
        return None
    for content, looks in _TESTS:
        if _share(texts, looks) >= MIN_SHARE:
            return content
    return Content.ID if _are_ids(texts) else None


def is_address(text: str) -> bool:
    """Whether the text is a house number and a street, or a box."""
    if _HOUSE.fullmatch(text):
        words = [word.upper() for word in _WORD.findall(text)]
        return len(words) >= 2 or text[-1].isdigit()  # 12 Broadway is too short to be sure of, 7 Highway 12 is not
    return _BOX.match(text) is not None


def is_street(text: str) -> bool:
    """Whether the text ends with a word for a street, and has no house number."""
    words = [word.upper() for word in _WORD.findall(text)]
    return len(words) > 1 and not text[0].isdigit() and words[-1] in COMMON_SUFFIXES


def is_date(text: str) -> bool:
    return _DATE.fullmatch(text) is not None or _COMPACT_DATE.fullmatch(text) is not None


def is_state(text: str) -> bool:
    name = text.upper()
    return name in _STATE_NAMES


def is_email(text: str) -> bool:
    return _EMAIL.fullmatch(text) is not None


def is_website(text: str) -> bool:
    return _WEBSITE.fullmatch(text) is not None


def is_phone(text: str) -> bool:
    return _PHONE.fullmatch(text) is not None


def is_zip_code(text: str) -> bool:
    return (_ZIP.fullmatch(text) or _UK_POSTCODE.fullmatch(text)) is not None


def _share(texts: Sequence[str], looks: Callable[[str], bool]) -> float:
    return sum(map(looks, texts)) / len(texts)


def _are_ids(texts: Sequence[str]) -> bool:
    """Whether the values are codes with digits that tell the rows apart, and are no measures."""
    if len(texts) < 2 or len(set(texts)) < MIN_DISTINCT * len(texts):
        return False
    return all(_ID.fullmatch(text) and not _DECIMAL.fullmatch(text) for text in texts)


def _are_flags(text: str) -> bool:
    return text.upper() in _FLAGS


_STATE_NAMES = frozenset(name.upper() for pair in STATES.items() for name in pair)
_TESTS: tuple[tuple[Content, Callable[[str], bool]], ...] = (
    (Content.EMAIL, is_email),
    (Content.WEBSITE, is_website),
    (Content.DATE, is_date),
    (Content.ZIP_CODE, is_zip_code),
    (Content.FLAG, _are_flags),
    (Content.STATE, is_state),
    (Content.PHONE, is_phone),
    (Content.ADDRESS, is_address),
    (Content.STREET, is_street),
)
