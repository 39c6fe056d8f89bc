"""robots.txt as RFC 9309 has it: who answers none forbids nothing, who cannot answer forbids everything for now."""

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

#: Bytes that are read of it (RFC 9309, 2.5), and seconds that it holds (2.4).
MAX_ROBOTS, ROBOTS_SECONDS = 500 * 1024, 24 * 3600.0
#: Seconds between two requests that a site may ask for at most; who asks for more gets this.
LONGEST_DELAY = 10.0
#: Lines that are kept of the groups that concern us, and characters of one: no address is longer.
MOST_LINES, LONGEST_LINE = 5_000, 2_200
#: Characters from which reading it, and asking it, takes long enough to be done in a thread; one does for all, since a
#: long one takes tens of megabytes.
LONG = 20_000
_thread = ThreadPoolExecutor(1, "robots")

_UNREACHABLE = frozenset(
    {WebsiteStatus.DNS_ERROR, WebsiteStatus.TLS_ERROR, WebsiteStatus.TIMEOUT, WebsiteStatus.PRIVATE_ADDRESS}
)


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Rules:
    """What one origin allows. `refusal` is why nothing may be fetched at all: an outcome and its words."""

    rules: Protego | None = None
    refusal: tuple[WebsiteStatus, str] | None = None
    size: int = 0
    """Characters that it was read from."""

    async def forbid(self, url: str, agent: str) -> tuple[WebsiteStatus, str] | None:
        """Why `url` may not be fetched; None where it may."""
        if self.refusal is not None or self.rules is None:
            return self.refusal
        if await _run(self.size, self.rules.can_fetch, url, agent):
            return None
        return WebsiteStatus.ROBOTS_DENIED, "its robots.txt does not allow it"

    def delay(self, agent: str) -> float:
        """Seconds between two requests that it asks for."""
        if self.rules is None:
            return 0.0
        rate = self.rules.request_rate(agent)
        per_request = rate.seconds / rate.requests if rate and rate.requests else 0.0
        return min(max(self.rules.crawl_delay(agent) or 0.0, per_request), LONGEST_DELAY)


async def read(page: Page, agent: str) -> Rules:
    """The rules in what came of asking for robots.txt, as far as they concern the agent."""
    if page.redirects and not page.ok:  # a dead end elsewhere is no word of this site
        return Rules()
    if page.outcome in _UNREACHABLE or (page.outcome is WebsiteStatus.SERVER_ERROR and page.status is None):
        return Rules(refusal=(page.outcome, page.detail))
    if page.status is not None and (page.status >= 500 or page.status == 429):
        return Rules(refusal=(page.outcome, f"its robots.txt cannot be read for now (HTTP {page.status})"))
    if not page.ok:
        return Rules()
    size = len(page.html)
    parsed = await _run(size, _parse, page.html, agent)
    rules = Rules(parsed, size=size)
    # Its parts know each other, so that they would stay until Python looks for cycles, which it does seldom.
    weakref.finalize(rules, vars(parsed).clear)
    return rules


async def _run(size: int, function: Callable[[str, str], T], one: str, other: str) -> T:
    if size <= LONG:
        return function(one, other)
    return await asyncio.get_running_loop().run_in_executor(_thread, function, one, other)


_AGENT = re.compile(r"user[ -]?agent\s*(?::|\s)\s*(.*)", re.IGNORECASE)
_TOKEN = re.compile(r"[a-z_-]*", re.IGNORECASE)
_OF_NO_GROUP = re.compile(r"(?:site-?maps?|host)\b", re.IGNORECASE)


def _parse(text: str, agent: str) -> Protego:
    """Of the groups for us and for all alone: the parser keeps a group's rules once for every agent that it names."""
    lines: list[str] = []
    concerns = in_rules = False
    for whole in text.splitlines():
        line = whole.partition("#")[0].strip()
        if not line or len(line) > LONGEST_LINE or _OF_NO_GROUP.match(line):
            continue
        if (match := _AGENT.match(line)) is None:
            in_rules = True
            if concerns:
                lines.append(line)
        else:
            concerns, in_rules = concerns and not in_rules, False
            token = _TOKEN.match(match[1])
            name = agent if token and token[0].lower() == agent.lower() else match[1]
            if name in (agent, "*"):
                concerns = True
                lines.append(f"User-agent: {name}")
        if len(lines) > MOST_LINES:
            break
    return Protego.parse("\n".join(lines))
