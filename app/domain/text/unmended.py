"""Rows of a report of rejected rows that come back as they were: a row that was not split is no record by now."""

from __future__ import annotations

import re
from collections.abc import Sequence

SURPLUS = " | "
"""Between the cells of a report's last column where the row had more cells than the header."""
HIDDEN = "*"
"""What a report has in place of the values of people who are protected."""
_COUNT = re.compile(r"has ([0-9]{1,6}) cells")


def is_unsplit(cells: Sequence[str]) -> bool:
    """Whether the first cell has a whole line with a stray quote, and the others are empty."""
    return '"' in cells[0] and not any(cells[1:])


def find_surplus(cells: Sequence[str], error: str) -> str | None:
    """Return what is still wrong with a row of which `error` says how many surplus cells it had; None if it was mended.

    A row with too few cells has become one with empty cells, which is whole.
    """
    width, found = len(cells), _COUNT.match(error.strip())
    if found is None:
        return None
    count = int(found[1])
    if count > width and cells[-1].count(SURPLUS.strip()) >= count - width:
        return f"has {count} cells, but the header has {width}"
    return None
