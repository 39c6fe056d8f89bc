"""Bounds for HTML that is made to hurt: the parser takes time by the square of nesting and of a tag's attributes."""

from __future__ import annotations

import re

#: Characters of HTML that are parsed, and tags in them; 30,000 tags in one another take the parser a second.
MOST_CHARACTERS, MOST_TAGS = 2_000_000, 30_000
#: Characters of one tag from which its attributes are counted, and how many it may have.
LONG_TAG, MOST_ATTRIBUTES = 4_000, 1_000

# Tags as the HTML Standard's tokenizer delimits them, text of scripts and styles passed over. Possessive, so linear.
_TAG = re.compile(
    r"<(?:(?:script|style|textarea|title|xmp|iframe|noembed)\b[^>]*+>(?:[^<]++|<(?!/))*+"
    r"|([a-zA-Z](?:=\s*+\"[^\"]*+\"?|=\s*+'[^']*+'?|[^>=]++|=)*+>?))",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"[\s/\"']+")


def bounded(html: str) -> str:
    """`html` without what would hurt, and without comments, which tear words apart."""
    html = _without_comments(html[:MOST_CHARACTERS].replace("\0", ""))
    if html.count("<") > MOST_TAGS:
        parts = html.split("<", MOST_TAGS)
        html = "<".join(parts[:MOST_TAGS])
    return _without_long_tags(html)


def _without_comments(html: str) -> str:
    kept, at = [], 0
    while (start := html.find("<!--", at)) >= 0:
        end = html.find("-->", start + 2)  # <!--> is a whole one
        if end < 0:
            break
        kept.append(html[at:start])
        at = end + 3
    return "".join([*kept, html[at:]])


def _without_long_tags(html: str) -> str:
    kept, at = [], 0
    for match in _TAG.finditer(html):
        if match.end() - match.start() > LONG_TAG and match[1] and _attributes(match[1]) > MOST_ATTRIBUTES:
            kept.append(html[at : match.start()])
            at = match.end()
    return "".join([*kept, html[at:]]) if kept else html


def _attributes(tag: str) -> int:
    """At most how many it has."""
    return sum(1 for _ in _SEPARATORS.finditer(tag))
