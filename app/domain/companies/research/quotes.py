"""Find a quotation in the text of a source, word for word.

There is no fuzzy matching on purpose: "is profitable" and "is unprofitable" are 88 % alike. A writer may change what
`normalization` ignores, and may leave something out, marked by "...".
"""

from __future__ import annotations

import re

from app.domain.companies.research.normalization import FoldedText, folded

MIN_WORDS = 3
MIN_CHARACTERS = 12
MAX_CHARACTERS = 1000
MAX_GAP_CHARACTERS = 300
"""The longest omission that "..." may stand for."""
CURRENCY = "£$€¥"


class TooShort(ValueError):
    """The quotation is so short that it would support anything."""


def find_quote(quote: str, text: str, folded_text: FoldedText) -> str | None:
    """Return the quoted piece of `text` verbatim; None if the text does not contain the quotation.

    `folded_text` is `fold(text)`. Only whole words and numbers match: "500 staff" is not in "1,500 staff". Raises
    TooShort.
    """
    wanted = folded(quote).strip(" \"'")
    parts = [part.strip(" \"'") for part in re.split(r"\.\.\.|\[\.\.\.\]", wanted)]
    parts = [part for part in parts if part]
    if sum(len(part.split()) for part in parts) < MIN_WORDS or len(wanted) < MIN_CHARACTERS:
        raise TooShort
    if len(wanted) > MAX_CHARACTERS:
        return None
    start = 0
    while (first := _next(parts[0], folded_text.text, start)) is not None:
        end = _last_end(parts, folded_text.text, first)
        if end is not None:
            begin, end = _whole_figures(folded_text.text, first, end)
            return folded_text.cut(text, begin, end)
        start = first + 1
    return None


def _last_end(parts: list[str], text: str, first: int) -> int | None:
    """Return where the last part ends if the first begins at `first` and each part follows the previous one."""
    end = first + len(parts[0])
    for part in parts[1:]:
        place = _next(part, text, end, end + MAX_GAP_CHARACTERS + len(part))
        if place is None:
            return None
        end = place + len(part)
    return end


def _next(part: str, text: str, start: int, limit: int | None = None) -> int | None:
    """Return the next position of `part`, ending before `limit`, that is not within a word or a number."""
    while (place := text.find(part, start, limit)) >= 0:
        if not _cuts(text, place) and not _cuts(text, place + len(part)):
            return place
        start = place + 1
    return None


def _cuts(text: str, place: int) -> bool:
    """Return whether a border at `place` would split a word or a number."""
    before, after = text[max(0, place - 2) : place], text[place : place + 2]
    if not before or not after:
        return False
    if before[-1].isalnum() and after[0].isalnum():
        return True
    if before[-1].isdigit() and after[0] in ".," and after[1:].isdigit():
        return True
    return before[-1] in ".," and before[:-1].isdigit() and after[0].isdigit()


def _whole_figures(text: str, begin: int, end: int) -> tuple[int, int]:
    """Include the currency sign of a number at the beginning, and the percent sign of one at the end."""
    if text[begin].isdigit() and begin and text[begin - 1] in CURRENCY:
        begin -= 1
    if text[end - 1].isdigit() and text[end : end + 1] == "%":
        end += 1
    return begin, end
