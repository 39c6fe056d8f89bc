"""Whether the first row of a table holds names of columns or already a record."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from app.domain.text.column_content import is_address, is_date, is_email, is_phone, is_website, is_zip_code

MIN_SHARE = 0.6
"""Share of the rows below whose values must be of the kind of the first row's."""
MIN_NUMBERS = 2
"""Columns of numbers that tell alone: a name such as 2020 is one, too."""
_NUMBER = re.compile(r"-?\d{1,12}(?:[.,]\d{1,12})?", re.ASCII)
KINDS: tuple[Callable[[str], bool], ...] = (is_email, is_date, is_zip_code, is_phone, is_address, is_website)


def holds_values(first: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row looks like the `rows` below it: with dates, ZIP codes or addresses where they have them."""
    numbers = 0
    for index, text in enumerate(first):
        below = [row[index] for row in rows if index < len(row) and row[index]]
        if not text or not below:
            continue
        kind = next((kind for kind in KINDS if kind(text)), None)
        if kind is not None and sum(map(kind, below)) >= MIN_SHARE * len(below):
            return True
        if _NUMBER.fullmatch(text) and sum(_NUMBER.fullmatch(value) is not None for value in below) == len(below):
            numbers += 1
    return numbers >= MIN_NUMBERS
