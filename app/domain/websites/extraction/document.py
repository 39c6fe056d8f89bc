"""A page, parsed once for all who look at it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urljoin

import orjson
from selectolax.lexbor import LexborHTMLParser, LexborNode

from app.domain.websites.extraction.bounds import bounded
from app.domain.websites.extraction.hosts import domain_of

#: Between two pieces of text that are not next to each other on the page.
BREAK = "\x1f"
#: Characters of one block of JSON-LD that are read.
MOST_JSON = 500_000
#: Nodes of JSON-LD that are looked at.
MOST_NODES = 2_000
#: Characters of a link's address, and of what a `<meta>` says, that are read.
MOST_HREF, MOST_META = 8_000, 2_000
#: Nodes in which the beginning of an element's text is looked for.
MOST_SEEN = 200
#: Longest address of a page: what browsers and servers agree on.
MAX_URL_CHARACTERS = 2_083

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_SPACES = re.compile(r"[ \t\r\n\f\xa0]{2,}|[\t\r\n\f\xa0]")  # all but a single blank, which stays
_UNSEEN = ["style", "template", "head", "svg", "noframes", "object", "select"]


@dataclass(frozen=True, slots=True)
class Link:
    """An `<a>` (or `<area>`): `raw` is its address as written, `base` what that is relative to."""

    node: LexborNode
    raw: str
    base: str

    @property
    def url(self) -> str:
        """Its address resolved."""
        return _join(self.base, self.raw)


class Document:
    """Lazily read; `url` is where the page was found, which may be unknown ('')."""

    def __init__(self, html: str, url: str = "") -> None:
        self.html = bounded(html)
        self.url = url
        self.tree = LexborHTMLParser(self.html)

    @cached_property
    def base(self) -> str:
        """What relative addresses are relative to."""
        node = self.tree.css_first("base[href]")
        href = (node.attributes.get("href") or "") if node else ""
        return _join(self.url, href) if 0 < len(href) <= MAX_URL_CHARACTERS else self.url

    @cached_property
    def links(self) -> list[Link]:
        found = []
        for node in self.tree.css("a[href], area[href]"):
            raw = (node.attributes.get("href") or "").strip()[:MOST_HREF]
            if raw:
                found.append(Link(node, raw, self.base))
        return found

    @cached_property
    def title(self) -> str:
        node = self.tree.css_first("title")
        return " ".join(node.text().split())[:300] if node else ""

    @cached_property
    def language(self) -> str | None:
        """As the page declares it: `de`, `en-gb`."""
        node = self.tree.css_first("html[lang]")
        found = ((node.attributes.get("lang") or "") if node else "").strip().lower().replace("_", "-")
        return found if re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{1,8}){0,3}", found) else None

    @cached_property
    def metas(self) -> dict[str, str]:
        """`<meta>` by name or property, in lower case; the first one counts."""
        found: dict[str, str] = {}
        for node in self.tree.css("meta[content]"):
            attributes = node.attributes
            name = attributes.get("property") or attributes.get("name") or attributes.get("http-equiv") or ""
            found.setdefault(name[:MOST_META].strip().lower(), (attributes.get("content") or "")[:MOST_META].strip())
        return found

    @cached_property
    def scripts(self) -> list[str]:
        """Texts of scripts that are code."""
        found = []
        for node in self.tree.css("script"):
            kind = (node.attributes.get("type") or "").lower()
            if not kind or "javascript" in kind or kind == "module":
                text = node.text()
                if text:
                    found.append(text)
        return found

    @cached_property
    def linked_data(self) -> list[dict[str, Any]]:
        """Every object in the page's JSON-LD, nested ones too."""
        found: list[dict[str, Any]] = []
        for node in self.tree.css('script[type*="ld+json"]'):
            text = node.text().strip()[:MOST_JSON]
            text = text.removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
            try:
                data = orjson.loads(text)
            except orjson.JSONDecodeError:
                try:
                    data = orjson.loads(re.sub(r"[\x00-\x1f]+", " ", text))
                except orjson.JSONDecodeError:
                    continue
            found += _objects(data)
        return found[:MOST_NODES]

    @cached_property
    def text(self) -> str:
        """What a reader sees, in order: pieces between tags divided by BREAK, invisible characters left out."""
        tree = self.tree.clone()
        for node in tree.css("script"):
            node.replace_with(BREAK)
        tree.strip_tags(_UNSEEN)
        body = tree.body or tree.root
        if body is None:
            return ""
        return _SPACES.sub(" ", _INVISIBLE.sub("", body.text(separator=BREAK))).replace("＠", "@")

    @cached_property
    def visible_text(self) -> str:
        """`text` as one reads it: without the breaks."""
        return " ".join(self.text.replace(BREAK, " ").split())

    @cached_property
    def domain(self) -> str | None:
        """The registered domain of the site: by the page's address, else by what it says of itself."""
        canonical = self.tree.css_first('link[rel="canonical"][href]')
        named = [
            self.url,
            (canonical.attributes.get("href") or "") if canonical else "",
            self.metas.get("og:url", ""),
            self.base,
        ]
        return next((found for one in named if one and (found := domain_of(one))), None)


def text_of(node: LexborNode, most: int, separator: str = "") -> str:
    """The first `most` characters of a node's text, read no further: for nodes that may be in one another."""
    pieces, length = [], 0
    for seen, one in enumerate(node.traverse(include_text=True)):
        if length > most or seen > MOST_SEEN:
            break
        if one.tag == "-text" and (text := one.text_content):
            pieces.append(text)
            length += len(text) + len(separator)
    return separator.join(pieces)[:most]


def _join(base: str, href: str) -> str:
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return href


def _objects(data: Any) -> Iterator[dict[str, Any]]:
    waiting, seen = [data], 0
    while waiting and seen < MOST_NODES:
        one = waiting.pop()
        seen += 1
        if isinstance(one, dict):
            yield one
            waiting += list(one.values())[:200]
        elif isinstance(one, list):
            waiting += one[:200]
