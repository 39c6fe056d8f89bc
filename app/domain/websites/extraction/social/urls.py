"""Parsing of URLs as pages write them: without a scheme, with two, in a redirect, in a script."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

MAX_URL_CHARACTERS = 2000

# What may precede the host: a scheme, slashes, a broken scheme, or two of them (`http://https://…`, `https//…`).
_PREFIX = re.compile(r"(?:https?(?::/*|/{2,})|/+)+", re.IGNORECASE)
_SPACES = re.compile(r"[\s\u200b\ufeff]+")
_EDGES = re.compile(r"^(?:%20|%E2%80%8B)+|(?:%20|%E2%80%8B)+$", re.IGNORECASE)
# A URL within the path of another.
_INNER = re.compile(r"/(?:https?(?::|%3a)/*|(?=www\.))", re.IGNORECASE)
_QUOTED = re.compile(r"""(?:https?:)?(?:\\?/){2}[^\s"'<>)]{4,500}""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class UrlParts:
    """The parts of a URL."""

    host: str
    """The host in lower case."""
    segments: Sequence[str]
    """The segments of the path, at most 12."""
    query: dict[str, str]
    """The first value of each parameter."""


def split_url(url: str) -> UrlParts | None:
    """Split a URL; None if it has no host (mailto:, javascript:, a fragment) or an unusual port."""
    text = _SPACES.sub("", url[:MAX_URL_CHARACTERS])
    prefix = _PREFIX.match(text)
    try:
        split = urlsplit(f"//{text[prefix.end() :] if prefix else text}")
        host = (split.hostname or "").lower().rstrip(".")
        if split.port not in (None, 80, 443):
            return None
    except ValueError:
        return None
    if not host:
        return None
    query: dict[str, str] = {}
    if split.query and split.query.count("&") < 50:
        query = {name: values[0] for name, values in parse_qs(split.query.replace("&amp;", "&")).items()}
    path, fragment = split.path, split.fragment.replace("%21", "!", 1)
    if fragment.startswith("!"):  # old URLs of Facebook and Twitter: /#!/name
        path = fragment[1:].partition("?")[0]
    segments = [trimmed for segment in path.split("/") if (trimmed := _EDGES.sub("", segment))]
    return UrlParts(host, segments[:12], query)


def inner_urls(url: str) -> Iterator[str]:
    """Yield the URLs that a URL contains: in the parameters of a redirect, or in its path."""
    parts = split_url(url)
    if parts is None:
        return
    for value in parts.query.values():
        if _PREFIX.match(value) or value.startswith("www."):
            yield value
    if (inner := _INNER.search(url, url.find(parts.host) + len(parts.host))) is not None:
        yield unquote(unquote(url[inner.end() :]))  # some are encoded twice


def urls_in_script(script: str) -> Iterator[str]:
    """Yield the URLs in a script, with escaped slashes unescaped."""
    for match in _QUOTED.finditer(script):
        yield match[0].replace("\\/", "/").rstrip("\\,;")
