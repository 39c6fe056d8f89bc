"""JSON of any size that streams to a parser, in which a value that no parser takes costs its own feature only.

The parser sees text in its place: integers beyond 64 bits, numbers beyond the range of a double, `NaN` and `Infinity`
(which many programs write), and what is nested too deeply. `restore` finds these texts in a parsed value.
"""

from __future__ import annotations

import math
import re
import secrets
from typing import Any

import orjson

from app.domain.text.json_guard import (
    MAX_DEPTH,
    MAX_NUMBER_BYTES,
    Finding,
    JsonGuard,
    UnsafeJson,
    fits_64_bits,
    parse_json,
    refused_number,
)

_MARK = f"\ue000{secrets.token_hex(8)}:"
"""Begins the texts. No file can contain it, because it is different in every process."""
_DEEP = _MARK + "deep"
_TEXT = re.compile(rf'"{_MARK}([^"]*)"')
_SUSPICIOUS = re.compile(rb"\d{19}|[eE]\+?\d{3}|NaN|Infinity")
_NUMBER = re.compile(
    rb"(?<![\d.eE+-])-?(?:\d{19,}(?![\d.eE])|\d{300,}\.\d*(?:[eE][+-]?\d+)?|\d+(?:\.\d+)?[eE]\+?\d{3,})"
    rb"|-?Infinity|NaN"
)
_MAX_SIGNED = 2**63 - 1
"""The largest integer that the parser of streams takes, also below zero."""


class StreamedJson(JsonGuard):
    """Passes JSON on that arrives in blocks; `is_changed` once anything was replaced."""

    _SUSPICIOUS, _NUMBER = _SUSPICIOUS, _NUMBER
    _CONTINUED = JsonGuard._CONTINUED + b"NaInfity"

    def __init__(self) -> None:
        super().__init__()
        self.is_changed = False
        self.is_deep = False
        """Whether anything is nested too deeply."""
        self._is_in_number = False
        """Whether the next bytes may continue a number that was replaced."""

    def _feed(self, block: bytes) -> bytes:
        if self._is_in_number:
            block = block.lstrip(b"0123456789+-.eE")
            self._is_in_number = not block
        return super()._feed(block)

    def _fits(self, digits: bytes) -> bool:
        if not digits.lstrip(b"-").isdigit():
            return math.isfinite(float(digits))
        return fits_64_bits(digits) and abs(int(digits)) <= _MAX_SIGNED

    def _handle(self, block: bytes, findings: list[Finding]) -> bytes:
        self.is_changed = True
        pieces, done = [], 0
        for finding in sorted(findings, key=lambda finding: (finding.start, -finding.end)):
            if finding.start < done:
                continue  # a number within what is nested too deeply
            pieces.append(block[done : finding.start])
            if not finding.is_continued:
                pieces.append(f'"{_text_for(finding)}"'.encode())
            self.is_deep |= finding.number is None
            done = finding.end
            self._is_in_number = finding.number is not None and done == len(block) and not self._rest
        return b"".join([*pieces, block[done:]])


def _text_for(finding: Finding) -> str:
    if finding.number is None:
        return _DEEP
    number = finding.number.decode()
    return _MARK + (number if len(number) <= MAX_NUMBER_BYTES else f"{number[:40]}…")


def restore(value: Any) -> Any:
    """Return the value with integers of 64 bits in place of their texts. Raises UnsafeJson for any other text."""
    match value:
        case dict():
            return {name: restore(member) for name, member in value.items()}
        case list():
            return [restore(entry) for entry in value]
        case str() if value.startswith(_MARK):
            return _restored(value)
    return value


def _restored(text: str) -> int:
    if text == _DEEP:
        raise UnsafeJson(f"The JSON is nested more than {MAX_DEPTH} levels deep.")
    number = text.removeprefix(_MARK)
    if not number.lstrip("-").isdigit() or not fits_64_bits(number):
        raise refused_number(number)
    return int(number)


def find_unsafe(raw: bytes) -> UnsafeJson | None:
    """Return why a JSON text is refused that no parser takes, if that is because of a single value in it."""
    stream = StreamedJson()
    try:
        text = stream.feed(raw) + stream.close()
        if stream.is_changed:
            restore(parse_json(text))
    except orjson.JSONDecodeError:
        return None
    except UnsafeJson as unsafe:
        return unsafe
    return None


def original_text(json: str) -> str:
    """Return JSON text as it was received, but for what is nested too deeply and the end of very long numbers."""
    return _TEXT.sub(lambda found: "null" if found[1] == "deep" else found[1], json)
