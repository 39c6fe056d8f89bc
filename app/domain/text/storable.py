"""Text that a database can hold."""

from __future__ import annotations


def storable(text: str) -> str:
    """Replace what Postgres cannot hold in `text` and `jsonb`: NUL by U+FFFD, lone surrogates by a question mark."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
