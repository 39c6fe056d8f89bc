"""Politeness, robots.txt, redirects, conditions, and that a page is read once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from aiohttp import web

from app.domain.vocabulary.websites import WebsiteStatus
from providers.web import Fetcher, HostBusy, MemoryStore
from providers.web import fetcher as fetcher_module
from tests.unit.websites.conftest import EVER, MakeFetcher
from tests.unit.websites.site import Site


def text(content: str, **headers: str) -> web.Response:
    return web.Response(text=content, content_type="text/plain", headers=headers)


async def test_a_page_is_read_once_by_many(site: tuple[Site, str], make: MakeFetcher) -> None:
    server, base = site
    store = MemoryStore()
    fetchers = [await make(store) for _ in range(3)]
    pages = await asyncio.gather(*(fetcher.fetch(f"{base}/a", since=EVER) for fetcher in fetchers * 5))
    assert {page.html for page in pages} == {"<p>hello"}
    assert sorted(server.paths) == ["/a", "/robots.txt"]


async def test_one_request_at_a_time_and_a_gap_after_it(site: tuple[Site, str], make: MakeFetcher) -> None:
    server, base = site
    server.latency = 0.02
    store = MemoryStore()
    fetchers = [await make(store, gap=0.1) for _ in range(2)]
    await asyncio.gather(*(fetchers[n % 2].fetch(f"{base}/{n}", since=EVER, max_wait=30) for n in range(5)))
    moments = [moment for moment, _, _ in server.log]
    assert len(moments) == 6
    assert server.most_running == 1
    assert min(b - a for a, b in zip(moments, moments[1:], strict=False)) >= 0.1


async def test_robots_rules_and_delay_are_kept(site: tuple[Site, str], make: MakeFetcher) -> None:
    server, base = site
    server.robots = text("User-agent: Trigpoint\nDisallow: /private\nCrawl-delay: 0.2\n\nUser-agent: *\nDisallow: /")
    fetcher = await make(gap=0.05)
    assert (await fetcher.fetch(f"{base}/private/a", since=EVER)).outcome is WebsiteStatus.ROBOTS_DENIED
    assert (await fetcher.fetch(f"{base}/public", since=EVER)).ok
    assert (await fetcher.fetch(f"{base}/more", since=EVER)).ok
    assert server.paths == ["/robots.txt", "/public", "/more"]
    assert server.log[2][0] - server.log[1][0] >= 0.2


@pytest.mark.parametrize(
    ("status", "outcome"), [(404, WebsiteStatus.OK), (403, WebsiteStatus.OK), (500, WebsiteStatus.SERVER_ERROR)]
)
async def test_robots_that_cannot_be_read(
    site: tuple[Site, str], fetcher: Fetcher, status: int, outcome: WebsiteStatus
) -> None:
    server, base = site
    server.robots = web.Response(status=status)
    assert (await fetcher.fetch(base, since=EVER)).outcome is outcome


async def test_a_longer_wait_than_the_caller_accepts_is_reported(site: tuple[Site, str], make: MakeFetcher) -> None:
    server, base = site
    fetcher = await make(gap=5.0)
    with pytest.raises(HostBusy) as busy:
        await fetcher.fetch(base, since=EVER, max_wait=0.5)  # robots.txt is read, the page is not yet due
    assert 4.0 < busy.value.wait <= 5.0
    assert server.paths == ["/robots.txt"]


async def test_robots_and_the_page_share_one_budget(
    site: tuple[Site, str], fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, base = site
    monkeypatch.setattr(fetcher_module, "MAX_VISIT_SECONDS", 1.0)
    server.latency = 0.7
    assert (await fetcher.fetch(base, since=EVER)).outcome is WebsiteStatus.TIMEOUT
    assert server.paths == ["/robots.txt", "/"]


async def test_a_visit_does_not_wait_without_end_turn_after_turn(site: tuple[Site, str], make: MakeFetcher) -> None:
    server, base = site
    for n in range(4):
        server.pages[f"/{n}"] = web.Response(status=302, headers={"Location": f"/{n + 1}"})
    fetcher = await make(gap=0.4)
    with pytest.raises(HostBusy):
        await fetcher.fetch(f"{base}/0", since=EVER, max_wait=0.5)
    page = await fetcher.fetch(f"{base}/0", since=EVER, max_wait=0.5)
    assert page.ok and max(server.paths.count(f"/{n}") for n in range(5)) == 1, "it goes on where it was"


async def test_retry_after_of_a_server_is_respected(site: tuple[Site, str], fetcher: Fetcher) -> None:
    server, base = site
    server.pages["/"] = web.Response(status=503, headers={"Retry-After": "120"})
    page = await fetcher.fetch(base, since=EVER)
    assert (page.outcome, page.retry_after) == (WebsiteStatus.BLOCKED, 120.0)
    with pytest.raises(HostBusy) as busy:
        await fetcher.fetch(f"{base}/other", since=EVER)
    assert 100 < busy.value.wait <= 120
    assert server.paths == ["/robots.txt", "/"]


async def test_redirects_are_followed_and_reported(site: tuple[Site, str], fetcher: Fetcher) -> None:
    server, base = site
    server.pages["/old"] = web.Response(status=301, headers={"Location": "/new?a=1#part"})
    page = await fetcher.fetch(f"{base}/old", since=EVER)
    assert (page.url, page.final_url, page.redirects) == (f"{base}/old", f"{base}/new?a=1", (f"{base}/old",))
    await fetcher.fetch(f"{base}/new?a=1", since=EVER)
    assert server.paths == ["/robots.txt", "/old", "/new"]


async def test_a_redirect_keeps_to_robots(site: tuple[Site, str], fetcher: Fetcher) -> None:
    server, base = site
    server.robots = text("User-agent: *\nDisallow: /inner")
    server.pages["/old"] = web.Response(status=302, headers={"Location": "/inner/page"})
    page = await fetcher.fetch(f"{base}/old", since=EVER)
    assert page.outcome is WebsiteStatus.ROBOTS_DENIED
    assert "/inner/page" not in server.paths


async def test_an_old_page_is_revalidated(site: tuple[Site, str], fetcher: Fetcher) -> None:
    server, base = site

    def page(request: web.BaseRequest) -> web.Response:
        if request.headers.get("If-None-Match") == '"one"':
            return web.Response(status=304)
        return web.Response(text="<p>one", content_type="text/html", headers={"ETag": '"one"'})

    server.pages["/"] = page
    first = await fetcher.fetch(base, since=EVER)
    now = datetime.now(UTC)
    second = await fetcher.fetch(base, since=now)
    assert (second.html, second.ok) == (first.html, True)
    assert second.fetched_at >= now
    assert [request.headers.get("If-None-Match") for _, path, request in server.log if path == "/"] == [None, '"one"']


async def test_a_failure_is_not_retried_at_once(site: tuple[Site, str], fetcher: Fetcher) -> None:
    server, base = site
    server.pages["/"] = web.Response(status=500)
    for _ in range(3):
        assert (await fetcher.fetch(base, since=EVER)).outcome is WebsiteStatus.SERVER_ERROR
    assert server.paths.count("/") == 1


async def test_nothing_of_ours_is_sent_along(site: tuple[Site, str], fetcher: Fetcher) -> None:
    server, base = site
    server.pages["/"] = web.Response(status=302, headers={"Location": "/b"})
    await fetcher.fetch(base, since=EVER)
    last = server.log[-1][2]
    assert last.headers["User-Agent"] == "Trigpoint/1.0 (tests@example.org)"
    assert not {"Cookie", "Authorization", "Referer"} & set(last.headers)


async def test_a_cancelled_visit_gives_its_turn_back(site: tuple[Site, str], make: MakeFetcher) -> None:
    server, base = site
    fetcher = await make()
    server.latency = 30.0
    visit = asyncio.create_task(fetcher.fetch(f"{base}/a", since=EVER))
    while not server.log:
        await asyncio.sleep(0.01)
    visit.cancel()
    await asyncio.gather(visit, return_exceptions=True)
    server.latency = 0.0
    assert (await fetcher.fetch(f"{base}/b", since=EVER)).ok
