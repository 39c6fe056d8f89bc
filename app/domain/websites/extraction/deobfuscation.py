"""Ways in which pages hide addresses from harvesters and show them to readers, undone."""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
from collections.abc import Iterator
from itertools import islice

#: Bounded everywhere: a page may try to make a regular expression search for ever.
_AT_WORDS = r"at|@|ät|aet|arroba|chiocciola|apenstaartje|kukac|at sign|at-sign|atsign|a t|nospam at"
_DOT_WORDS = r"dot|punkt|point|punto|punt|\.|d o t|ponto|pont"
_OPEN, _CLOSE = r"[\[({<|_*~-]{1,3}", r"[\])}>|_*~-]{1,3}"
_SPACE = r"[\s\x1f]{0,3}"

#: name [at] example [dot] com, (at), {at}; dots may be dots.
BRACKETED = re.compile(
    rf"(?<![\w.+-])([a-z0-9][\w.+-]{{0,63}}?){_SPACE}{_OPEN}{_SPACE}(?:{_AT_WORDS}){_SPACE}{_CLOSE}{_SPACE}"
    rf"((?:[a-z0-9-]{{1,63}}(?:{_SPACE}{_OPEN}{_SPACE}(?:{_DOT_WORDS}){_SPACE}{_CLOSE}{_SPACE}|\.|\s(?:dot|punkt)\s)){{1,4}}"
    r"[a-z]{2,24})(?![\w-])",
    re.IGNORECASE,
)
#: name at example dot com: the words alone, without brackets; with a plain dot it is a guess.
SPOKEN = re.compile(
    r"(?<![\w.+-])([a-z0-9][\w.+-]{0,63})\s{1,3}(?:at|@|ät|arroba)\s{1,3}"
    r"((?:[a-z0-9-]{1,63}(?:\s{1,3}(?:dot|punkt|point|punto)\s{1,3}|\.)){1,4}[a-z]{2,24})(?![\w-])",
    re.IGNORECASE,
)
# What each of them has in its middle: searching for that first costs a tenth.
_IN_BRACKETED = re.compile(rf"{_OPEN}{_SPACE}(?:{_AT_WORDS})", re.IGNORECASE)
_IN_SPOKEN = re.compile(r"\s(?:at|@|ät|arroba)\s", re.IGNORECASE)
_LONGEST_BEFORE, _LONGEST = 80, 600
_MOST_MIDDLES = 3_000
_DOTS = re.compile(
    rf"{_SPACE}(?:{_OPEN}{_SPACE}(?:{_DOT_WORDS}){_SPACE}{_CLOSE}|(?<=\s)(?:dot|punkt|point|punto)(?=\s)){_SPACE}",
    re.IGNORECASE,
)


def bracketed(text: str) -> Iterator[re.Match[str]]:
    """What BRACKETED finds in a text, from left to right."""
    return _around(BRACKETED, _IN_BRACKETED, text)


def spoken(text: str) -> Iterator[re.Match[str]]:
    """What SPOKEN finds in a text, from left to right."""
    return _around(SPOKEN, _IN_SPOKEN, text)


def _around(pattern: re.Pattern[str], middle: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    done = 0
    for sign in islice(middle.finditer(text), _MOST_MIDDLES):
        if sign.start() >= done:
            start = max(done, sign.start() - _LONGEST_BEFORE)
            if match := pattern.search(text, start, start + _LONGEST):
                yield match
                done = match.end()


def plain_domain(text: str) -> str:
    """example [dot] com → example.com."""
    return re.sub(r"[\s\x1f]+", "", _DOTS.sub(".", text))


def cloudflare(code: str) -> str:
    """What Cloudflare hid: hexadecimal, the first byte is the key of the others. '' where it is not that."""
    try:
        key, *hidden = bytes.fromhex(code[:600])
        return bytes(byte ^ key for byte in hidden).decode("utf-8", "replace")
    except ValueError:
        return ""


def typo3(code: str) -> str:
    """The mailto: in TYPO3's linkTo_UnCryptMailto(…): letters, and signs, turned by the same number of places."""
    for places in range(-26, 27):
        text = "".join(_turned(letter, places) for letter in code[:400])
        if text.startswith("mailto:"):
            return text
    return ""


def _turned(letter: str, places: int) -> str:
    for low, high in (("+", ":"), ("@", "Z"), ("a", "z")):
        if low <= letter <= high:
            width = ord(high) - ord(low) + 1
            return chr((ord(letter) - ord(low) + places) % width + ord(low))
    return letter


def rot13(text: str) -> str:
    return codecs.decode(text[:400], "rot13")


def base64_text(code: str) -> str:
    """What stands in Base64; '' where it is none, or no text."""
    try:
        return base64.b64decode(code[:2000] + "=" * (-len(code[:2000]) % 4), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""


_LITERALS = r"""["']\s{0,9}(?:\+|;\s{0,9}(?:var\s{1,9})?(\w{1,40})\s{0,9}=\s{0,9}\1\s{0,9}\+)\s{0,9}["']"""
_JOINS = re.compile(_LITERALS)
_ATOB = re.compile(r"""atob\(\s{0,9}["']([A-Za-z0-9+/=]{8,2000})["']""")
_CODES = re.compile(r"""fromCharCode\(([0-9,\s]{5,2000})\)""")
_ESCAPED = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4}))")


def script_text(script: str) -> str:
    """A script with its string literals joined, and what it decodes decoded."""
    text = html.unescape(_ESCAPED.sub(lambda m: chr(int(m[1] or m[2], 16)), script))
    text = text.replace("\\/", "/").replace("%40", "@")
    return "\n".join([_JOINS.sub("", text), *_decoded(script)])


def _decoded(script: str) -> Iterator[str]:
    for match in _ATOB.finditer(script):
        yield base64_text(match[1])
    for match in _CODES.finditer(script):
        codes = [int(one) for one in match[1].split(",") if one.strip()]
        if all(0 < code < 0x10000 for code in codes):
            yield "".join(map(chr, codes))
