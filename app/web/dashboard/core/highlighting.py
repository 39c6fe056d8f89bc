"""The stored text of a source with a quotation highlighted in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from operator import itemgetter

WORD = re.compile(r"\S+")
MAX_SHOWN_CHARACTERS = 200_000


@dataclass(frozen=True, slots=True)
class Highlighted:
    """A text around a quotation; `passage` is empty if the quotation does not stand in it."""

    before: str
    passage: str
    after: str


def highlight(text: str, quote: str) -> Highlighted:
    """Return the text around the first place of the quotation, whatever the white space of both."""
    start, end = _find(text, " ".join(quote.split()))
    return Highlighted(text[:start], text[start:end], text[end : max(end, MAX_SHOWN_CHARACTERS)])


def _find(text: str, quote: str) -> tuple[int, int]:
    """Return where the quotation begins and ends in the text, (0, 0) if it does not stand there."""
    starts: list[tuple[int, int]] = []  # of each word, with single spaces and in the text
    joined: list[str] = []
    length = 0
    for word in WORD.finditer(text):
        starts.append((length, word.start()))
        joined.append(word[0])
        length += len(word[0]) + 1
    found = " ".join(joined).find(quote) if quote else -1
    if found < 0:
        return 0, 0
    return _original(starts, found), _original(starts, found + len(quote) - 1) + 1


def _original(starts: list[tuple[int, int]], position: int) -> int:
    """Return the place in the text of a character of a word, from its place in the text with single spaces."""
    joined, original = starts[bisect_right(starts, position, key=itemgetter(0)) - 1]
    return original + position - joined
