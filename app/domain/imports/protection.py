"""Which rows of a file must not be shown: those about people whose address is confidential. When in doubt, a row is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.domain.text.confidentiality import find_flags, find_protecting_cell

HIDDEN = "protected"
"""Stands in for what is not shown."""
_HIDDEN_CELL = re.compile(
    r"\W{0,5}(?:\*{2,200}|(?:address )?(?:is )?(?:confidential|protected|withheld|redacted|suppressed|safe at home)"
    r"(?: address| voter| record)?)\W{0,5}",
    re.IGNORECASE,
)


class Protection:
    """The flags of one table, whatever it is imported as."""

    def __init__(self, header: Sequence[str], *, of_people: bool = True) -> None:
        """`of_people` is False for lists of land and places, where `protected` may be said of them."""
        self._width = len(header)
        self._flags = find_flags(header, of_people=of_people)

    @property
    def has_flags(self) -> bool:
        """Whether the table says of whom the address is confidential."""
        return bool(self._flags)

    def covers(self, cells: Sequence[str] | None) -> bool:
        """Whether a row must not be shown; `cells` is None for a row that could not be split."""
        if self._flags and (cells is None or len(cells) < self._width or any(map(str.strip, cells[self._width :]))):
            return True  # its flag may be in any cell
        if cells is None:
            return False
        is_flagged = find_protecting_cell(cells, self._flags) is not None
        return is_flagged or any(_HIDDEN_CELL.fullmatch(cell[:300].strip()) for cell in cells)
