"""Whole names of people, taken apart."""

from __future__ import annotations

_TITLES = frozenset(("MR", "MRS", "MS", "MISS", "MX", "DR", "SIR", "DAME", "LADY", "LORD", "REV", "PROF"))
_SUFFIXES = frozenset(("JR", "SR", "II", "III", "IV", "V"))


def split_name(text: str, *, surname_first: bool) -> tuple[str, str, str]:
    """Return last, first and middle name of `Lee, Ann Mary`, or without a comma in the order that `surname_first` says.

    Titles are left out; of names without a comma of which one end is in capitals, that is the last name.
    """
    before, comma, after = text.partition(",")
    given = _without_title(after.split())
    if comma and before.strip() and given and given[0].strip(".").upper() not in _SUFFIXES:
        return before.strip(), given[0], " ".join(given[1:])
    words = _without_title(text.replace(",", " ").split())
    if len(words) < 2:
        return " ".join(words), "", ""
    count = _count_capitals(words) or -_count_capitals(words[::-1])
    if not count:
        count = 1 if surname_first else -1
    if count == -1 and len(words) > 2 and words[-1].strip(".").upper() in _SUFFIXES:
        count = -2
    last, rest = (words[:count], words[count:]) if count > 0 else (words[count:], words[:count])
    return " ".join(last), rest[0], " ".join(rest[1:])


def _without_title(words: list[str]) -> list[str]:
    return words[1:] if len(words) > 1 and words[0].strip(".").upper() in _TITLES else words


def _count_capitals(words: list[str]) -> int:
    """Return how many of the first words are in capitals; 0 where all are, or initials only."""
    count = next((number for number, word in enumerate(words) if len(word.strip(".")) < 2 or not word.isupper()), 0)
    return count if any(not word.isupper() for word in words[count:]) else 0
