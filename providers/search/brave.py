"""Brave Search: finds web pages, in an index of its own. A key is needed.

Wire format: `GET /res/v1/web/search` with `X-Subscription-Token`, answers `web.results[]` and `news.results[]`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import aiohttp

from providers.errors import Unavailable
from providers.json_api import JsonApi
from providers.json_values import parts, text
from providers.rate_limit import RateLimiter, Window

NAME = "brave"
PUBLIC_URL = "https://api.search.brave.com"
MAX_QUERY_CHARACTERS = 400
WINDOWS = (Window(1, 1.0),)
"""The limit of the free plan."""


@dataclass(frozen=True)
class Hit:
    """A page that was found."""

    url: str
    title: str
    is_news: bool
    published: str | None
    """ISO 8601; None if not known."""


class SearchEngine(Protocol):
    """Finds web pages for a query."""

    async def search(self, query: str, *, max_hits: int = 10) -> list[Hit]:
        """Return up to `max_hits` pages, best first. Raises ProviderError."""
        ...


class Brave:
    """A client of Brave Search; `url` replaces the public address."""

    def __init__(
        self, session: aiohttp.ClientSession, limiter: RateLimiter, *, key: str, url: str | None, user_agent: str
    ) -> None:
        headers = {"X-Subscription-Token": key, "User-Agent": user_agent}
        self._api = JsonApi(NAME, url or PUBLIC_URL, session, limiter, windows=WINDOWS, headers=headers, secrets=(key,))

    async def search(self, query: str, *, max_hits: int = 10) -> list[Hit]:
        """See SearchEngine."""
        params = {
            "q": query[:MAX_QUERY_CHARACTERS],
            "count": str(max_hits),
            "result_filter": "web,news",
            "text_decorations": "false",
        }
        answer = await self._api.get("/res/v1/web/search", params)
        if not isinstance(answer, dict):
            raise Unavailable("garbled answer: no object", provider=NAME)
        return [*_hits(answer.get("news"), True), *_hits(answer.get("web"), False)][:max_hits]


def _hits(found: object, is_news: bool) -> list[Hit]:
    hits = [(text(hit, "url"), text(hit, "title") or "", text(hit, "page_age")) for hit in parts(found, "results")]
    return [Hit(url, title, is_news, published) for url, title, published in hits if url]
