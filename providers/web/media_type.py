"""Media types of responses, read and guessed as browsers do."""

from __future__ import annotations

import re

from multidict import CIMultiDictProxy

_TYPE = re.compile(r"[!#$&^_.+a-z0-9-]{1,100}/[!#$&^_.+a-z0-9-]{1,100}")
_UNKNOWN = frozenset({"unknown/unknown", "application/unknown"})
SNIFFED_BYTES = 1445
"""Part of the body that decides whether it is HTML (MIME Sniffing Standard, 7.1)."""
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def content_type(headers: CIMultiDictProxy[str]) -> tuple[str, str | None]:
    """Return the media type in lower case (empty if there is none) and the charset (None if there is none).

    The last media type counts; a value that is none, such as `html`, is ignored.
    """
    media_type, charset = "", None
    for value in ",".join(headers.getall("Content-Type", ()))[:2_000].split(","):
        kind, _, parameters = value.partition(";")
        kind = kind.split()[0].lower() if kind.strip() else ""
        if not _TYPE.fullmatch(kind) or kind in _UNKNOWN:
            continue
        if kind != media_type:
            media_type, charset = kind, None
        for parameter in parameters.split(";"):
            name, _, given = parameter.partition("=")
            if name.strip().lower() == "charset" and given.strip():
                charset = given
    return media_type, charset


def looks_like_html(raw: bytes) -> bool:
    """Return whether a body without a media type is HTML: it begins with a tag and has no binary data."""
    start = raw[:SNIFFED_BYTES]
    if start.startswith(_BOMS[1:]):
        start = start.replace(b"\0", b"")
    for mark in _BOMS:
        start = start.removeprefix(mark)
    text = start.lstrip(b" \t\r\n\f")
    return text.startswith(b"<") and not text.startswith((b"<rss", b"<feed", b"<svg", b"<urlset")) and b"\0" not in text
