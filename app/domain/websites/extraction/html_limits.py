"""Limits for hostile HTML.

The parser needs quadratic time for nested elements and for the attributes of a tag, and quadratic memory for unclosed
formatting elements (`<b>`), because the HTML Standard has it repeat them in every block that follows.
"""

from __future__ import annotations

import re

MAX_START_CHARACTERS = 900_000
"""Parsed at the beginning of a long page."""
MAX_END_CHARACTERS = 300_000
"""Parsed at the end of a long page, where contacts often are."""
MAX_TAGS = 30_000
"""Parsed per page; the parser needs a second for 30,000 nested tags."""
LONG_TAG_CHARACTERS = 4_000
"""The attributes of longer tags are counted."""
MAX_TAG_ATTRIBUTES = 1_000
"""A tag with more attributes is removed."""
LONG_PAGE_CHARACTERS = 300_000
"""In longer pages the attributes of all tags are counted."""
MAX_PAGE_ATTRIBUTES = 100_000
"""Parsed per page, at 200 bytes each; the tags of further attributes are removed."""
MAX_REPEATED_ELEMENTS = 100_000
"""Elements, of 300 bytes each, that the parser may add for unclosed formatting elements."""

# Tags as the tokenizer of the HTML Standard delimits them; skips comments, and the text of scripts and styles.
# Possessive, so linear.
_TAG = re.compile(
    r"<(?:!--(?:-?>|(?:[^-]++|-(?!-!?>))*+)|(?:script|style|textarea|title|xmp|iframe|noembed)\b[^>]*+>(?:[^<]++|<(?!/))*+"
    r"|([a-zA-Z](?:=\s*+\"[^\"]*+\"?|=\s*+'[^']*+'?|[^>=]++|=)*+>?))",
    re.IGNORECASE,
)
# The formatting elements of the HTML Standard (13.2.4.3) but <a>, of which only one is open at a time. The parser
# repeats up to three equal ones, and all that differ in their attributes.
_FORMATTING_NAMES = "b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u"
_FORMATTING_COUNT = _FORMATTING_NAMES.count("|") + 1
_FORMATTING = re.compile(rf"<({_FORMATTING_NAMES})([\s/>])", re.IGNORECASE)
_FORMATTING_TAG = re.compile(
    rf"(<({_FORMATTING_NAMES})(?:\s++[\w:-]++(?:=(?:\"[^\"<>]*+\"|'[^'<>]*+'|[^\s\"'<>=`]++))?+)*+\s*+>[^<]*+</\2\s*+>)"
    rf"|</?(?:{_FORMATTING_NAMES})(?=[\s/>])[^>]*+>?",
    re.IGNORECASE,
)
_TAG_START = re.compile(r"<[a-zA-Z]")
# A > within the value of an attribute.
_QUOTED_ANGLE = re.compile(r"=\s*+(?:\"[^\">]*+>|'[^'>]*+>)")
_SEPARATORS = re.compile(r"[\s/\"']+")


def limit_html(html: str) -> str:
    """Return `html` without what exceeds the limits."""
    if len(html) > MAX_START_CHARACTERS + MAX_END_CHARACTERS:
        html = f"{html[:MAX_START_CHARACTERS]}\n{html[-MAX_END_CHARACTERS:]}"
    html = html.replace("\0", "")
    if html.count("<") > MAX_TAGS:
        parts = html.split("<", MAX_TAGS)
        html = "<".join(parts[:MAX_TAGS])
    return _without_repeated_formatting(_without_long_tags(html))


def _without_long_tags(html: str) -> str:
    is_long_page = len(html) >= LONG_PAGE_CHARACTERS
    if not is_long_page and not _may_have_long_tags(html):
        return html
    pieces, position, remaining = [], 0, MAX_PAGE_ATTRIBUTES
    uncounted_characters = 0 if is_long_page else LONG_TAG_CHARACTERS
    for match in _TAG.finditer(html):
        if match.end() - match.start() <= uncounted_characters or not match[1]:
            continue
        attributes = _count_attributes(match[1])
        remaining -= attributes
        if attributes > MAX_TAG_ATTRIBUTES or remaining < 0:
            pieces.append(html[position : match.start()])
            position = match.end()
    return "".join([*pieces, html[position:]]) if pieces else html


def _may_have_long_tags(html: str) -> bool:
    pieces = html.split(">")
    if len(max(pieces, key=len)) >= LONG_TAG_CHARACTERS:  # most pages have none: no loop over their pieces
        for piece in pieces:
            if len(piece) >= LONG_TAG_CHARACTERS:
                start = _TAG_START.search(piece)
                if start is not None and len(piece) - start.start() >= LONG_TAG_CHARACTERS:
                    return True
    return _QUOTED_ANGLE.search(html) is not None


def _without_repeated_formatting(html: str) -> str:
    """Remove formatting tags that are not closed directly, if the parser might repeat them too often."""
    tags = html.count("<")
    if tags * (tags / 2 + 3 * _FORMATTING_COUNT) <= MAX_REPEATED_ELEMENTS:
        return html
    if tags * 3 * len(_FORMATTING.findall(html)) <= MAX_REPEATED_ELEMENTS:
        return html
    names: set[str] = set()
    open_elements, repeated, position = 0, 0, 0
    for match in _FORMATTING.finditer(html):
        repeated += open_elements * html.count("<", position, match.start())
        position = match.start()
        name = match[1].lower()
        if match[2] != ">":
            open_elements += 1
        elif name not in names:
            names.add(name)
            open_elements += 3
    repeated += open_elements * html.count("<", position)
    if repeated <= MAX_REPEATED_ELEMENTS:
        return html
    return _FORMATTING_TAG.sub(lambda match: match[1] or "", html)


def _count_attributes(tag: str) -> int:
    """Return an upper limit for the number of attributes."""
    return len(_SEPARATORS.findall(tag))
