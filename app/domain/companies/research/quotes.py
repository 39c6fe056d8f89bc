"""Finding a quotation in the text of a source: word for word, or not at all.

Fuzzy matching is left out on purpose: "is profitable" and "is unprofitable" are 88 % alike. What a writer may change is
what `folding` takes away; and it may leave something out, marked by "...".
"""

from __future__ import annotations

import re

from app.domain.companies.research.normalization import Folded, folded

SHORTEST_WORDS = 3
SHORTEST_CHARS = 12
LONGEST_CHARS = 1000
LONGEST_GAP = 300
"""Characters that "..." may stand for."""
CURRENCY = "£$€¥"


class TooShort(ValueError):
    """A quotation that would support anything."""


def find(quote: str, text: str, inside: Folded) -> str | None:
    """The piece of `text` (`inside` when folded) that is quoted, as it stands there; None where it is not there.

    Whole words and whole numbers only: "500 staff" is not in "1,500 staff". Raises TooShort.
    """
    wanted = folded(quote).strip(" \"'")
    parts = [part.strip(" \"'") for part in re.split(r"\.\.\.|\[\.\.\.\]", wanted)]
    parts = [part for part in parts if part]
    if sum(len(part.split()) for part in parts) < SHORTEST_WORDS or len(wanted) < SHORTEST_CHARS:
        raise TooShort
    if len(wanted) > LONGEST_CHARS:
        return None
    start = 0
    while (first := _next(parts[0], inside.text, start)) is not None:
        end = _last_end(parts, inside.text, first)
        if end is not None:
            begin, end = _whole_figures(inside.text, first, end)
            return inside.cut(text, begin, end)
        start = first + 1
    return None


def _last_end(parts: list[str], text: str, first: int) -> int | None:
    """Where the last part ends when the first begins at `first` and each follows the one before."""
    end = first + len(parts[0])
    for part in parts[1:]:
        place = _next(part, text, end)
        if place is None or place - end > LONGEST_GAP:
            return None
        end = place + len(part)
    return end


def _next(part: str, text: str, start: int) -> int | None:
    """The next place of `part` that is not in the midst of a word or a number."""
    while (place := text.find(part, start)) >= 0:
        if not _cuts(text, place) and not _cuts(text, place + len(part)):
            return place
        start = place + 1
    return None


def _cuts(text: str, place: int) -> bool:
    """Whether a border at `place` would cut a word or a number in two."""
    before, after = text[max(0, place - 2) : place], text[place : place + 2]
    if not before or not after:
        return False
    if before[-1].isalnum() and after[0].isalnum():
        return True
    if before[-1].isdigit() and after[0] in ".," and after[1:].isdigit():
        return True
    return before[-1] in ".," and before[:-1].isdigit() and after[0].isdigit()


def _whole_figures(text: str, begin: int, end: int) -> tuple[int, int]:
    """Take in the sign of a number at the beginning and the percent sign of one at the end."""
    if text[begin].isdigit() and begin and text[begin - 1] in CURRENCY:
        begin -= 1
    if text[end - 1].isdigit() and text[end : end + 1] == "%":
        end += 1
    return begin, end
