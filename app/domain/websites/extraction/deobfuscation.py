"""Decoding of e-mail addresses that pages hide from harvesters."""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
from collections.abc import Iterator
from itertools import islice

# All repetitions are bounded: a hostile page could make an unbounded regular expression run forever.
_AT_WORDS = r"at|@|ät|aet|arroba|chiocciola|apenstaartje|kukac|at sign|at-sign|atsign|a t|nospam at"
_DOT_WORDS = r"dot|punkt|point|punto|punt|\.|d o t|ponto|pont"
_OPEN, _CLOSE = r"[\[({<|_*~-]{1,3}", r"[\])}>|_*~-]{1,3}"
_SPACE = r"[\s\x1f]{0,3}"

# name [at] example [dot] com, (at), {at}; the dots may be plain.
BRACKETED = re.compile(
    rf"(?<![\w.+-])([a-z0-9][\w.+-]{{0,63}}?){_SPACE}{_OPEN}{_SPACE}(?:{_AT_WORDS}){_SPACE}{_CLOSE}{_SPACE}"
    rf"((?:[a-z0-9-]{{1,63}}(?:{_SPACE}{_OPEN}{_SPACE}(?:{_DOT_WORDS}){_SPACE}{_CLOSE}{_SPACE}|\.|\s(?:dot|punkt)\s)){{1,4}}"
    r"[a-z]{2,24})(?![\w-])",
    re.IGNORECASE,
)
# name at example dot com; with a plain dot it may be ordinary text.
SPOKEN = re.compile(
    r"(?<![\w.+-])([a-z0-9][\w.+-]{0,63})\s{1,3}(?:at|@|ät|arroba)\s{1,3}"
    r"((?:[a-z0-9-]{1,63}(?:\s{1,3}(?:dot|punkt|point|punto)\s{1,3}|\.)){1,4}[a-z]{2,24})(?![\w-])",
    re.IGNORECASE,
)
# The middle of each pattern: to search for that first takes a tenth of the time.
_IN_BRACKETED = re.compile(rf"{_OPEN}{_SPACE}(?:{_AT_WORDS})", re.IGNORECASE)
_IN_SPOKEN = re.compile(r"\s(?:at|@|ät|arroba)\s", re.IGNORECASE)
MAX_CHARACTERS_BEFORE = 80
"""Searched before the middle of a pattern."""
MAX_MATCH_CHARACTERS = 600
MAX_CANDIDATES = 3_000
"""Middles examined per text."""
_DOTS = re.compile(
    rf"{_SPACE}(?:{_OPEN}{_SPACE}(?:{_DOT_WORDS}){_SPACE}{_CLOSE}|(?<=\s)(?:dot|punkt|point|punto)(?=\s)){_SPACE}",
    re.IGNORECASE,
)


def find_bracketed(text: str) -> Iterator[re.Match[str]]:
    """Yield the matches of BRACKETED from left to right; see `decode_match`."""
    return _find_around(BRACKETED, _IN_BRACKETED, text)


def find_spoken(text: str) -> Iterator[re.Match[str]]:
    """Yield the matches of SPOKEN from left to right; see `decode_match`."""
    return _find_around(SPOKEN, _IN_SPOKEN, text)


def _find_around(pattern: re.Pattern[str], middle: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    position = 0
    for candidate in islice(middle.finditer(text), MAX_CANDIDATES):
        if candidate.start() >= position:
            start = max(position, candidate.start() - MAX_CHARACTERS_BEFORE)
            if match := pattern.search(text, start, start + MAX_MATCH_CHARACTERS):
                yield match
                position = match.end()


def decode_match(match: re.Match[str]) -> str:
    """Return the address in a match of BRACKETED or SPOKEN."""
    return f"{match[1]}@{_decode_domain(match[2])}"


def _decode_domain(text: str) -> str:
    """Decode a domain: example [dot] com → example.com."""
    return re.sub(r"[\s\x1f]+", "", _DOTS.sub(".", text))


def decode_cloudflare(code: str) -> str:
    """Decode hexadecimal bytes of which the first is the key of the others; an empty string if that is not possible."""
    try:
        key, *hidden = bytes.fromhex(code[:600])
        return bytes(byte ^ key for byte in hidden).decode("utf-8", "replace")
    except ValueError:
        return ""


def decode_typo3(code: str) -> str:
    """Decode TYPO3's linkTo_UnCryptMailto(…), which rotates all characters by one offset.

    Returns the address, an empty string if there is none.
    """
    for offset in range(-26, 27):
        text = "".join(_rotate(character, offset) for character in code[:400])
        if text.startswith("mailto:"):
            return text.removeprefix("mailto:")
    return ""


def _rotate(character: str, offset: int) -> str:
    for low, high in (("+", ":"), ("@", "Z"), ("a", "z")):
        if low <= character <= high:
            width = ord(high) - ord(low) + 1
            return chr((ord(character) - ord(low) + offset) % width + ord(low))
    return character


def decode_rot13(text: str) -> str:
    """Decode ROT13."""
    return codecs.decode(text[:400], "rot13")


def decode_base64(code: str) -> str:
    """Decode Base64 to text; an empty string if that is not possible."""
    try:
        return base64.b64decode(code[:2000] + "=" * (-len(code[:2000]) % 4), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""


_BETWEEN = r"""["']\s{0,9}(?:\+|;\s{0,9}(?:var\s{1,9})?(\w{1,40})\s{0,9}=\s{0,9}\1\s{0,9}\+)\s{0,9}["']"""
_CONCATENATION = re.compile(_BETWEEN)
_ATOB = re.compile(r"""atob\(\s{0,9}["']([A-Za-z0-9+/=]{8,2000})["']""")
_CHARACTER_CODES = re.compile(r"""fromCharCode\(([0-9,\s]{5,2000})\)""")
_ESCAPED = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4}))")


def decode_script(script: str) -> str:
    """Return a script with its concatenated string literals joined, and the texts that it decodes at run time."""
    text = html.unescape(_ESCAPED.sub(lambda m: chr(int(m[1] or m[2], 16)), script))
    text = text.replace("\\/", "/").replace("%40", "@")
    return "\n".join([_CONCATENATION.sub("", text), *_decoded(script)])


def _decoded(script: str) -> Iterator[str]:
    for match in _ATOB.finditer(script):
        yield decode_base64(match[1])
    for match in _CHARACTER_CODES.finditer(script):
        codes = [int(code) for code in match[1].split(",") if code.strip()]
        if all(0 < code < 0x10000 for code in codes):
            yield "".join(map(chr, codes))
