"""An HTML page, parsed once for all extractors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from app.domain.websites.extraction.hidden import Hidden, find_hidden
from app.domain.websites.extraction.hosts import domain_of
from app.domain.websites.extraction.html_limits import limit_html
from app.domain.websites.extraction.json_blocks import parse_block
from app.domain.websites.extraction.visible_text import BLOCK, BREAK, read_text

__all__ = ["BLOCK", "BREAK", "Document", "Link", "text_of"]

MAX_JSON_NODES = 2_000
"""Examined per page."""
MAX_HREF_CHARACTERS = 8_000
MAX_META_CHARACTERS = 2_000
MAX_TEXT_NODES = 200
"""Visited by `text_of`."""
MAX_URL_CHARACTERS = 2_083
"""The length that all browsers and servers support."""


@dataclass(frozen=True, slots=True)
class Link:
    """An `<a>` or `<area>`."""

    node: LexborNode
    raw: str
    """The href as written."""
    base: str
    """The URL that it is relative to."""

    @property
    def url(self) -> str:
        """The absolute URL."""
        return _join(self.base, self.raw)


class Document:
    """A page whose parts are read when they are first used. `url` may be empty if it is unknown."""

    def __init__(self, html: str, url: str = "") -> None:
        self.html = limit_html(html)
        self.url = url
        self.tree = LexborHTMLParser(self.html)

    @cached_property
    def hidden(self) -> Hidden:
        """Return the elements that readers of the page do not see."""
        return find_hidden(self.tree)

    @cached_property
    def base(self) -> str:
        """The URL to which the links of the page are relative."""
        node = self.tree.css_first("base[href]")
        href = (node.attributes.get("href") or "") if node else ""
        return _join(self.url, href) if 0 < len(href) <= MAX_URL_CHARACTERS else self.url

    @cached_property
    def links(self) -> list[Link]:
        """The `<a>` and `<area>` elements that have an href, in order."""
        found = []
        for node in self.tree.css("a[href], area[href]"):
            raw = (node.attributes.get("href") or "").strip()[:MAX_HREF_CHARACTERS]
            if raw:
                found.append(Link(node, raw, self.base))
        return found

    @cached_property
    def title(self) -> str:
        """The title in one line, empty if there is none."""
        node = self.tree.css_first("title")
        return " ".join(node.text().split())[:300] if node else ""

    @cached_property
    def language(self) -> str | None:
        """The language that the page declares, such as `de` or `en-gb`."""
        node = self.tree.css_first("html[lang]")
        language = ((node.attributes.get("lang") or "") if node else "").strip().lower().replace("_", "-")
        return language if re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{1,8}){0,3}", language) else None

    @cached_property
    def metas(self) -> dict[str, str]:
        """The content of each `<meta>` by its name, property or http-equiv in lower case; the first of each counts."""
        found: dict[str, str] = {}
        for node in self.tree.css("meta[content]"):
            attributes = node.attributes
            name = attributes.get("property") or attributes.get("name") or attributes.get("http-equiv") or ""
            content = (attributes.get("content") or "")[:MAX_META_CHARACTERS].strip()
            found.setdefault(name[:MAX_META_CHARACTERS].strip().lower(), content)
        return found

    @cached_property
    def scripts(self) -> list[str]:
        """The inline scripts that are code."""
        return [text for kind, text in self._script_texts if not kind or "javascript" in kind or kind == "module"]

    @cached_property
    def data_scripts(self) -> list[str]:
        """The blocks of JSON that the page's own scripts read, such as `__NEXT_DATA__`."""
        return [text for kind, text in self._script_texts if kind.endswith("/json")]

    @cached_property
    def _script_texts(self) -> list[tuple[str, str]]:
        """Type and text of each inline script."""
        found = []
        for node in self.tree.css("script:not([src])"):
            text = node.text()
            if text:
                kind = (node.attributes.get("type") or "").partition(";")[0]
                found.append((kind.strip().lower(), text))
        return found

    @cached_property
    def linked_data(self) -> list[dict[str, Any]]:
        """All objects of the page's JSON-LD, including nested ones."""
        found: list[dict[str, Any]] = []
        for kind, text in self._script_texts:
            if "ld+json" in kind:
                found += _objects(parse_block(text))
        return found[:MAX_JSON_NODES]

    @cached_property
    def text(self) -> str:
        """The visible text without invisible characters; BREAK stands where there is a tag, BLOCK between blocks."""
        return read_text(self.tree, self.hidden.texts)

    @cached_property
    def visible_text(self) -> str:
        """The visible text in one line, without BREAK and BLOCK."""
        return " ".join(self.text.split())

    @cached_property
    def domain(self) -> str | None:
        """The registered domain of the site: of the page's URL, else of its canonical link, `og:url` or base."""
        canonical = self.tree.css_first('link[rel="canonical"][href]')
        urls = [
            self.url,
            (canonical.attributes.get("href") or "") if canonical else "",
            self.metas.get("og:url", ""),
            self.base,
        ]
        return next((domain for url in urls if url and (domain := domain_of(url))), None)


def text_of(node: LexborNode, max_characters: int, separator: str = "") -> str:
    """Return the beginning of the node's text; reads no further, because nested nodes would take quadratic time."""
    pieces, length = [], 0
    for visited, descendant in enumerate(node.traverse(include_text=True)):
        if length > max_characters or visited > MAX_TEXT_NODES:
            break
        if descendant.tag == "-text" and (text := descendant.text_content):
            pieces.append(text)
            length += len(text) + len(separator)
    return separator.join(pieces)[:max_characters]


def _join(base: str, href: str) -> str:
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return href


def _objects(data: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects in parsed JSON, each before the objects that it contains."""
    stack, visited = [data], 0
    while stack and visited < MAX_JSON_NODES:
        value = stack.pop()
        visited += 1
        if isinstance(value, dict):
            yield value
            stack += list(value.values())[:200]
        elif isinstance(value, list):
            stack += value[:200]
