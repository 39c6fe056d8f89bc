"""Redirects in the page itself: a meta refresh, or a script on a page that shows nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from app.domain.websites.extraction.document import MAX_URL_CHARACTERS, Document

MAX_REFRESH_SECONDS = 10
"""A slower meta refresh reloads the page and is not a redirect."""
MAX_TEXT_CHARACTERS = 250
"""A page with more visible text is a page, whatever its scripts do."""
MAX_SCRIPT_CHARACTERS = 6_000
"""Searched per page: a redirect is a short script, and an application a long one."""
MAX_REFRESHES = 10
"""Meta elements that are examined."""

_REFRESH = re.compile(r"(\d{0,6})\.?\d{0,6}\s*[;,]\s*(?:url\s*=)?\s*['\"]?([^'\"\s>]+)", re.IGNORECASE)
_RAW = re.compile(r"<(?:(!--)|(noscript|script|style|textarea)\b)", re.IGNORECASE)
_RAW_ENDS = {
    name: re.compile(end, re.IGNORECASE)
    for name, end in (
        ("!--", "-->"), ("noscript", "</noscript[^>]{0,200}>?"), ("script", "</script"), ("style", "</style"),
        ("textarea", "</textarea"),
    )
}  # fmt: skip
_TARGET = r"\\?([\"'`])([^\"'`\s]{1,2083}?)\\?"
_SCRIPT_REDIRECT = re.compile(
    rf"(?<![\w$])location(?:\.href)?\s{{0,5}}=\s{{0,5}}{_TARGET}\1(?!\s{{0,5}}[+.])"
    rf"|(?<![\w$])location\.(?:replace|assign)\s{{0,5}}\(\s{{0,5}}{_TARGET}\3\s{{0,5}}\)"
    rf"|\(location\)\.(?:attr|prop)\s{{0,5}}\(\s{{0,5}}[\"']href[\"']\s{{0,5}},\s{{0,5}}{_TARGET}\5\s{{0,5}}\)"
    rf"|(?<![\w$])window\.open\s{{0,5}}\(\s{{0,5}}{_TARGET}\7\s{{0,5}},\s{{0,5}}[\"']_(?:self|top)[\"']",
)
_COMMENT = re.compile(r"/\*[^*]{0,2000}\*/|^[ \t]{0,99}//[^\n]*+", re.MULTILINE)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(/))")
_OF_SMALL_SCREENS = re.compile(
    r"userAgent|screen\.|innerWidth|matchMedia|mobi|android|iphone|\bie\b|msie|top\s?!==?\s?self", re.I
)
_CONTEXT_CHARACTERS = 120
"""Code before a redirect that tells under which condition it is one."""
_APPLICATION = "#root, #app, #__next, #__nuxt, #___gatsby, #q-app, app-root, [ng-app], [data-reactroot]"


def find_redirect(document: Document) -> str | None:
    """Return the URL to which a browser with scripts leaves this page by itself, None if it stays."""
    for target in (*_refreshes(document), *_script_redirects(document)):
        url = _resolve(document, target)
        if url.startswith(("http://", "https://")):
            return url if url != document.url.partition("#")[0] else None
    return None


def _refreshes(document: Document) -> Iterator[str]:
    """Yield the targets of meta refreshes; not of those in `<noscript>`, which no browser with scripts reads."""
    contents = _refresh_contents(document.tree)
    if contents and "<noscript" in document.html.lower():
        contents = _refresh_contents(LexborHTMLParser(without_noscript(document.html)))
    for content in contents:
        match = _REFRESH.match(content)
        if match is not None and int(match[1] or 0) <= MAX_REFRESH_SECONDS:
            yield match[2]


def _refresh_contents(tree: LexborHTMLParser) -> list[str]:
    return [
        (node.attributes.get("content") or "")[: 2 * MAX_URL_CHARACTERS].strip()
        for node in tree.css("meta[http-equiv][content]")[:MAX_REFRESHES]
        if (node.attributes.get("http-equiv") or "").strip().lower() == "refresh"
    ]


def without_noscript(html: str) -> str:
    """Return the HTML without its `<noscript>` elements; one without an end reaches to the end of the page.

    Their text is removed before it is parsed: a parser without scripts reads elements in them, and moves those that
    may not be there to other places.
    """
    kept, start, position = [], 0, 0
    while (found := _RAW.search(html, position)) is not None:
        name = found[found.lastindex or 0].lower()
        end = _RAW_ENDS[name].search(html, found.end())
        position = len(html) if end is None else end.end()
        if name == "noscript":
            kept.append(html[start : found.start()])
            start = position
    return "".join((*kept, html[start:]))


def _script_redirects(document: Document) -> Iterator[str]:
    """Yield the targets of scripts that leave the page, if it shows nothing and is no application."""
    html = document.html
    if "location" not in html and "window.open" not in html:
        return
    if len(document.visible_text) > MAX_TEXT_CHARACTERS:
        return
    if document.tree.css_first(_APPLICATION) is not None and document.tree.css_first("script[src]") is not None:
        return
    body = document.tree.body
    onload = (body.attributes.get("onload") or "") if body is not None else ""
    script = "\n".join((*document.scripts, onload))
    if len(script) > MAX_SCRIPT_CHARACTERS:
        return
    script = _COMMENT.sub(" ", script)
    for match in _SCRIPT_REDIRECT.finditer(script):
        before = script[max(match.start() - _CONTEXT_CHARACTERS, 0) : match.start()].rpartition("else")[2]
        target = next(text for text in (match[2], match[4], match[6], match[8]) if text)
        if not _OF_SMALL_SCREENS.search(before) and "${" not in target:
            yield _ESCAPE.sub(lambda found: found[3] or chr(int(found[1] or found[2], 16)), target)


def _resolve(document: Document, href: str) -> str:
    """Return the absolute URL without its fragment, an empty string if it cannot be fetched."""
    try:
        url = urljoin(document.base, href.strip()).partition("#")[0]
    except ValueError:
        return ""
    return url if len(url) <= MAX_URL_CHARACTERS else ""
