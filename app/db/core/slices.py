"""Work on many rows in slices, between which other tasks run: encoding and decoding rows occupies the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

ROWS_PER_SLICE = 1_000
"""Some milliseconds of work for rows of a dozen short columns."""


def slices(rows: Sequence[T], size: int = ROWS_PER_SLICE) -> Iterator[Sequence[T]]:
    """Yield the rows in parts of at most `size`, for one statement each."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


async def in_slices(
    rows: Sequence[T], work: Callable[[Sequence[T]], Iterable[R]], size: int = ROWS_PER_SLICE
) -> list[R]:
    """Return the results of `work` for all slices, in order."""
    results: list[R] = []
    for part in slices(rows, size):
        results += work(part)
        await asyncio.sleep(0)
    return results
