"""Errors of input that cannot be read as a whole; what is wrong with a single row is a value, not an error."""

from __future__ import annotations


class Unreadable(ValueError):
    """The input as a whole cannot be read. The message says why and what to do about it."""


class NeedsOption(Unreadable):
    """The input could be read if its sender said how: which part of it, or in which coordinate system."""


class TooManyRows(ValueError):
    """The input has more rows than the caller accepts."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit:,} rows")
        self.limit = limit
