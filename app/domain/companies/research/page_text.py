"""A web page as a source: its visible text, one line per block, its date and its links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urljoin, urlsplit, urlunsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from app.domain.websites.extraction.document import text_of
from app.domain.websites.extraction.hidden import find_hidden
from app.domain.websites.extraction.html_limits import limit_html

MAX_TEXT_CHARACTERS = 60_000
MAX_TITLE_CHARACTERS = 300
MAX_LINK_TEXT_CHARACTERS = 80
UNSEEN = "script, style, noscript, template, svg, iframe, object, select, button, nav, form, head"
MAX_INLINE_DEPTH = 20
"""Nested inline elements that are followed up to their block: a hostile page nests without end."""
INLINE = frozenset(
    ("a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "dfn", "em", "font", "i", "ins", "kbd", "label", "mark")
    + ("q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr")
)
DATES = (
    ('meta[property="article:published_time"]', "content"),
    ('meta[itemprop="datePublished"]', "content"),
    ('meta[name="date"]', "content"),
    ("article time[datetime]", "datetime"),
    ("time[itemprop=datePublished]", "datetime"),
)
JSON_LD_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{4,40})"')
WORTH_READING = re.compile(
    r"about|company|who-we-are|story|team|leader|people|management|board|product|service|solution|what-we-do|pricing"
    r"|customer|client|case|industr|news|press|blog|invest|career|jobs|vacanc|contact|impressum|imprint|legal",
    re.IGNORECASE,
)
NOT_PAGES = re.compile(r"\.(?:pdf|jpe?g|png|gif|svg|zip|docx?|xlsx?|pptx?|mp[34]|css|js|xml|ics)$", re.IGNORECASE)


@dataclass(frozen=True)
class PageText:
    """The content of a page."""

    title: str
    text: str
    published_on: date | None
    links: tuple[str, ...]
    """URLs of the same site without query and fragment, the most promising first, each once."""


def extract_page_text(html: str, url: str) -> PageText:
    """Extract the visible text, the date and the links of a page; never raises."""
    tree = LexborHTMLParser(limit_html(html))
    hidden = find_hidden(tree).texts
    head = tree.css_first("title")
    title = " ".join(head.text().split())[:MAX_TITLE_CHARACTERS] if head else ""
    published = _published(tree, html)
    links = _links(tree, url)
    for node in tree.css(UNSEEN):
        if node.mem_id not in hidden:
            hidden.update([part.mem_id for part in node.traverse(include_text=True)])
    return PageText(title, _text(tree, hidden), published, links)


def _text(tree: LexborHTMLParser, hidden: set[int]) -> str:
    if tree.body is None:
        return ""
    pieces: list[str] = []
    block = None
    for node in tree.body.traverse(include_text=True):
        if node.mem_id in hidden:
            continue
        if node.tag == "br":
            pieces.append("\n")
        elif node.tag == "-text":
            inside = _block(node)
            text = re.sub(r"\s+", " ", node.text_content or "")
            pieces.append(text if inside == block else f"\n{text}")
            block = inside
    lines: list[str] = []
    for line in "".join(pieces).splitlines():
        line = " ".join(line.split())
        if line and (not lines or lines[-1] != line):
            lines.append(line)
    return "\n".join(lines)[:MAX_TEXT_CHARACTERS]


def _block(node: LexborNode) -> int:
    """Return an id of the block element that contains a text."""
    parent = node.parent
    for _ in range(MAX_INLINE_DEPTH):
        if parent is None or parent.tag not in INLINE or parent.parent is None:
            break
        parent = parent.parent
    return parent.mem_id if parent is not None else 0


def _published(tree: LexborHTMLParser, html: str) -> date | None:
    for selector, attribute in DATES:
        node = tree.css_first(selector)
        found = _date(node.attributes.get(attribute)) if node else None
        if found:
            return found
    match = JSON_LD_DATE.search(html)
    return _date(match[1]) if match else None


def _date(text: str | None) -> date | None:
    try:
        return datetime.fromisoformat((text or "").strip().replace("Z", "+00:00")).date()
    except ValueError:
        return None


def _links(tree: LexborHTMLParser, url: str) -> tuple[str, ...]:
    site = _site(url)
    here = _without_query(url)
    found: dict[str, float] = {}
    for place, node in enumerate(tree.css("a[href]")):
        try:
            target = _without_query(urljoin(url, (node.attributes.get("href") or "").strip()))
        except ValueError:
            continue
        if _site(target) != site or target == here or NOT_PAGES.search(urlsplit(target).path):
            continue
        path = urlsplit(target).path
        is_promising = WORTH_READING.search(f"{path} {text_of(node, MAX_LINK_TEXT_CHARACTERS)}")
        score = (2.0 if is_promising else 0.0) - 0.3 * path.strip("/").count("/") - place / 1000
        found[target] = max(score, found.get(target, score))
    return tuple(sorted(found, key=lambda link: -found[link]))


def _site(url: str) -> str:
    """Return host and port without `www.`; empty unless it is an HTTP URL."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts.netloc.lower().removeprefix("www.") if parts.scheme in ("http", "https") else ""


def _without_query(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.lower(), parts.path or "/", "", ""))
