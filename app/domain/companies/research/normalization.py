"""Text as two people would agree on it: without case, accents, kinds of quotation marks, dashes and white space.

Folding keeps, for each character, where it stood, so that what is found in the folded text can be cut out of the text
as it was stored.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

SPELT_ALIKE = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4`", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    "\u2026": "...",
}


@dataclass(frozen=True)
class Folded:
    text: str
    origins: tuple[int, ...]
    """Of each character of `text`, its place in the text that was folded."""

    def cut(self, original: str, start: int, end: int) -> str:
        """What of the original text became `text[start:end]`."""
        return original[self.origins[start] : self.origins[end - 1] + 1]


@lru_cache(maxsize=8192)
def _letters(char: str) -> str:
    """A character as folded: empty for what is not seen (soft hyphens, joiners, accents), a space for white space."""
    if char.isspace():
        return " "
    if char in SPELT_ALIKE:
        return SPELT_ALIKE[char]
    decomposed = unicodedata.normalize("NFKD", char)
    kept = "".join(SPELT_ALIKE.get(c, c) for c in decomposed if unicodedata.category(c) not in ("Mn", "Cf", "Cc"))
    return " " if kept and not kept.strip() else kept.casefold()


def fold(text: str) -> Folded:
    letters: list[str] = []
    origins: list[int] = []
    for place, char in enumerate(text):
        for letter in _letters(char):
            if letter != " " or (letters and letters[-1] != " "):
                letters.append(letter)
                origins.append(place)
    if letters and letters[-1] == " ":
        letters.pop()
        origins.pop()
    return Folded("".join(letters), tuple(origins))


def folded(text: str) -> str:
    return fold(text).text
