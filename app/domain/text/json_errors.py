"""Sentences on JSON that no parser takes, without the excerpts that parsers add: those may hold personal data."""

from __future__ import annotations

SEVERAL_VALUES = "trailing garbage"
"""How the parser of streams begins its error for a value after the first one."""


def describe_parser_error(error: Exception) -> str:
    """Return the reason in an error of a parser of streams, as the end of a sentence."""
    if isinstance(error, UnicodeDecodeError):
        return "it is not valid UTF-8"
    text = error.args[0] if error.args else ""
    text = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
    reason = text.strip().partition("\n")[0].rpartition("error: ")[2].rstrip(". ")
    if reason.startswith("premature EOF") or "Incomplete" in reason:
        return "it ends too early"
    return reason[:200]


def holds_several_values(error: Exception) -> bool:
    """Whether a file has further values after its first one."""
    return SEVERAL_VALUES in str(error)
