"""The one way to a page of the open web: safe against it, and polite to it.

A visit is a chain of requests, one for each redirect. Each takes the turn of its host (one request at a time over all
workers, and a gap after it), looks whether someone has read the page meanwhile, asks, and gives the turn back together
with the answer. So a page is read once, whoever wants it, and no host is asked faster than it likes.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from weakref import WeakValueDictionary

from app.domain.vocabulary.websites import WebsiteStatus
from providers.errors import Busy
from providers.web import robots
from providers.web.http_client import HTML, MAX_BODY, TEXT, Agent, Wanted
from providers.web.pages import PASSING_SECONDS, Page
from providers.web.robots import MAX_ROBOTS, ROBOTS_SECONDS, Rules
from providers.web.store import RENEW_SECONDS, Store, Turn
from providers.web.urls import BadUrl, Target, parse

#: Redirects that are followed.
MAX_REDIRECTS = 5
#: Seconds that a visit may take in all, robots.txt included, not counting the waiting for turns.
BUDGET = 20.0
#: How many times a caller's patience a visit may wait in all.
MOST_WAITS = 3
#: Seconds for which a host is left alone after a 429 that names none.
USUAL_PAUSE = 10.0
#: Characters of the last pages that are kept at hand.
MOST_RECENT = 4_000_000
#: Origins whose robots.txt is kept parsed, and characters of them: parsed, it may take 200 times as much.
MOST_RULES, MOST_RULED = 1000, 150_000


class HostBusy(Busy):
    """The host's next turn is further away than the caller wants to wait: `wait` seconds."""


@dataclass(frozen=True, slots=True)
class _Visit:
    """What holds for all requests of a visit."""

    since: datetime
    patience: float
    types: frozenset[str] = HTML
    at_most: int = MAX_BODY
    obey: bool = True
    """robots.txt; only that file itself is fetched without."""
    left: _Left = field(default_factory=lambda: _Left())


@dataclass(slots=True)
class _Left:
    """Seconds that a visit may still take, and those that it has waited."""

    seconds: float = field(default_factory=lambda: BUDGET)
    waited: float = 0.0


class Fetcher:
    """Visits pages. `gap` is in seconds, between the end of an answer and the next request to its host."""

    def __init__(self, agent: Agent, store: Store, *, gap: float = 1.0) -> None:
        self._agent = agent
        self._store = store
        self._gap = gap
        self._rules: OrderedDict[str, tuple[datetime, Rules]] = OrderedDict()
        self._recent = _Recent()
        self._queues: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def fetch(self, url: str, *, since: datetime, patience: float = 3.0) -> Page:
        """The page at `url` as it was at `since` (aware) or later.

        What a site does wrong is the page's outcome. Raises HostBusy where a turn is more than `patience` seconds away.
        """
        try:
            target = parse(url)
        except BadUrl as error:
            return Page(url, url, WebsiteStatus.PRIVATE_ADDRESS, _now(), f"the address {error}")
        return await self._follow(target, _Visit(since, patience))

    async def close(self) -> None:
        await self._agent.close()

    async def _follow(self, target: Target, visit: _Visit) -> Page:
        first, hops = str(target), list[str]()
        while True:
            page = await self._hop(target, visit)
            if page.redirect_to is None:
                return replace(page, url=first, redirects=tuple(hops)) if hops else page
            hops.append(page.url)
            failed = replace(page, url=first, redirect_to=None, redirects=tuple(hops))
            try:
                target = parse(page.redirect_to, target)
            except BadUrl as error:
                words = f"it redirects to an address that {error}"
                return replace(failed, outcome=WebsiteStatus.PRIVATE_ADDRESS, detail=words)
            if str(target) in hops:
                return replace(failed, outcome=WebsiteStatus.SERVER_ERROR, detail="its redirects go in a circle")
            if len(hops) > MAX_REDIRECTS:
                words = f"it redirects more than {MAX_REDIRECTS} times"
                return replace(failed, outcome=WebsiteStatus.SERVER_ERROR, detail=words)

    async def _hop(self, target: Target, visit: _Visit) -> Page:
        """One request, or what is known of its answer."""
        url = str(target)
        if (reason := self._agent.refuses(target)) is not None:
            return Page(url, url, WebsiteStatus.PRIVATE_ADDRESS, _now(), reason)
        if (known := self._recent.find(url, visit.since)) is not None:
            return known
        gap = self._gap
        if visit.obey:
            rules = await self._rules_of(target, visit)
            if (refusal := await rules.forbid(url, self._agent.name)) is not None:
                return Page(url, url, refusal[0], _now(), refusal[1])
            gap = max(gap, rules.delay(self._agent.name))
        clock = asyncio.get_running_loop().time
        began = clock()
        async with self._line(
            target.host, min(visit.patience, MOST_WAITS * visit.patience - visit.left.waited)
        ) as until:
            turn = self._recent.find(url, visit.since) or await self._turn(target, visit, until)
            visit.left.waited += clock() - began
            if isinstance(turn, Page):
                self._recent.keep(turn)
                return turn
            return await self._use(turn, target, visit, gap)

    async def _use(self, turn: Turn, target: Target, visit: _Visit, gap: float) -> Page:
        """The answer for which the turn was taken, which is over then."""
        pause, answer = 0.0, None
        try:
            if turn.held is not None and turn.held.holds(visit.since):
                return turn.held
            pause = gap
            wanted = Wanted(visit.types, visit.at_most, turn.held)
            page = await self._ask(turn, target, wanted, max(visit.left.seconds, 0.1))
            visit.left.seconds -= page.elapsed_ms / 1000
            pause = _pause(page, gap)
            if page.retry_after is None:
                answer = page
                self._recent.keep(page)
            return page
        finally:
            await asyncio.shield(self._store.give_back(turn, pause, answer))

    async def _ask(self, turn: Turn, target: Target, wanted: Wanted, seconds: float) -> Page:
        """Ask, and keep the turn for as long as that takes."""
        asking = asyncio.create_task(self._agent.ask(target, wanted, seconds))
        try:
            while not (await asyncio.wait({asking}, timeout=RENEW_SECONDS))[0]:
                await self._store.renew(turn)
            return asking.result()
        finally:
            asking.cancel()

    @asynccontextmanager
    async def _line(self, host: str, patience: float) -> AsyncIterator[float]:
        """Callers of one process stand in line for a host, so that one of them at a time asks the store.

        Yields the moment, on the loop's clock, at which the caller's patience ends.
        """
        until = asyncio.get_running_loop().time() + patience
        queue = self._queues.get(host) or self._queues.setdefault(host, asyncio.Lock())
        try:
            async with asyncio.timeout_at(until):
                await queue.acquire()
        except TimeoutError:
            raise HostBusy(f"{host} is being asked for other pages", provider=host, wait=max(patience, 1.0)) from None
        try:
            yield until
        finally:
            queue.release()

    async def _turn(self, target: Target, visit: _Visit, until: float) -> Page | Turn:
        """The turn of the target's host, waited for; or the page, if someone has read it meanwhile."""
        url, host = str(target), target.host
        clock = asyncio.get_running_loop().time
        looks = 0
        while isinstance(turn := await self._store.turn(url, host, visit.since), float):
            if clock() + turn > until:
                raise HostBusy(f"{host} may be asked again later", provider=host, wait=max(turn, 1.0))
            await asyncio.sleep(min(turn * 2 ** min(looks, 3), until - clock()))
            looks += 1
        return turn

    async def _rules_of(self, target: Target, visit: _Visit) -> Rules:
        origin = target.origin
        read_at, rules = self._rules.get(origin, (None, Rules()))
        lasts = ROBOTS_SECONDS if rules.refusal is None else PASSING_SECONDS
        if read_at is None or (_now() - read_at).total_seconds() > lasts:
            since = _now() - timedelta(seconds=ROBOTS_SECONDS)
            there = replace(visit, since=since, types=TEXT, at_most=MAX_ROBOTS, obey=False)
            page = await self._follow(parse(f"{origin}/robots.txt"), there)
            rules = await robots.read(page, self._agent.name)
            self._rules[origin] = page.fetched_at, rules
            while len(self._rules) > 1 and (len(self._rules) > MOST_RULES or self._ruled() > MOST_RULED):
                self._rules.popitem(last=False)
        return rules

    def _ruled(self) -> int:
        return sum(rules.size for _, rules in self._rules.values())


class _Recent:
    """The last pages, so that the jobs of a business that run side by side fetch them from nowhere."""

    def __init__(self) -> None:
        self._pages: OrderedDict[str, Page] = OrderedDict()
        self._in_use: WeakValueDictionary[str, Page] = WeakValueDictionary()
        """Those that someone has in hand cost nothing, so they are known too, however long."""
        self._characters = 0

    def find(self, url: str, since: datetime) -> Page | None:
        """The page, if it holds since then; it counts as the last one again."""
        page = self._in_use.get(url)
        if page is None or not page.holds(since):
            return None
        if url in self._pages:
            self._pages.move_to_end(url)
        return page

    def keep(self, page: Page) -> None:
        if (before := self._pages.pop(page.url, None)) is not None:
            self._characters -= len(before.html)
        self._pages[page.url] = self._in_use[page.url] = page
        self._characters += len(page.html)
        while self._characters > MOST_RECENT or len(self._pages) > MOST_RULES:
            _, oldest = self._pages.popitem(last=False)
            self._characters -= len(oldest.html)


def _pause(page: Page, gap: float) -> float:
    """Seconds for which the host is left alone after this answer."""
    if page.retry_after is not None:
        return max(gap, page.retry_after)
    if page.status == 429:
        return max(gap, USUAL_PAUSE)
    asked = page.status is not None or page.outcome not in (WebsiteStatus.DNS_ERROR, WebsiteStatus.PRIVATE_ADDRESS)
    return gap if asked else 0.0


def _now() -> datetime:
    return datetime.now(UTC)
