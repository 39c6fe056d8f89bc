"""Which columns of a delimited file are quoted throughout: what is made from the file quotes them, too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

MAX_LINES = 200


def find_quoted_columns(lines: Sequence[str], delimiter: str, width: int) -> list[int]:
    """Return the indexes of the columns that are quoted in all `lines` where they are filled, and in at least one."""
    if not any('"' in line for line in lines):
        return []
    quoted, bare = [False] * width, [False] * width
    for line in lines[:MAX_LINES]:
        cells = _pattern(delimiter).findall(line.rstrip("\r\n"))
        if line.count('"') % 2 or len(cells) != width:
            continue  # a cell goes on in the next line, or the line is broken
        for index, cell in enumerate(cells):
            if cell.startswith('"'):
                quoted[index] = True
            elif cell:
                bare[index] = True
    return [index for index in range(width) if quoted[index] and not bare[index]]


@lru_cache
def _pattern(delimiter: str) -> re.Pattern[str]:
    """Match one cell with the delimiter or the line's beginning before it."""
    end = re.escape(delimiter)
    return re.compile(rf'(?:^|{end})("(?:[^"]|"")*"|[^{end}]*)')
