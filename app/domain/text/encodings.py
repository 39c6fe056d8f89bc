"""Encodings other than UTF-8 and Windows-1252: recognised from the beginning of a file, and converted to UTF-8."""

from __future__ import annotations

import codecs
from unicodedata import category

from app.domain.text.errors import Unreadable

SAMPLE_BYTES = 1 << 18
MIN_EVIDENCE = 3
"""Bytes beyond ASCII without which Windows-1252 is assumed, unless it makes sense of none of them."""
LEGACY_BYTES = 1 << 15
"""How much is decoded in several encodings to compare them."""
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_SINGLE_BYTE = ("cp1252", "mac_roman", "cp850")
"""What spreadsheets in English and Western Europe write: Windows, Macintosh, DOS."""
_MULTI_BYTE = ["cp932", "euc_jp", "gb18030", "big5", "euc_kr"]
_NOT_IN_WORDS = frozenset("\xa1\xa2\xa4\xa5\xa6\xa8\xac\xaf\xb3\xb8\xb9")
"""Signs that no word begins or ends with, but letters of other encodings have their codes."""
_MIN_SHARE = 0.4
"""Share of NUL bytes among every second byte of UTF-16 without a byte order mark."""
_MAX_IMPLAUSIBLE = 0.1


def find_encoding(head: bytes) -> str | None:
    """Return the encoding that a file must be converted from; None for UTF-8, and for Windows-1252 line by line."""
    sample = head[:SAMPLE_BYTES]
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            return encoding
    if b"\0" in sample:
        return _utf16_without_mark(sample)
    return None if sample.isascii() else _legacy_encoding(sample)


def _utf16_without_mark(sample: bytes) -> str | None:
    half = len(sample) // 2
    even, odd = sample[0 : 2 * half : 2].count(0), sample[1 : 2 * half : 2].count(0)
    if half < 2 or max(even, odd) < _MIN_SHARE * half or min(even, odd) > 0.02 * half:
        return None
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    text = sample[: 2 * half].decode(encoding, "replace")
    printable = sum(char.isprintable() or char in "\t\r\n" for char in text)
    return encoding if printable > 0.98 * len(text) else None


def _legacy_encoding(sample: bytes) -> str | None:
    """Return the encoding of the lines that are not UTF-8, unless it is Windows-1252 or most lines are UTF-8."""
    lines = [line for line in sample.splitlines()[:-1] or [sample] if not line.isascii()]
    foreign = [line for line in lines if not _is_utf8(line)]
    if len(foreign) <= len(lines) // 2:
        return None
    raw = b"\n".join(foreign)[:LEGACY_BYTES]
    shares = {encoding: _implausible_share(raw.decode(encoding, "replace")) for encoding in _SINGLE_BYTE}
    best = min(shares, key=lambda encoding: shares[encoding])
    if sum(byte > 127 for line in foreign[:3] for byte in line) < MIN_EVIDENCE:
        return best if shares["cp1252"] == 1 and shares[best] == 0 else None
    if shares[best] > _MAX_IMPLAUSIBLE:
        best = _multi_byte_encoding(raw) or "cp1252"
    return None if best == "cp1252" else best


def _multi_byte_encoding(raw: bytes) -> str | None:
    from charset_normalizer import from_bytes

    match = from_bytes(raw[:16_384], cp_isolation=_MULTI_BYTE).best()
    return match.encoding if match else None


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _implausible_share(text: str) -> float:
    """Return the share of characters beyond ASCII that no name or street has at their place."""
    total = implausible = 0
    for before, char, after in zip(" " + text, text, text[1:] + " ", strict=False):
        if char.isascii():
            continue
        total += 1
        if char.isalpha():
            implausible += char.isupper() and (before.islower() or before.isalpha() and after.islower())
        elif char == "\ufffd" or not char.isprintable() and char != "\xa0":
            implausible += 1
        elif before.isalpha() and after.isalpha():
            implausible += char != "\u2019"
        elif before.isalpha() or after.isalpha():
            implausible += char in _NOT_IN_WORDS or (category(char).startswith("S") and char != "\xb0")
    return min(1.0, implausible / total) if total else 0.0


class Transcoder:
    """Converts text that arrives in blocks to UTF-8, without its byte order mark."""

    def __init__(self, encoding: str) -> None:
        self.encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")

    def feed(self, block: bytes, *, final: bool = False) -> bytes:
        """Return what can be decoded of the next block. Raises Unreadable for a block that the codec refuses."""
        try:
            return self._decoder.decode(block, final).encode("utf-8", "replace")
        except (UnicodeError, ValueError) as error:
            raise Unreadable(f"The file is not {self.encoding} text: {error}") from None


def to_utf8(raw: bytes) -> bytes:
    """Return text in UTF-8 (or Windows-1252 line by line), whatever its encoding is."""
    found = find_encoding(raw)
    return raw if found is None else Transcoder(found).feed(raw, final=True)
