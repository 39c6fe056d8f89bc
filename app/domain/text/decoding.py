"""Decoding text of unknown origin: UTF-8, or Windows-1252 for each line that is not UTF-8."""

from __future__ import annotations

import codecs

from app.domain.text.errors import Unreadable
from app.domain.text.file_signatures import describe

SAMPLE_BYTES = 65_536
_BINARY = bytes(byte for byte in range(32) if byte not in b"\t\n\v\f\r\x1a\x1e")


def decode(raw: bytes) -> str:
    """Decode a line, without byte order marks: files that were put together have them anywhere.

    The five bytes that Windows-1252 leaves undefined become the Latin-1 control characters.
    """
    if codecs.BOM_UTF8 in raw:
        raw = raw.replace(codecs.BOM_UTF8, b"")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def check_is_text(head: bytes) -> None:
    """Check the first bytes of a file. Raises Unreadable for an empty file, and for what is no table and no JSON."""
    if not head.removeprefix(codecs.BOM_UTF8).strip(b" \t\r\n"):
        raise Unreadable("The file is empty.")
    if (description := describe(head)) is not None:
        raise Unreadable(description)
    sample = head[:SAMPLE_BYTES]
    if len(sample) - len(sample.translate(None, _BINARY)) > len(sample) // 20:
        raise Unreadable(
            "The file is binary data, not text. Send CSV or GeoJSON; it may be compressed with gzip or zip."
        )
