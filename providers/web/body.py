"""Bodies of answers: unpacked within a bound, and decoded as browsers would."""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import AsyncIterator

#: Bytes unpacked at a time: what a bomb may take before it is noticed.
BLOCK = 64 * 1024
#: Bytes in which a page may declare its character set (HTML Standard, 13.2.3.2: 1024; pages in the wild need more).
PRESCAN = 4096

#: Members of one gzip file that are unpacked.
MOST_MEMBERS = 100

#: Codings that are asked for and understood.
CODINGS = "gzip, deflate"

_META = re.compile(rb"""<meta[^>]{0,200}charset\s{0,9}=\s{0,9}["']?\s{0,9}([a-zA-Z0-9_.:-]{1,40})""", re.IGNORECASE)
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# The Encoding Standard reads these as Windows' supersets of them.
_SUPERSETS = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030",
              "euc_kr": "cp949", "shift_jis": "cp932"}  # fmt: skip
# The others that the Encoding Standard knows. Python has more: some of them raise whatever they are told, make what no
# text may hold, or take the square of its length.
_OF_THE_WEB = frozenset({"cp866", "cp874", "cp932", "cp949", "gb18030", "big5", "big5hkscs", "euc_jp", "iso2022_jp",
                         "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic", *(f"cp125{n}" for n in range(9)),
                         *(f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16))})  # fmt: skip
#: Characters of a character set's name.
LONGEST_LABEL = 40


class Garbled(Exception):
    """The body is not what its headers say."""


async def read(chunks: AsyncIterator[bytes], coding: str, at_most: int) -> tuple[bytes, bool]:
    """The unpacked body, cut at `at_most` bytes, and whether it was. Raises Garbled."""
    unpacker = _unpacker(coding)
    body, packed, members = bytearray(), 0, 1
    async for chunk in chunks:
        packed += len(chunk)
        while chunk and len(body) <= at_most:
            if unpacker is None:
                body += chunk
                break
            try:
                body += unpacker.decompress(chunk, BLOCK)
            except zlib.error:
                if coding == "deflate" and not body:  # without zlib's header, as some servers send it
                    unpacker, coding = zlib.decompressobj(-15), "raw deflate"
                    continue
                raise Garbled("its body cannot be unpacked") from None
            chunk = unpacker.unconsumed_tail
            if unpacker.eof:
                chunk, unpacker, members = unpacker.unused_data, _unpacker(coding), members + 1
                if not chunk.startswith(b"\x1f\x8b") or members > MOST_MEMBERS:  # another member, or litter
                    return bytes(body), members > MOST_MEMBERS
        if len(body) > at_most or packed > at_most:  # a stream that unpacks to nothing may go on for ever
            del body[at_most:]
            return bytes(body), True
    return bytes(body), False


def _unpacker(coding: str) -> zlib._Decompress | None:
    match coding:
        case "" | "identity":
            return None
        case "gzip" | "x-gzip":
            return zlib.decompressobj(31)
        case "deflate":
            return zlib.decompressobj()
        case "raw deflate":
            return zlib.decompressobj(-15)
    raise Garbled(f"its body is packed as {coding[:20]!r}, which nobody asked for")


def decode(body: bytes, declared: str | None) -> str:
    """The text: by its byte order mark, the header's charset, the page's own, as UTF-8 if it is, as Windows-1252."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    found = _META.search(body[:PRESCAN])
    inner = found[1].decode("ascii") if found else None
    for label in (declared, inner):
        codec = _codec(label)
        # A page whose header promises UTF-8 and which is none is read by what it says of itself.
        if codec is not None and not (codec == "utf-8" and not _is_utf8(body)):
            return body.decode(codec, "replace")
    return body.decode("utf-8", "replace") if _is_utf8(body) else body.decode("cp1252", "replace")


def _codec(name: str | None) -> str | None:
    """Python's name for a declared character set; None for what is none, or none of the web's."""
    if not name or len(name) > LONGEST_LABEL:
        return None
    try:
        found = codecs.lookup(name.strip("\"' ")).name
    except (LookupError, ValueError):
        return None
    if found.startswith(("utf-8", "utf-16")):  # UTF-16 without a mark is UTF-8 in truth
        return "utf-8"
    found = _SUPERSETS.get(found, found)
    return found if found in _OF_THE_WEB else None


def _is_utf8(body: bytes) -> bool:
    """Whether nearly all of it is; the last character may be cut off, and one bad byte spoils no page."""
    text = body.decode("utf-8", "replace")
    return text.count("\ufffd") <= 2 + len(body) // 10_000
