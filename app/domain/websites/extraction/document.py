"""An HTML page, parsed once for all extractors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urljoin

import orjson
from selectolax.lexbor import LexborHTMLParser, LexborNode

from app.domain.text.json_guard import UnsafeJson, parse_json
from app.domain.websites.extraction.hosts import domain_of
from app.domain.websites.extraction.html_limits import limit_html

BREAK = "\x1f"
"""Separates two pieces of text between which there is a tag."""
MAX_JSON_CHARACTERS = 500_000
"""Parsed per block of JSON-LD."""
MAX_JSON_NODES = 2_000
"""Examined per page."""
MAX_HREF_CHARACTERS = 8_000
MAX_META_CHARACTERS = 2_000
MAX_TEXT_NODES = 200
"""Visited by `text_of`."""
MAX_URL_CHARACTERS = 2_083
"""The length that all browsers and servers support."""

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_SPACES = re.compile(r"[ \t\r\n\f\xa0]{2,}|[\t\r\n\f\xa0]")  # all but a single space, which is kept
_INVISIBLE_TAGS = ["style", "template", "head", "svg", "noframes", "object", "select"]


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
        """All objects of the page's JSON-LD, including nested ones."""
        found: list[dict[str, Any]] = []
        for node in self.tree.css('script[type*="ld+json"]'):
            text = node.text().strip()[:MAX_JSON_CHARACTERS]
            text = text.removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
            try:
                data = parse_json(text)
            except UnsafeJson:
                continue
            except orjson.JSONDecodeError:
                try:
                    data = parse_json(re.sub(r"[\x00-\x1f]+", " ", text))
                except (orjson.JSONDecodeError, UnsafeJson):
                    continue
            found += _objects(data)
        return found[:MAX_JSON_NODES]

    @cached_property
    def text(self) -> str:
        """The visible text without invisible characters; BREAK stands where there is a tag."""
        tree = self.tree.clone()
        for node in tree.css("script"):
            node.replace_with(BREAK)
        tree.strip_tags(_INVISIBLE_TAGS)
        body = tree.body or tree.root
        if body is None:
            return ""
        return _SPACES.sub(" ", _INVISIBLE.sub("", body.text(separator=BREAK))).replace("＠", "@")

    @cached_property
    def visible_text(self) -> str:
        """The visible text in one line, without BREAK."""
        return " ".join(self.text.replace(BREAK, " ").split())

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
