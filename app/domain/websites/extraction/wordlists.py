"""Long lists of words, written as text."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words in `text`, at whatever spaces and line ends."""
    return frozenset(text.split())
