"""The form of e-mail addresses in text, and the places where they were found."""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from app.domain.websites.extraction.document import text_of

MAX_CONTEXT_CHARACTERS = 400
"""Read of an element's text for an address or its context."""

# Latin, Greek and Cyrillic letters; scripts without spaces between words would join an address to the word before.
_LETTER = "a-z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0370-\u03ff\u0400-\u04ff"
PLAIN = re.compile(
    rf"(?<![{_LETTER}_.+&-])([{_LETTER}][{_LETTER}_.+'&-]{{0,63}}@(?:[{_LETTER}-]{{1,63}}\.){{1,6}}[a-z][a-z0-9-]{{1,23}})"
    rf"(?![{_LETTER}_-]|\.[a-z0-9])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that may be an address."""

    text: str
    method: str
    context: str = ""
    """The text around it."""
    node: LexborNode | None = None
    """The element that holds it."""
    is_others: bool = False
    """The page says that it belongs to somebody else than the business."""


def context_of(node: LexborNode) -> str:
    """Return the text around an element, for people."""
    parent = node.parent
    if parent is not None and parent.tag not in ("body", "html"):
        return text_of(parent, MAX_CONTEXT_CHARACTERS, " ")
    return text_of(node, MAX_CONTEXT_CHARACTERS)
