"""Heads of HTTP responses, repaired as Chromium reads them: real servers send much that the standard forbids."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_HEAD_BYTES = 96 * 1024
"""Maximum size of the status line and the headers together. Chromium accepts 256 KiB; real heads stay below 64 KiB."""
MAX_JUNK_BYTES = 4
"""Bytes that may stand before the status line, such as the line break after an earlier body."""

_END = re.compile(rb"\n\r?\n")
_START = re.compile(rb"[\x00-\xff]{0,%d}?HTTP/" % MAX_JUNK_BYTES, re.IGNORECASE)
_STATUS = re.compile(rb"(\d{0,4})(?:\.(\d{0,4}))?[^\s]{0,20}[ \t]*(?:(\d{3})(?!\d))?[ \t]*(.*)", re.DOTALL)
_LINES = re.compile(rb"[\r\n]+")
_NAME = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_NO_BODY = frozenset({204, 304})
_DROPPED = frozenset({b"content-length", b"transfer-encoding", b"upgrade"})
"""Rewritten below, or of no use: a server that offers another protocol is not answered."""


class InvalidHead(Exception):
    """The head cannot be repaired."""


@dataclass(frozen=True, slots=True)
class Head:
    """A repaired head."""

    raw: bytes
    """The head with its empty line, in valid HTTP."""
    status: int
    body_bytes: int | None
    """Length of the body if it is known in advance."""
    is_chunked: bool

    @property
    def is_interim(self) -> bool:
        """Whether another head follows (RFC 9110, 15.2)."""
        return 100 <= self.status < 200 and self.status != 101


def find_end(data: bytes | bytearray, start: int) -> int | None:
    """Return the index after the empty line that ends a head, None if there is none; looks from `start` on."""
    found = _END.search(data, max(start - 3, 0))
    return found.end() if found else None


def may_be_head(data: bytes | bytearray) -> bool:
    """Return whether the data may be the beginning of a head."""
    if len(data) < MAX_JUNK_BYTES + 5:
        return True
    return _START.match(data) is not None


def repair_head(data: bytes) -> Head:
    """Return the head as valid HTTP. Raises InvalidHead.

    Lines without a colon and headers whose name is not a token are dropped, spaces around names too, folded lines are
    joined. Transfer-Encoding takes precedence over Content-Length, and repeated equal lengths count once.
    """
    start = _START.match(data)
    if start is None:
        raise InvalidHead
    status_line, *lines = _LINES.split(data[start.end() :].rstrip(b"\r\n"))
    status, version, reason = _parse_status(status_line)
    headers = _parse_headers(lines)
    kept = [(name, value) for name, value in headers if name.lower() not in _DROPPED]
    chunked = any(b"chunked" in value.lower() for name, value in headers if name.lower() == b"transfer-encoding")
    length = None if chunked else _content_length(headers)
    if status in _NO_BODY or status < 200:
        length, chunked = 0, False
    elif chunked:
        kept.append((b"Transfer-Encoding", b"chunked"))
    elif length is not None:
        kept.append((b"Content-Length", b"%d" % length))
    fields = b"".join(b"%b: %b\r\n" % header for header in kept)
    raw = b"HTTP/%b %d %b\r\n%b\r\n" % (version, status, reason, fields)
    return Head(raw, status, length, chunked)


def _parse_status(line: bytes) -> tuple[int, bytes, bytes]:
    """Return status, version and reason. A missing status counts as 200. Raises InvalidHead."""
    match = _STATUS.match(line)
    assert match is not None  # every part may be empty
    if match[3] is None and match[4][:1].isdigit():  # more or fewer than three digits
        raise InvalidHead
    is_old = (match[1] or b"1", match[2] or b"0") < (b"1", b"1")
    return int(match[3] or 200), b"1.0" if is_old else b"1.1", match[4].replace(b"\0", b"").strip()[:200]


def _parse_headers(lines: list[bytes]) -> list[tuple[bytes, bytes]]:
    headers: list[tuple[bytes, bytes]] = []
    for line in lines:
        if line[:1] in (b" ", b"\t"):
            if headers:  # the continuation of the line before
                name, value = headers[-1]
                headers[-1] = name, value + b" " + line.strip()
            continue
        name, colon, value = line.partition(b":")
        name = name.strip()
        if colon and _NAME.fullmatch(name):
            headers.append((name, value.replace(b"\0", b"").strip()))
    return headers


def _content_length(headers: list[tuple[bytes, bytes]]) -> int | None:
    """Return the length that the headers declare, None if there is none. Raises InvalidHead if they contradict."""
    values = {
        value.strip() for name, values in headers if name.lower() == b"content-length" for value in values.split(b",")
    } - {b""}
    if not values:
        return None
    if len(values) == 1 and (value := values.pop()).isdigit() and len(value) <= 18:
        return int(value)
    if any(name.lower() == b"connection" and value.lower() == b"close" for name, value in headers):
        return None  # the end of the connection is the end of the body
    raise InvalidHead
