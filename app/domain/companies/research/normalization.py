"""Fold text for comparison: without case, accents, and differences of quotation marks, dashes and white space.

Folding keeps the origin of each character, so that a match in the folded text can be cut out of the stored text.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

EQUIVALENTS = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4`", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    "\u2026": "...",
}


@dataclass(frozen=True)
class FoldedText:
    """A folded text with the origins of its characters."""

    text: str
    origins: tuple[int, ...]
    """The position of each character of `text` in the original text."""

    def cut(self, original: str, start: int, end: int) -> str:
        """Return the piece of the original text that became `text[start:end]`."""
        return original[self.origins[start] : self.origins[end - 1] + 1]


@lru_cache(maxsize=8192)
def _letters(char: str) -> str:
    """Return a character as folded: empty if invisible (soft hyphens, joiners, accents), a space for white space."""
    if char.isspace():
        return " "
    if char in EQUIVALENTS:
        return EQUIVALENTS[char]
    decomposed = unicodedata.normalize("NFKD", char)
    kept = "".join(EQUIVALENTS.get(c, c) for c in decomposed if unicodedata.category(c) not in ("Mn", "Cf", "Cc"))
    return " " if kept and not kept.strip() else kept.casefold()


def fold(text: str) -> FoldedText:
    """Fold a text and keep the origin of each character."""
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
    return FoldedText("".join(letters), tuple(origins))


def folded(text: str) -> str:
    """Return the folded text alone."""
    return fold(text).text
