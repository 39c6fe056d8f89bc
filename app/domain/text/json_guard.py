"""Checks of JSON before anything is built from it: its depth, its number of values, and the size of its integers.

Parsers need memory with the square of the depth or fail at different depths, and an integer beyond 64 bits silently
becomes a float. So everything that comes from outside passes here first. The checks take linear time and no memory.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import orjson

MAX_DEPTH = 64
"""Levels of objects and lists."""
MIN_INTEGER, MAX_INTEGER = -(2**63), 2**64 - 1
BLOCK_BYTES = 256 << 10
MAX_NUMBER_BYTES = 1_000
"""Maximum characters of a number that is cut by the end of a block. Postgres writes 1e308 with 309 digits."""
MAX_VALUES, MAX_CONTAINERS = 500_000, 150_000
"""Maximum values of a text, and objects and lists among them. Building more would hold the interpreter for long."""
_MAYBE_TOO_LARGE = re.compile(rb"\d{19}")
_DIGITS_AS_ZEROS = bytes(ord("0") if ord("0") <= code <= ord("9") else ord(" ") for code in range(256))
_INTEGER = re.compile(rb"(?<![\d.eE+-])-?\d{19,}(?![\d.eE])")
_MAX_DIGITS = 20


class UnsafeJson(ValueError):
    """The JSON is nested too deeply, too large, or has an integer beyond 64 bits. The message says what and where."""


class IntegerTooLarge(UnsafeJson):
    """The JSON has an integer beyond 64 bits. `where` continues the sentence."""

    def __init__(self, digits: str, where: str = "") -> None:
        shown = digits[:40] + ("…" if len(digits) > 40 else "")
        super().__init__(f"The integer {shown} does not fit into 64 bits{where}. Send it as text, in quotes.")


def refused_number(number: str, where: str = "") -> UnsafeJson:
    """Return the error for a number that cannot be kept as it is; `…` at its end stands for what was left out."""
    digits = number.lstrip("-").rstrip("…")
    if digits in ("NaN", "Infinity"):
        return UnsafeJson(f"JSON has no number {number}{where}. Send null instead.")
    if digits.isdigit():
        return IntegerTooLarge(number, where)
    if number.endswith("…") or len(number) > MAX_NUMBER_BYTES:
        digits = f"{number.rstrip('…')[:40]}…"
        return UnsafeJson(f"The number {digits} has over {MAX_NUMBER_BYTES:,} characters{where}. Send fewer digits.")
    return UnsafeJson(f"The number {number[:40]} is too large{where}; the largest is about 1.8e308.")


class Finding(NamedTuple):
    """A part of a block that no parser should see: what is nested too deeply, or the number `number`."""

    start: int
    end: int
    number: bytes | None
    is_continued: bool = False
    """It began in a block before."""


Depths = npt.NDArray[np.int32]


class JsonGuard:
    """Checks JSON that arrives in blocks, cut anywhere."""

    _SUSPICIOUS, _NUMBER = _MAYBE_TOO_LARGE, _INTEGER
    """What makes a block worth a closer look, and the numbers looked at there."""
    _CONTINUED = b"0123456789+-.eE"
    """What the next block may continue."""

    def __init__(self, *, allow_large_integers: bool = False) -> None:
        self._allow_large_integers = allow_large_integers
        self._depth = 0
        self._in_string = False
        self._rest = b""
        self._position = 0
        """How many bytes of the next block are needed."""
        self.commas = self.containers = 0
        """How many there have been, outside of strings."""

    def feed(self, data: bytes) -> bytes:
        """Check the next bytes. Returns what can be passed on, without what waits for its end. Raises UnsafeJson."""
        return b"".join(self._feed(data[start : start + BLOCK_BYTES]) for start in range(0, len(data), BLOCK_BYTES))

    def close(self) -> bytes:
        """Check and return what is left. Raises UnsafeJson."""
        rest, self._rest = self._rest, b""
        return self._check(rest + b" ", 0)[:-1]

    def _feed(self, block: bytes) -> bytes:
        block = self._rest + block
        # what the next block may continue waits for it: a backslash with the byte that it escapes, and a number
        kept = len(block.rstrip(self._CONTINUED))
        cut = len(block) - kept
        if cut > MAX_NUMBER_BYTES:
            kept = len(block)
        if (kept - len(block[:kept].rstrip(b"\\"))) % 2:
            kept -= 1
        self._rest = block[kept:]
        return self._check(block[:kept], cut if cut > MAX_NUMBER_BYTES else 0)

    def _check(self, block: bytes, cut: int) -> bytes:
        """Check and return the block. Its last `cut` bytes begin a very long number, unless they are text."""
        text = block.replace(b"\\\\", b"__").replace(b'\\"', b"__") if b"\\" in block else block
        may_be_deep = self._depth + text.count(b"{") + text.count(b"[") > MAX_DEPTH
        may_be_large = cut > 0 or self._SUSPICIOUS.search(text) is not None
        codes = np.frombuffer(text, np.uint8)
        in_string = (np.cumsum(codes == ord('"'), dtype=np.int32) + self._in_string) & 1 == 1
        opens = ((codes == ord("{")) | (codes == ord("["))) & ~in_string
        closes = ((codes == ord("}")) | (codes == ord("]"))) & ~in_string
        findings: list[Finding] = []
        if may_be_deep:
            depths = np.cumsum(opens.astype(np.int8) - closes.astype(np.int8), dtype=np.int32) + self._depth
            findings += self._find_deep(depths, self._depth)
        if may_be_large and not self._allow_large_integers:
            cut = 0 if len(in_string) and in_string[-1] else cut
            findings += self._find_large(np.where(in_string, np.uint8(32), codes).tobytes(), cut)
        if findings:
            block = self._handle(block, findings)
        opened = int(np.count_nonzero(opens))
        self.containers += opened
        self.commas += int(np.count_nonzero((codes == ord(",")) & ~in_string))
        self._depth += opened - int(np.count_nonzero(closes))
        if len(codes):
            self._in_string = bool(in_string[-1])
        self._position += len(text)
        return block

    @staticmethod
    def _find_deep(depths: Depths, depth_before: int) -> Iterator[Finding]:
        """Yield the parts that are nested too deeply, from a bracket to the one that closes it or the block's end."""
        deep = depths > MAX_DEPTH
        before = np.concatenate(([depth_before > MAX_DEPTH], deep[:-1]))
        covered = deep | before
        edges = np.flatnonzero(np.diff(np.concatenate(([False], covered, [False]))))
        for start, end in edges.reshape(-1, 2).tolist():
            yield Finding(start, end, None, is_continued=start == 0 and depth_before > MAX_DEPTH)

    def _find_large(self, text: bytes, cut: int) -> Iterator[Finding]:
        """Yield the integers beyond 64 bits, and a number that the block's end cuts; strings are blank in `text`."""
        for match in self._NUMBER.finditer(text, 0, len(text) - cut):
            if not self._fits(match[0]):
                yield Finding(match.start(), match.end(), match[0])
        if cut:
            yield Finding(len(text) - cut, len(text), text[-cut:])

    def _fits(self, digits: bytes) -> bool:
        return fits_64_bits(digits)

    def _handle(self, block: bytes, findings: list[Finding]) -> bytes:
        """Raise UnsafeJson for the first finding; a subclass may return other bytes instead."""
        first = min(findings, key=lambda finding: finding.start)
        at = f" (at byte {self._position + first.start:,})"
        if first.number is None:
            raise UnsafeJson(f"The JSON is nested more than {MAX_DEPTH} levels deep{at}.")
        raise refused_number(first.number.decode(), at)


def fits_64_bits(digits: bytes | str) -> bool:
    """Return whether the integer is one that JSON parsers and Postgres keep exactly."""
    return len(digits) <= _MAX_DIGITS and MIN_INTEGER <= int(digits) <= MAX_INTEGER


def _has_long_number(raw: bytes) -> bool:
    """Whether 19 digits follow each other, in blocks and twenty times as fast as the pattern searches."""
    zeros = b"0" * 19
    return any(
        zeros in raw[start : start + BLOCK_BYTES + 18].translate(_DIGITS_AS_ZEROS)
        for start in range(0, len(raw), BLOCK_BYTES)
    )


def check_json(
    raw: bytes,
    *,
    max_values: int = MAX_VALUES,
    max_containers: int = MAX_CONTAINERS,
    allow_large_integers: bool = False,
) -> None:
    """Check a whole JSON text, also its number of values. Raises UnsafeJson; syntax errors are left to the parser."""
    opens, commas = raw.count(b"{") + raw.count(b"["), raw.count(b",")
    if opens <= MAX_DEPTH and opens + commas <= max_values and not _has_long_number(raw):
        return
    guard = JsonGuard(allow_large_integers=allow_large_integers)

    def check_counts() -> None:
        if guard.containers > max_containers or guard.containers + guard.commas > max_values:
            raise UnsafeJson(
                f"The JSON has more than {max_values:,} values, or more than {max_containers:,} objects and lists."
                " Split it."
            )

    for start in range(0, len(raw), BLOCK_BYTES):
        guard.feed(raw[start : start + BLOCK_BYTES])
        check_counts()
    guard.close()
    check_counts()


def parse_json(raw: bytes | str, *, max_values: int = MAX_VALUES, max_containers: int = MAX_CONTAINERS) -> Any:
    """Return the value of a JSON text. Raises UnsafeJson, and orjson's JSONDecodeError for invalid JSON."""
    encoded = raw.encode(errors="surrogatepass") if isinstance(raw, str) else raw
    check_json(encoded, max_values=max_values, max_containers=max_containers)
    return orjson.loads(raw)


def load_stored(text: str) -> Any:
    """Return the value of JSON text from the database, always one that can be written as JSON again.

    Input with values that cannot be shown is refused, but rows of earlier versions may have them, and a single row must
    not break a response. Such a text becomes an object whose `notShown` says why. An integer beyond 64 bits becomes a
    float where that is the same number (Postgres writes 1e30 as an integer), else text.
    """
    try:
        check_json(text.encode(errors="surrogatepass"), allow_large_integers=True)
        if _has_long_number(text.encode(errors="surrogatepass")):
            return json.loads(text, parse_int=_stored_integer, parse_constant=str)
        return orjson.loads(text)
    except ValueError as error:
        return {"notShown": str(error)}


def load_stored_object(text: str) -> dict[str, Any]:
    """Return the same for text that holds a JSON object; of anything else, an object with a single member `value`."""
    value = load_stored(text)
    return value if isinstance(value, dict) else {"value": value}


def _stored_integer(digits: str) -> int | float | str:
    if fits_64_bits(digits):
        return int(digits)
    if len(digits) <= MAX_NUMBER_BYTES and Decimal(repr(number := float(digits))) == Decimal(digits):
        return number
    return digits
