"""The texts that a page's scripts build at run time: joined literals and variables, decoded and reversed strings."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import islice

from app.domain.websites.extraction.deobfuscation import decode_base64

MAX_VARIABLES = 2_000
"""Remembered per script."""
MAX_EXPRESSIONS = 500
"""Examined per script."""
MAX_WINDOWS = 50
"""Pieces of a script that are evaluated."""
WINDOW_CHARACTERS = 300
"""Read on each side of an @ sign."""

_BETWEEN = r"""["']\s{0,9}(?:\+|;\s{0,9}(?:var\s{1,9})?(\w{1,40})\s{0,9}=\s{0,9}\1\s{0,9}\+)\s{0,9}["']"""
_CONCATENATION = re.compile(_BETWEEN)
_ASSIGNMENT = re.compile(
    r"""(?<![\w$.])([A-Za-z_$][\w$]{0,60})\s{0,9}[=:]\s{0,9}(?:"([^"\\\n]{0,200})"|'([^'\\\n]{0,200})')"""
)
_TERM = r"""(?:"[^"\\\n]{0,200}"|'[^'\\\n]{0,200}'|[A-Za-z_$][\w$.]{0,60})"""
# a + "@" + b, with an @ or a dot among the literals.
_QUOTED_AT = re.compile(
    r"""["'}][^"'\\\n{}]{0,9}@[^"'\\\n{}]{0,9}(?:["']|\$\{)|["']@[\w.-]{1,60}["']|["'][\w.-]{1,60}@["']"""
)
_SUM = re.compile(rf"{_TERM}(?:\s{{0,9}}\+\s{{0,9}}{_TERM}){{1,10}}")
_TEMPLATE = re.compile(r"`([^`\\]{3,300})`")
_PLACEHOLDER = re.compile(r"\$\{\s{0,9}([\w$.]{1,60})\s{0,9}\}")
_JOINED = re.compile(r"""\[([^\[\]]{3,400})\]\s{0,9}\.join\(\s{0,9}["']([^"']{0,9})["']""")
_REVERSED = re.compile(r"""["']([^"'\\\n]{5,200})["']\s{0,9}\.split\(\s{0,9}(?:""|'')\s{0,9}\)\s{0,9}\.reverse\(""")
_LITERAL = re.compile(r"""["']([^"']{0,200})["']|([A-Za-z_$][\w$.]{0,60})""")
_ATOB = re.compile(r"""atob\(\s{0,9}["']([A-Za-z0-9+/=]{8,2000})["']""")
_CHARACTER_CODES = re.compile(r"""fromCharCode\(([0-9,\s]{5,2000})\)""")
_AT_CODE = re.compile(r"String\.fromCharCode\(\s{0,9}(?:64|0x40)\s{0,9}\)")
_ESCAPED = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4}))")


def decode_script(script: str) -> str:
    """Return a script with its concatenated string literals joined, and the texts that it decodes at run time."""
    script = _AT_CODE.sub("'@'", script)
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
    for match in islice(_REVERSED.finditer(script), MAX_EXPRESSIONS):
        yield match[1][::-1]
    yield from _evaluated(html.unescape(script) if "&#" in script else script)


def _evaluated(script: str) -> Iterator[str]:
    """Yield the values of sums, templates and joined lists that contain an @, with the variables they name."""
    windows = _windows(script)
    if not windows:
        return
    variables: dict[str, str] = {}
    for match in islice(_ASSIGNMENT.finditer(script), MAX_VARIABLES):
        variables[match[1]] = match[2] if match[2] is not None else match[3] or ""

    def value_of(name: str) -> str:
        return variables.get(name.rpartition(".")[2], "")

    def joined(text: str, separator: str = "") -> str:
        terms = (match[2] is None and match[1] or value_of(match[2] or "") for match in _LITERAL.finditer(text))
        return separator.join(terms)

    for window in windows:
        for match in _SUM.finditer(window):
            yield joined(match[0])
        for match in _TEMPLATE.finditer(window):
            if "${" in match[1]:
                yield _PLACEHOLDER.sub(lambda name: value_of(name[1]), match[1])
        for match in _JOINED.finditer(window):
            yield joined(match[1], match[2])


def _windows(script: str) -> list[str]:
    """Return the pieces of a script around its @ signs that stand beside a quote or a placeholder."""
    found, end = list[str](), -1
    for match in islice(_QUOTED_AT.finditer(script), MAX_EXPRESSIONS):
        if match.start() >= end:
            end = match.end() + WINDOW_CHARACTERS
            found.append(script[max(0, match.start() - WINDOW_CHARACTERS) : end])
    return found[:MAX_WINDOWS]
