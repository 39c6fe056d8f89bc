"""Response bodies: decompressed within a limit, and decoded as browsers do."""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import AsyncIterator, Iterator, Sequence

BLOCK_BYTES = 64 * 1024
"""Size of the blocks that are decompressed: the memory that a decompression bomb can take before it is noticed."""
PRESCAN_BYTES = 4096
"""Part of the body in which a page may declare its character set. The HTML Standard (13.2.3.2) says 1024 bytes; real
pages need more."""
MAX_GZIP_MEMBERS = 100
"""Decompressed members of one gzip file."""
ACCEPT_ENCODING = "gzip, deflate"
MAX_CODINGS = 3
"""A body with more codings is not decompressed."""
_NOT_REQUESTED = frozenset({"br", "zstd", "dcb", "dcz"})
"""Codings of browsers that are not supported here; servers send them only to those who ask."""
MAX_CHARSET_CHARACTERS = 40
"""A longer name of a character set is ignored."""

_META = re.compile(rb"""<meta[^>]{0,200}charset\s{0,9}=\s{0,9}["']?\s{0,9}([a-zA-Z0-9_.:-]{1,40})""", re.IGNORECASE)
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# The Encoding Standard decodes these as their supersets from Windows.
_SUPERSETS = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030",
              "euc_kr": "cp949", "shift_jis": "cp932"}  # fmt: skip
# The other encodings of the Encoding Standard. Python has more, but some of those raise whatever the `errors` argument
# says, return invalid text, or take quadratic time.
_WEB_ENCODINGS = frozenset({"cp866", "cp874", "cp932", "cp949", "gb18030", "big5", "big5hkscs", "euc_jp", "iso2022_jp",
                         "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic", *(f"cp125{n}" for n in range(9)),
                         *(f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16))})  # fmt: skip


class InvalidBody(Exception):
    """The body does not match its Content-Encoding. The message says how."""


async def read_body(chunks: AsyncIterator[bytes], encoding: str, max_bytes: int) -> tuple[bytes, bool]:
    """Return the decompressed body, truncated to `max_bytes`, and whether it was truncated. Raises InvalidBody.

    `encoding` is the Content-Encoding header. As in browsers, a body with a coding that does not exist is returned as
    it stands.
    """
    stages = [_Stage(coding, is_outermost=n == 0) for n, coding in enumerate(_codings(encoding))]
    body, received = bytearray(), 0
    async for chunk in chunks:
        received += len(chunk)
        for block in _decompress(stages, chunk, max_bytes):
            body += block
            if len(body) > max_bytes:
                break
        # a stream that decompresses to nothing may be endless
        if len(body) > max_bytes or received > max_bytes or any(stage.produced > max_bytes for stage in stages):
            del body[max_bytes:]
            return bytes(body), True
        if stages and stages[-1].ended:
            return bytes(body), stages[-1].members > MAX_GZIP_MEMBERS
    return bytes(body), False


def _codings(header: str) -> list[str]:
    """Return the codings of a Content-Encoding header in the order in which they are undone. Raises InvalidBody."""
    codings = [name.strip().lower() for name in header.split(",")]
    codings = [name for name in codings if name not in ("", "identity")]
    for name in codings:
        if name in _NOT_REQUESTED:
            raise InvalidBody(f"its body has the encoding {name!r}, which was not requested")
    if len(codings) > MAX_CODINGS or not set(codings) <= {"gzip", "x-gzip", "deflate"}:
        return []
    return codings[::-1]


class _Stage:
    """Undoes one coding."""

    def __init__(self, coding: str, *, is_outermost: bool) -> None:
        self._may_be_raw = coding == "deflate"
        self._is_outermost = is_outermost
        self._decompressor = zlib.decompressobj(15 if self._may_be_raw else 31)
        self._passes = self._is_between = False
        self.produced = 0
        """Bytes after decompression."""
        self.members = 1
        self.ended = False
        """Whether the compressed data is complete; what follows is garbage."""

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Yield the decompressed data in blocks. Raises InvalidBody."""
        while chunk and not self.ended:
            if self._is_between and (not chunk.startswith(b"\x1f\x8b") or self.members > MAX_GZIP_MEMBERS):
                self.ended = True
                return
            self._is_between = False
            if self._passes:
                yield chunk
                return
            try:
                block = self._decompressor.decompress(chunk, BLOCK_BYTES)
            except zlib.error:
                if self.produced:
                    raise InvalidBody("its body cannot be decompressed") from None
                if self._may_be_raw:  # some servers send it without the header of zlib
                    self._decompressor, self._may_be_raw = zlib.decompressobj(-15), False
                elif self._is_outermost:
                    raise InvalidBody("its body cannot be decompressed") from None
                else:  # the header names a coding twice that was applied once
                    self._passes = True
                continue
            self.produced += len(block)
            chunk = self._decompressor.unconsumed_tail
            if self._decompressor.eof:
                chunk = self._decompressor.unused_data
                self._decompressor, self.members, self._is_between = zlib.decompressobj(31), self.members + 1, True
            yield block


def _decompress(stages: Sequence[_Stage], chunk: bytes, max_bytes: int) -> Iterator[bytes]:
    """Yield the chunk decompressed by all stages, in blocks; stops once a stage has produced more than `max_bytes`."""
    if not stages:
        yield chunk
        return
    for block in stages[0].feed(chunk):
        if stages[0].produced > max_bytes and len(stages) > 1:
            return
        yield from _decompress(stages[1:], block, max_bytes)


def decode_html(body: bytes, declared_charset: str | None) -> str:
    """Decode HTML, with a replacement character for each invalid sequence.

    The encoding is that of the byte order mark, the Content-Type header or the page's <meta>, in this order; else UTF-8
    if the body is valid UTF-8, else Windows-1252.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    found = _META.search(body[:PRESCAN_BYTES])
    meta_charset = found[1].decode("ascii") if found else None
    for charset in (declared_charset, meta_charset):
        codec = _codec(charset)
        # If the header says UTF-8 and the body is not, the <meta> counts.
        if codec is not None and not (codec == "utf-8" and not _is_utf8(body)):
            return body.decode(codec, "replace")
    return body.decode("utf-8", "replace") if _is_utf8(body) else body.decode("cp1252", "replace")


def _codec(name: str | None) -> str | None:
    """Return Python's name of a character set, None if it is unknown or not one of the Encoding Standard."""
    if not name or len(name) > MAX_CHARSET_CHARACTERS:
        return None
    try:
        found = codecs.lookup(name.strip("\"' ")).name
    except (LookupError, ValueError):
        return None
    if found.startswith(("utf-8", "utf-16")):  # UTF-16 without a byte order mark is UTF-8 in fact
        return "utf-8"
    found = _SUPERSETS.get(found, found)
    return found if found in _WEB_ENCODINGS else None


def _is_utf8(body: bytes) -> bool:
    """Return whether it is UTF-8 but for a few bytes; the last character may be truncated."""
    text = body.decode("utf-8", "replace")
    return text.count("\ufffd") <= 2 + len(body) // 10_000
