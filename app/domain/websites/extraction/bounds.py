"""Bounds for HTML that is made to hurt.

The parser takes time by the square of nesting and of a tag's attributes, and memory by the square of what is made
again and again: an element of formatting that is never closed is made anew in every block that follows.
"""

from __future__ import annotations

import re

#: Characters of HTML that are parsed: of a longer page its beginning and its end, where the contacts stand.
BEGINNING, END = 900_000, 300_000
#: Tags in them; 30,000 in one another take the parser a second.
MOST_TAGS = 30_000
#: Characters of one tag from which its attributes are counted, and how many it may have.
LONG_TAG, MOST_ATTRIBUTES = 4_000, 1_000
#: Characters of a page from which all its attributes are counted, and how many it may have, at 200 bytes each.
LONG_PAGE, MOST_OF_ALL = 300_000, 100_000

#: Elements that the parser may make of formatting that is never closed, at 300 bytes each.
MOST_COPIES = 100_000

# Tags as the HTML Standard's tokenizer delimits them, text of scripts and styles passed over. Possessive, so linear.
_TAG = re.compile(
    r"<(?:(?:script|style|textarea|title|xmp|iframe|noembed)\b[^>]*+>(?:[^<]++|<(?!/))*+"
    r"|([a-zA-Z](?:=\s*+\"[^\"]*+\"?|=\s*+'[^']*+'?|[^>=]++|=)*+>?))",
    re.IGNORECASE,
)
# What the HTML Standard (13.2.4.3) calls formatting, but for <a>, of which one is open at a time. Of those that are
# alike three are made again, of those with different attributes all.
_NAMES = "b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u"
KINDS = _NAMES.count("|") + 1
_FORMATTING = re.compile(rf"<({_NAMES})([\s/>])", re.IGNORECASE)
_FORMATTING_TAG = re.compile(
    rf"(<({_NAMES})(?:\s++[\w:-]++(?:=(?:\"[^\"<>]*+\"|'[^'<>]*+'|[^\s\"'<>=`]++))?+)*+\s*+>[^<]*+</\2\s*+>)"
    rf"|</?(?:{_NAMES})(?=[\s/>])[^>]*+>?",
    re.IGNORECASE,
)
# The end of a tag within one of its values.
_QUOTED_END = re.compile(r"=\s*+(?:\"[^\">]*+>|'[^'>]*+>)")
_SEPARATORS = re.compile(r"[\s/\"']+")


def bounded(html: str) -> str:
    """`html` without what would hurt, and without comments, which tear words apart."""
    if len(html) > BEGINNING + END:
        html = f"{html[:BEGINNING]}\n{html[-END:]}"
    html = _without_comments(html.replace("\0", ""))
    if html.count("<") > MOST_TAGS:
        parts = html.split("<", MOST_TAGS)
        html = "<".join(parts[:MOST_TAGS])
    return _without_copies(_without_long_tags(html))


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
    short = len(html) < LONG_PAGE and max(map(len, html.split(">"))) < LONG_TAG
    if short and _QUOTED_END.search(html) is None:
        return html  # no tag can be that long
    kept, at, left = [], 0, MOST_OF_ALL
    counted = LONG_TAG if len(html) < LONG_PAGE else 0
    for match in _TAG.finditer(html):
        if match.end() - match.start() <= counted or not match[1]:
            continue
        attributes = _attributes(match[1])
        left -= attributes
        if attributes > MOST_ATTRIBUTES or left < 0:
            kept.append(html[at : match.start()])
            at = match.end()
    return "".join([*kept, html[at:]]) if kept else html


def _without_copies(html: str) -> str:
    """Without formatting that is not closed at once, where there may be too much of it."""
    tags = html.count("<")
    if tags * (tags / 2 + 3 * KINDS) <= MOST_COPIES:
        return html
    kinds: set[str] = set()
    open_, copies, at = 0, 0, 0
    for match in _FORMATTING.finditer(html):
        copies += open_ * html.count("<", at, match.start())
        at = match.start()
        name = match[1].lower()
        if match[2] != ">":
            open_ += 1
        elif name not in kinds:
            kinds.add(name)
            open_ += 3
    copies += open_ * html.count("<", at)
    if copies <= MOST_COPIES:
        return html
    return _FORMATTING_TAG.sub(lambda match: match[1] or "", html)


def _attributes(tag: str) -> int:
    """At most how many it has."""
    return len(_SEPARATORS.findall(tag))
