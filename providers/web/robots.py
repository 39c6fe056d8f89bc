"""robots.txt (RFC 9309). A site without one allows everything; one that cannot be reached allows nothing for now."""

from __future__ import annotations

import asyncio
import re
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from protego import Protego

from app.domain.vocabulary.websites import WebsiteStatus
from providers.web.pages import Page

T = TypeVar("T")

MAX_ROBOTS_BYTES = 500 * 1024
"""Maximum size of a robots.txt; the rest is ignored (RFC 9309, 2.5)."""
ROBOTS_SECONDS = 24 * 3600.0
"""Time for which a robots.txt is cached (RFC 9309, 2.4)."""
MAX_CRAWL_DELAY_SECONDS = 10.0
"""Longest pause between two requests; a longer Crawl-delay is shortened to this."""
MAX_LINES = 5_000
"""Maximum number of lines in the groups that apply to us; the rest is ignored."""
MAX_LINE_CHARACTERS = 2_200
"""Longer lines are dropped: no URL that is fetched is that long."""
MAX_INLINE_CHARACTERS = 20_000
"""A longer robots.txt is parsed and queried in a thread. One thread serves all: a long file takes tens of megabytes."""
_thread = ThreadPoolExecutor(1, "robots")

_UNREACHABLE = frozenset(
    {WebsiteStatus.DNS_ERROR, WebsiteStatus.TLS_ERROR, WebsiteStatus.TIMEOUT, WebsiteStatus.PRIVATE_ADDRESS}
)


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Rules:
    """The rules of one origin; without `rules` everything is allowed, unless there is a `refusal`."""

    rules: Protego | None = None
    refusal: tuple[WebsiteStatus, str] | None = None
    """Outcome and message, if nothing may be fetched at all."""
    size: int = 0
    """Characters of the file."""
    status: int | None = None
    """The HTTP status of the response that is a refusal; None if the server did not answer."""

    async def why_forbidden(self, url: str, agent: str) -> tuple[WebsiteStatus, str] | None:
        """Return outcome and message if `url` must not be fetched by `agent`, None if it may be."""
        if self.refusal is not None or self.rules is None:
            return self.refusal
        if await _run(self.size, self.rules.can_fetch, url, agent):
            return None
        return WebsiteStatus.ROBOTS_DENIED, "its robots.txt does not allow it"

    def delay_seconds(self, agent: str) -> float:
        """Return the Crawl-delay or Request-rate for `agent`, in seconds between two requests; 0 if there is none."""
        if self.rules is None:
            return 0.0
        rate = self.rules.request_rate(agent)
        per_request = rate.seconds / rate.requests if rate and rate.requests else 0.0
        return min(max(self.rules.crawl_delay(agent) or 0.0, per_request), MAX_CRAWL_DELAY_SECONDS)


async def parse_robots(page: Page, agent: str) -> Rules:
    """Return the rules for `agent` in the fetched robots.txt, or those that follow from its absence."""
    if page.redirects and not page.ok:  # a broken redirect counts as no robots.txt
        return Rules()
    if page.outcome in _UNREACHABLE or (page.outcome is WebsiteStatus.SERVER_ERROR and page.status is None):
        return Rules(refusal=(page.outcome, page.detail))
    if page.status is not None and (page.status >= 500 or page.status == 429):
        detail = f"its robots.txt cannot be read at the moment (HTTP {page.status})"
        return Rules(refusal=(page.outcome, detail), status=page.status)
    if not page.ok:
        return Rules()
    size = len(page.html)
    parsed = await _run(size, _parse, page.html, agent)
    rules = Rules(parsed, size=size)
    # Its parts reference each other, so they would stay in memory until the garbage collector runs, which is rare.
    weakref.finalize(rules, vars(parsed).clear)
    return rules


async def _run(size: int, function: Callable[[str, str], T], first: str, second: str) -> T:
    if size <= MAX_INLINE_CHARACTERS:
        return function(first, second)
    return await asyncio.get_running_loop().run_in_executor(_thread, function, first, second)


_AGENT = re.compile(r"user[ -]?agent\s*(?::|\s)\s*(.*)", re.IGNORECASE)
_TOKEN = re.compile(r"[a-z_-]*", re.IGNORECASE)
_OUTSIDE_GROUPS = re.compile(r"(?:site-?maps?|host)\b", re.IGNORECASE)


def _parse(text: str, agent: str) -> Protego:
    """Parse only the groups for `agent` and for all agents: the parser copies a group for every agent that it names."""
    lines: list[str] = []
    applies = in_rules = False
    for raw_line in text.splitlines():
        line = raw_line.partition("#")[0].strip()
        if not line or len(line) > MAX_LINE_CHARACTERS or _OUTSIDE_GROUPS.match(line):
            continue
        if (match := _AGENT.match(line)) is None:
            in_rules = True
            if applies:
                lines.append(line)
        else:
            applies, in_rules = applies and not in_rules, False
            token = _TOKEN.match(match[1])
            name = agent if token and token[0].lower() == agent.lower() else match[1]
            if name in (agent, "*"):
                applies = True
                lines.append(f"User-agent: {name}")
        if len(lines) > MAX_LINES:
            break
    return Protego.parse("\n".join(lines))
