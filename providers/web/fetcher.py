"""The fetcher: fetches pages of the web safely and politely, each page once for all who want it.

A visit is a chain of requests, one per redirect. For each request the fetcher acquires the turn of the host (one
request at a time over all workers, and a pause after it), checks whether another fetcher has stored the page meanwhile,
sends the request, and releases the turn together with the page.
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
from providers import metrics
from providers.errors import Busy
from providers.web.cookies import Cookies
from providers.web.http_client import HTML_TYPES, MAX_BODY_BYTES, ROBOTS_TYPES, FetchOptions, HttpClient
from providers.web.pages import TRANSIENT_SECONDS, Page
from providers.web.recent_pages import RecentPages
from providers.web.robots import MAX_ROBOTS_BYTES, ROBOTS_SECONDS, Rules, parse_robots
from providers.web.store import RENEW_SECONDS, Store, Turn
from providers.web.urls import BadUrl, HttpUrl, other_addresses, parse_url

MAX_REDIRECTS = 10
MAX_VISIT_SECONDS = 20.0
"""Maximum time for all requests of a visit, including that for robots.txt, without waiting for turns."""
MIN_ATTEMPT_SECONDS = 1.0
"""With less time left, no further address is tried."""
MAX_WAITS = 3
"""A visit waits for turns at most this many times the caller's `max_wait`."""
DEFAULT_PAUSE_SECONDS = 10.0
"""Pause after a 429 response without Retry-After."""
MAX_CACHED_ORIGINS = 1_000
"""Number of origins whose robots.txt is kept in memory."""
MAX_ROBOTS_CHARACTERS = 150_000
"""Length of all cached robots.txt files together; parsed, a file may take 200 times its size."""


_UNANSWERED = frozenset(
    {WebsiteStatus.DNS_ERROR, WebsiteStatus.TIMEOUT, WebsiteStatus.SERVER_ERROR, WebsiteStatus.TLS_ERROR}
)


class HostBusy(Busy):
    """The turn of the host is further away than the caller's `max_wait`: try again after `wait` seconds."""


@dataclass(slots=True)
class _VisitBudget:
    seconds: float = field(default_factory=lambda: MAX_VISIT_SECONDS)
    """Time left for requests."""
    waited: float = 0.0
    """Seconds spent waiting for turns."""


@dataclass(frozen=True, slots=True)
class _Visit:
    """The parameters that all requests of a visit share."""

    since: datetime
    max_wait: float
    media_types: frozenset[str] = HTML_TYPES
    max_bytes: int = MAX_BODY_BYTES
    obeys_robots: bool = True
    """False only for robots.txt itself."""
    budget: _VisitBudget = field(default_factory=_VisitBudget)
    cookies: Cookies = field(default_factory=Cookies)
    sent: set[tuple[str, str]] = field(default_factory=set)
    """The requests of this visit: URL and cookies."""

    def request(self, url: HttpUrl) -> tuple[str, str]:
        """Return the request that would be sent now."""
        return str(url), self.cookies.headers(url).get("Cookie", "")


class Fetcher:
    """Fetches pages. `gap` is the minimum pause between two requests to a host, in seconds.

    All fetchers that use the same store share its turns and pages.
    """

    def __init__(self, client: HttpClient, store: Store, *, gap: float = 1.0) -> None:
        self._client = client
        self._store = store
        self._gap = gap
        self._rules: OrderedDict[str, tuple[datetime, Rules]] = OrderedDict()
        self._recent = RecentPages()
        self._host_locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def fetch(self, url: str, *, since: datetime, max_wait: float = 3.0) -> Page:
        """Return the page at `url` as it was at `since` (timezone-aware) or later, following redirects.

        If the server does not answer, the site is looked for with https, and with or without www. A fault of the site
        is the page's outcome, not an error. Raises HostBusy if a turn is more than `max_wait` seconds away.
        """
        try:
            target = parse_url(url)
        except BadUrl as error:
            return Page(url, url, WebsiteStatus.PRIVATE_ADDRESS, _now(), f"the address {error}")
        visit = _Visit(since, max_wait)
        page = await self._follow(target, visit)
        for other in other_addresses(target) if _is_unanswered(page) else ():
            if visit.budget.seconds < MIN_ATTEMPT_SECONDS or (
                page.outcome is WebsiteStatus.DNS_ERROR and other.host == target.host
            ):
                continue
            found = await self._follow(other, visit)
            if not _is_unanswered(found):
                page = replace(found, url=page.url)
                break
        metrics.PAGES.labels(page.outcome.value).inc()
        return page

    async def close(self) -> None:
        """Close the HTTP client."""
        await self._client.close()

    async def _follow(self, url: HttpUrl, visit: _Visit) -> Page:
        first, hops, sets_cookies = str(url), list[str](), False
        while True:
            # A URL may redirect to itself until its cookie is sent; the stored page is the one without the cookie.
            page = await self._hop(url, replace(visit, since=_now()) if str(url) in hops else visit)
            if page.redirect_to is None:
                return replace(page, url=first, redirects=tuple(hops)) if hops else page
            hops.append(page.url)
            sets_cookies = sets_cookies or page.sets_cookies
            failed = replace(page, url=first, redirect_to=None, redirects=tuple(hops))
            try:
                url = parse_url(page.redirect_to, url)
            except BadUrl as error:
                detail = f"it redirects to an address that {error}"
                return replace(failed, outcome=WebsiteStatus.PRIVATE_ADDRESS, detail=detail)
            if str(url) in hops and (not sets_cookies or visit.request(url) in visit.sent):
                return replace(failed, outcome=WebsiteStatus.SERVER_ERROR, detail="it redirects in a loop")
            if len(hops) > MAX_REDIRECTS:
                detail = f"it redirects more than {MAX_REDIRECTS} times"
                return replace(failed, outcome=WebsiteStatus.SERVER_ERROR, detail=detail)

    async def _hop(self, target: HttpUrl, visit: _Visit) -> Page:
        """Return the response to a single request: a stored one, or a new one."""
        url = str(target)
        if (reason := self._client.why_forbidden(target)) is not None:
            return Page(url, url, WebsiteStatus.PRIVATE_ADDRESS, _now(), reason)
        if (recent := self._recent.get(url, visit.since)) is not None:
            return recent
        gap = self._gap
        if visit.obeys_robots:
            rules = await self._rules_of(target, visit)
            if (refusal := await rules.why_forbidden(url, self._client.name)) is not None:
                return Page(url, url, refusal[0], _now(), refusal[1], rules.status)
            gap = max(gap, rules.delay_seconds(self._client.name))
        clock = asyncio.get_running_loop().time
        began = clock()
        max_wait = min(visit.max_wait, MAX_WAITS * visit.max_wait - visit.budget.waited)
        async with self._host_lock(target.host, max_wait) as deadline:
            turn = self._recent.get(url, visit.since) or await self._acquire_turn(target, visit, deadline)
            visit.budget.waited += clock() - began
            if isinstance(turn, Page):
                self._recent.add(turn)
                return turn
            return await self._use_turn(turn, target, visit, gap)

    async def _use_turn(self, turn: Turn, url: HttpUrl, visit: _Visit, gap: float) -> Page:
        """Send the request for which the turn was acquired, and release the turn."""
        pause, fetched = 0.0, None
        try:
            if turn.cached is not None and turn.cached.is_fresh(visit.since):
                return turn.cached
            pause = gap
            options = FetchOptions(visit.media_types, visit.max_bytes, turn.cached, visit.cookies)
            visit.sent.add(visit.request(url))
            page = await self._request(turn, url, options, max(visit.budget.seconds, 0.1))
            visit.budget.seconds -= page.elapsed_ms / 1000
            pause = _pause_after(page, gap)
            if page.retry_after is None:
                fetched = page
                self._recent.add(page)
            return page
        finally:
            await asyncio.shield(self._store.release(turn, pause, fetched))

    async def _request(self, turn: Turn, url: HttpUrl, options: FetchOptions, seconds: float) -> Page:
        """Send the request, and renew the turn until the response is complete."""
        request = asyncio.create_task(self._client.get(url, options, seconds))
        try:
            while not (await asyncio.wait({request}, timeout=RENEW_SECONDS))[0]:
                await self._store.renew(turn)
            return request.result()
        finally:
            request.cancel()

    @asynccontextmanager
    async def _host_lock(self, host: str, max_wait: float) -> AsyncIterator[float]:
        """Let one caller of this process at a time ask the store for the turn of a host.

        Yields the time of the event loop's clock at which `max_wait` is over. Raises HostBusy.
        """
        deadline = asyncio.get_running_loop().time() + max_wait
        lock = self._host_locks.get(host) or self._host_locks.setdefault(host, asyncio.Lock())
        try:
            async with asyncio.timeout_at(deadline):
                await lock.acquire()
        except TimeoutError:
            raise HostBusy(
                f"{host} is serving other requests of ours", provider=host, wait=max(max_wait, 1.0)
            ) from None
        try:
            yield deadline
        finally:
            lock.release()

    async def _acquire_turn(self, target: HttpUrl, visit: _Visit, deadline: float) -> Page | Turn:
        """Wait for the turn of the host; or return the page if another fetcher stored it meanwhile. Raises HostBusy."""
        url, host = str(target), target.host
        clock = asyncio.get_running_loop().time
        tries = 0
        while isinstance(result := await self._store.acquire(url, host, visit.since), float):
            if clock() + result > deadline:
                raise HostBusy(f"{host} may be requested again later", provider=host, wait=max(result, 1.0))
            await asyncio.sleep(min(result * 2 ** min(tries, 3), deadline - clock()))
            tries += 1
        return result

    async def _rules_of(self, url: HttpUrl, visit: _Visit) -> Rules:
        """Return the rules of the URL's origin; fetch its robots.txt unless they are cached."""
        origin = url.origin
        fetched_at, rules = self._rules.get(origin, (None, Rules()))
        max_age = ROBOTS_SECONDS if rules.refusal is None else TRANSIENT_SECONDS
        if fetched_at is None or (_now() - fetched_at).total_seconds() > max_age:
            since = _now() - timedelta(seconds=ROBOTS_SECONDS)
            robots_visit = replace(
                visit,
                since=since,
                media_types=ROBOTS_TYPES,
                max_bytes=MAX_ROBOTS_BYTES,
                obeys_robots=False,
                cookies=Cookies(),
                sent=set(),
            )
            page = await self._follow(parse_url(f"{origin}/robots.txt"), robots_visit)
            rules = await parse_robots(page, self._client.name)
            self._rules[origin] = page.fetched_at, rules
            while len(self._rules) > 1 and (
                len(self._rules) > MAX_CACHED_ORIGINS or self._robots_characters() > MAX_ROBOTS_CHARACTERS
            ):
                self._rules.popitem(last=False)
        return rules

    def _robots_characters(self) -> int:
        return sum(rules.size for _, rules in self._rules.values())


def _is_unanswered(page: Page) -> bool:
    """Return whether no server answered, so that the site may be at another address."""
    return page.status is None and not page.redirects and page.outcome in _UNANSWERED


def _pause_after(page: Page, gap: float) -> float:
    """Return the seconds to wait after this response before the next request to the host."""
    if page.retry_after is not None:
        return max(gap, page.retry_after)
    if page.status == 429:
        return max(gap, DEFAULT_PAUSE_SECONDS)
    was_contacted = page.status is not None or page.outcome not in (
        WebsiteStatus.DNS_ERROR,
        WebsiteStatus.PRIVATE_ADDRESS,
    )
    return gap if was_contacted else 0.0


def _now() -> datetime:
    return datetime.now(UTC)
