"""Misspelt names."""

from __future__ import annotations

MIN_SHORT_LETTERS, MIN_LETTERS, LETTERS_OF_TWO_ERRORS = 3, 5, 9
"""A name of so many letters may have one error, or two."""


def is_misspelling(one: str, other: str) -> bool:
    """Whether two names differ by one letter, or by two if they are long: a letter more, less, other, or exchanged.

    Digits are never misspelt: 11th Ave and 12th Ave are two streets.
    """
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < MIN_LETTERS or any(map(str.isdigit, one + other)):
        return False
    errors = 2 if len(shorter) >= LETTERS_OF_TWO_ERRORS else 1
    return len(longer) - len(shorter) <= errors and _distance(shorter, longer) <= errors


def is_short_misspelling(one: str, other: str) -> bool:
    """Whether two names too short for `is_misspelling` differ by one letter; of three letters at least."""
    shorter, longer = sorted((one, other), key=len)
    if not MIN_SHORT_LETTERS <= len(shorter) < MIN_LETTERS or any(map(str.isdigit, one + other)):
        return False
    return len(longer) - len(shorter) <= 1 and _distance(shorter, longer) == 1


def _distance(one: str, other: str) -> int:
    """Return the edit distance, in which an exchange of two neighbouring letters counts as one."""
    previous: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, previous, row = previous, row, [i]
        for j, found in enumerate(other, 1):
            cost = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (letter != found))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == found:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
    return row[-1]
