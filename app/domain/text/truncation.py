"""Text and JSON of limited size, which say how much was left out."""

from __future__ import annotations

from itertools import islice
from typing import Any

import orjson

from app.domain.text.storable import storable

NOTE_CHARACTERS = 40
"""The longest note on what was left out."""
MAX_CUT_MEMBER_CHARACTERS = 1_000
"""Of a member of an object that had to be shortened."""
MAX_MEMBERS = 10_000
"""The members of an object that is too long are looked at one by one; beyond these they are only counted."""


def truncate(text: str, max_characters: int, slack: int = NOTE_CHARACTERS) -> str:
    """Return the first `max_characters`, followed by how many were left out.

    A text that is only `slack` longer is kept, so applying it twice changes nothing more.
    """
    more = len(text) - max_characters
    return text if more <= slack else f"{text[:max_characters]}… ({more:,} characters more)"


def truncate_start(text: str, max_characters: int) -> str:
    """Return the last `max_characters`, preceded by how many were left out: of a traceback, the end is what matters."""
    more = len(text) - max_characters
    return text if more <= NOTE_CHARACTERS else f"({more:,} characters before) …{text[-max_characters:]}"


def object_text(value: dict[str, Any], max_characters: int) -> str:
    """Return the object as JSON text that Postgres can store, of at most `max_characters`.

    If it is longer, its longest members become the beginning of their text, and those that still do not fit are counted
    in a member `notShown`. Raises TypeError if JSON cannot express the object.
    """
    text = _dumps(value)
    if len(text) <= max_characters:
        return text
    texts = {name: _dumps(member) for name, member in islice(value.items(), MAX_MEMBERS)}
    left = max_characters - 2 * NOTE_CHARACTERS
    kept: set[str] = set()
    for name in sorted(texts, key=lambda name: len(texts[name])):
        around = len(_dumps(name)) + 2  # the colon and the comma
        if around + len(texts[name]) > left:
            member = value[name]
            whole = member if isinstance(member, str) else texts[name]
            texts[name] = _dumps(truncate(whole, min(MAX_CUT_MEMBER_CHARACTERS, max_characters // 4)))
        if around + len(texts[name]) <= left:
            left -= around + len(texts[name])
            kept.add(name)
    shown: dict[str, Any] = {name: orjson.Fragment(texts[name]) for name in texts if name in kept}
    if len(kept) < len(value):
        shown["notShown"] = f"{len(value) - len(kept):,} more members"
    return orjson.dumps(shown).decode()


def _dumps(value: Any) -> str:
    return storable(orjson.dumps(value, default=str).decode().replace("\\u0000", "\\ufffd"))
