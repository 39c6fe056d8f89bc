"""Write CSV, with cells that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def format_row(cells: Iterable[object], delimiter: str = ",") -> str:
    """Return a row without its line end; None is an empty cell."""
    text = io.StringIO()
    # the writer quotes only cells that contain characters of its line end, so it needs a real one
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow("" if cell is None else cell for cell in cells)
    return text.getvalue().removesuffix("\r\n")


def escape_formula(cell: str | None) -> str | None:
    """Put an apostrophe before text that a spreadsheet would run as a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell and cell.startswith(_FORMULA_STARTS) else cell


def unescape_formula(cell: str) -> str:
    """Remove the apostrophe that `escape_formula` puts before a cell."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA_STARTS) else cell
