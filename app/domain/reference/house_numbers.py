"""House numbers as an integer, for arithmetic along a street, and a mark for the rest: 123, 123A, 123 1/2, 12-34."""

from __future__ import annotations

import re
from typing import NamedTuple

MAX_NUMBER = 2**31 - 1
MAX_MARK_CHARACTERS = 16
_PLAIN = re.compile(r"\d{1,10}", re.ASCII)
_SPREADSHEET = re.compile(r"\.0{1,6}", re.ASCII)
_LAST_OF_GRID = re.compile(r"((?:[NSEW] ?)?\d{1,6} ?[NSEW]) ?(\d{1,9})", re.ASCII)
_FIRST = re.compile(r"([^\d]{0,8})(\d{1,10})(.{0,24})", re.ASCII)
_SPACES = re.compile(r"\s+")
_FRACTIONS = {"½": " 1/2", "¼": " 1/4", "¾": " 3/4"}


class HouseNumber(NamedTuple):
    """`123 1/2` is (123, "1/2"), `12-34A` is (12, "-34A"), and in a grid `N6W23001` is (23001, "N6W")."""

    number: int
    mark: str = ""

    def __str__(self) -> str:
        if self.mark[:1] in ("N", "S", "E", "W") and len(self.mark) > 1:
            return f"{self.mark}{self.number}"
        if self.mark[:1].isdigit() and self.mark[-1:] in ("N", "S", "E", "W"):
            return f"{self.mark}{self.number}"
        return f"{self.number} {self.mark}" if "/" in self.mark else f"{self.number}{self.mark}"


def parse_house_number(text: str) -> HouseNumber | None:
    """Return the number in a text such as `123`, `123.0` or `0123 ½`; None without one, and for zero."""
    if _PLAIN.fullmatch(text):  # nearly all are
        number = int(text)
        return HouseNumber(number) if 0 < number <= MAX_NUMBER else None
    for sign, words in _FRACTIONS.items():
        text = text.replace(sign, words)
    text = _SPACES.sub(" ", text).strip().upper()
    if grid := _LAST_OF_GRID.fullmatch(text):
        return _checked(grid[2], grid[1].replace(" ", ""))
    found = _FIRST.match(text)
    if found is None or (found[1].strip() and not found[1].strip().isalpha()):
        return None
    rest = found[3]
    if rest.startswith("/"):  # a fraction without its number
        return None
    if _SPREADSHEET.fullmatch(rest):
        rest = ""
    mark = found[1].strip() + rest.replace(" ", "")
    if "/" in mark:
        mark = mark.lstrip("-")
    return _checked(found[2], mark)


def _checked(digits: str, mark: str) -> HouseNumber | None:
    number = int(digits)
    return HouseNumber(number, mark[:MAX_MARK_CHARACTERS]) if 0 < number <= MAX_NUMBER else None
