"""Numbers as text, never as a different number."""

from __future__ import annotations

import re

_DECIMAL_COMMA = re.compile(r"[+-]?\d{1,3},\d{1,20}", re.ASCII)
MAX_EXACT = 2**53
"""The largest number up to which every whole number is a float of its own."""


def degrees(text: str) -> float:
    """Return a latitude or longitude, also one with a decimal comma. Raises ValueError."""
    return float(text.replace(",", ".") if _DECIMAL_COMMA.fullmatch(text) else text)


def number_text(value: int | float) -> str:
    """Return the number as text, a whole one without a fraction: columns with gaps come as floats from some tools.

    Raises ValueError for a whole float beyond MAX_EXACT, which stands for several numbers.
    """
    if isinstance(value, float) and value.is_integer():
        if abs(value) > MAX_EXACT:
            raise ValueError("is a float with more digits than floats keep; send it as text, in quotes")
        return str(int(value))
    return str(value)
