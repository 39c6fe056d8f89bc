"""Writing CSV, and cells that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Sequence

_IGNORED = r"\s\x00-\x1f\x7f-\x9f\"'\u2018\u2019\u201c\u201d\u200b-\u200f\u2060\ufeff"
"""What spreadsheets, or the people who clean cells in them, drop from the beginning of a cell."""
_FORMULA = re.compile(f"'*[\\t\\r\\n\\0]|[{_IGNORED}]*[=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212]")
"""A cell that some spreadsheet would calculate: OWASP's list, full-width and small forms, and leading fillers."""
_HARMLESS = re.compile(
    r"-{1,3}"  # a dash for no value
    r"|[+-]?[0-9]+(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]{1,3})?"  # a number
    r"|\+[0-9]{1,3}(?:[ .\-]?\([0-9]{1,5}\))?(?:[ .\-]?[0-9]{1,12}){1,8}"  # a telephone number
)
"""Numbers and telephone numbers contain no name, so they can neither call a function nor refer to another cell."""
MAX_HARMLESS_CHARACTERS = 40
QUOTE = '"'


def line(cells: Iterable[object], delimiter: str = ",") -> str:
    """Return one record without its line end; None is an empty cell."""
    text = io.StringIO()
    # the writer quotes what its line end is made of, so that has to be one
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow("" if cell is None else cell for cell in cells)
    return text.getvalue().removesuffix("\r\n")


def quoted_line(cells: Sequence[object], delimiter: str, quoted: Collection[int]) -> str:
    """Return one record as `line` does, with quotes around the cells of the `quoted` columns, whatever they are."""
    if not quoted:
        return line(cells, delimiter)
    needing = {delimiter, '"', "\r", "\n"}
    texts = ["" if cell is None else str(cell) for cell in cells]
    joined = delimiter.join(
        f'"{text.replace(QUOTE, QUOTE * 2)}"' if index in quoted or not needing.isdisjoint(text) else text
        for index, text in enumerate(texts)
    )
    return joined or QUOTE * 2  # a blank line would be no row


def guarded(cell: str) -> str:
    """Return the cell with an apostrophe before it if a spreadsheet would calculate it (OWASP, CSV injection)."""
    return f"'{cell}" if is_formula(cell) else cell


def unguarded(cell: str) -> str:
    """Return the cell without the apostrophe of `guarded`: `unguarded(guarded(cell)) == cell` for every cell.

    Numbers lose it as well, because other programs, and earlier versions of this one, mark them too.
    """
    if cell.startswith('="') and cell.endswith('"'):  # how programs keep Excel from reading text as a number
        return cell[2:-1]
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell


def reguarded(cell: str) -> str:
    """Return a cell of a file, which may be guarded already, with one guard at most."""
    return guarded(unguarded(cell))


def is_formula(cell: str) -> bool:
    """Whether some spreadsheet might calculate the cell instead of showing it."""
    if _FORMULA.match(cell) is None:
        return False
    return len(cell) > MAX_HARMLESS_CHARACTERS or _HARMLESS.fullmatch(cell) is None


def split_line(text: str, delimiter: str) -> list[str]:
    """Return the cells of a record that `line` wrote. They have at most 131,072 characters, csv's limit."""
    return next(csv.reader([text], delimiter=delimiter), [])
