"""Writing CSV, and cells that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def line(cells: Iterable[object], delimiter: str = ",") -> str:
    """One record without its line end; None is an empty cell."""
    text = io.StringIO()
    # the writer quotes what its line end is made of, so that has to be one
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow("" if cell is None else cell for cell in cells)
    return text.getvalue().removesuffix("\r\n")


def guarded(cell: str | None) -> str | None:
    """Text from outside, with an apostrophe before what a spreadsheet would calculate (OWASP, CSV injection)."""
    return f"'{cell}" if cell and cell.startswith(_FORMULA) else cell


def unguarded(cell: str) -> str:
    """Without the apostrophe that `guarded` puts before a cell."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
