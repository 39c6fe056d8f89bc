"""Addresses as pages write them, taken apart: without a scheme, with two, behind a redirect, in a script."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

#: Longest address that is looked at.
MOST = 2000
#: What stands before a host: a scheme, slashes, a broken scheme, two of them (`http://https://…`, `https//…`).
_BEFORE = re.compile(r"(?:https?(?::/*|/{2,})|/+)+", re.IGNORECASE)
_SPACES = re.compile(r"[\s\u200b\ufeff]+")
_EDGES = re.compile(r"^(?:%20|%E2%80%8B)+|(?:%20|%E2%80%8B)+$", re.IGNORECASE)
#: An address inside the path of another.
_INSIDE = re.compile(r"/(?:https?(?::|%3a)/*|(?=www\.))", re.IGNORECASE)
_QUOTED = re.compile(r"""(?:https?:)?(?:\\?/){2}[^\s"'<>)]{4,500}""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Parts:
    """An address taken apart: path segments, and the query's first values."""

    host: str
    segments: Sequence[str]
    query: dict[str, str]


def parts_of(url: str) -> Parts | None:
    """None for what has no host: mailto:, javascript:, a fragment."""
    text = _SPACES.sub("", url[:MOST])
    before = _BEFORE.match(text)
    try:
        split = urlsplit(f"//{text[before.end() :] if before else text}")
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
    if fragment.startswith("!"):  # as Facebook and Twitter had it: /#!/name
        path = fragment[1:].partition("?")[0]
    segments = [cut for one in path.split("/") if (cut := _EDGES.sub("", one))]
    return Parts(host, segments[:12], query)


def wrapped(url: str) -> Iterator[str]:
    """The addresses that another one leads to: a redirect's parameter, or the rest of its path."""
    parts = parts_of(url)
    if parts is None:
        return
    for value in parts.query.values():
        if _BEFORE.match(value) or value.startswith("www."):
            yield value
    if (inside := _INSIDE.search(url, url.find(parts.host) + len(parts.host))) is not None:
        yield unquote(unquote(url[inside.end() :]))  # some encode twice


def quoted(script: str) -> Iterator[str]:
    """The addresses in a piece of script, its escaped slashes undone."""
    for match in _QUOTED.finditer(script):
        yield match[0].replace("\\/", "/").rstrip("\\,;")
