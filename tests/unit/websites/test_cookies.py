"""Cookies: kept within a visit, and never known to another one."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from aiohttp import web

from app.domain.vocabulary.websites import WebsiteStatus
from providers.web import Fetcher, MemoryStore
from providers.web.cookies import MAX_COOKIES, Cookies
from providers.web.urls import parse_url
from tests.unit.websites.conftest import EVER, MakeFetcher
from tests.unit.websites.site import Site

PAGE = web.Response(text="<p>welcome", content_type="text/html")


def redirect(to: str, *cookies: str) -> web.Response:
    response = web.Response(status=302, headers={"Location": to})
    for cookie in cookies:
        response.headers.add("Set-Cookie", cookie)
    return response


def needs_cookie(request: web.BaseRequest) -> web.Response:
    return PAGE if request.cookies.get("seen") == "1" else redirect(str(request.rel_url), "seen=1; path=/")


async def test_a_page_that_needs_its_cookie_is_read(site: tuple[Site, str], fetcher: Fetcher) -> None:
    server, base = site
    server.pages["/"] = needs_cookie
    page = await fetcher.fetch(base, since=EVER)
    assert (page.outcome, page.html, page.final_url) == (WebsiteStatus.OK, "<p>welcome", f"{base}/")
    assert server.paths == ["/robots.txt", "/", "/"]


async def test_the_page_behind_the_cookie_is_shared_but_the_cookie_is_not(
    site: tuple[Site, str], fetcher: Fetcher
) -> None:
    server, base = site
    server.pages["/"] = needs_cookie
    await fetcher.fetch(base, since=EVER)
    assert (await fetcher.fetch(base, since=EVER)).html == "<p>welcome"
    assert server.paths.count("/") == 2
    await fetcher.fetch(f"{base}/other", since=EVER)
    assert "Cookie" not in server.log[-1][2].headers
    later = await fetcher.fetch(base, since=datetime.now(UTC))
    assert later.html == "<p>welcome"
    assert [request.headers.get("Cookie") for _, path, request in server.log if path == "/"] == [
        None, "seen=1", None, "seen=1",
    ]  # fmt: skip


async def test_a_stored_redirect_is_requested_again_for_its_cookie(site: tuple[Site, str], make: MakeFetcher) -> None:
    """The first visit stored the redirects, but lost its cookies when it was cancelled."""
    server, base = site
    store = MemoryStore()

    def gate(request: web.BaseRequest) -> web.Response:
        return PAGE if "ok" in request.cookies else redirect("/gate", "a=1")

    server.pages = {"/": gate, "/gate": redirect("/", "ok=1; path=/")}
    first = await make(store, gap=0.2)
    visit = asyncio.create_task(first.fetch(base, since=EVER))
    while server.paths[-1:] != ["/gate"]:
        await asyncio.sleep(0.005)
    await asyncio.sleep(0.1)
    visit.cancel()
    await asyncio.gather(visit, return_exceptions=True)
    page = await (await make(store)).fetch(base, since=EVER)
    assert page.html == "<p>welcome", page.detail


async def test_a_loop_with_cookies_ends(site: tuple[Site, str], fetcher: Fetcher) -> None:
    server, base = site
    server.pages["/same"] = redirect("/same", "a=1")
    server.pages["/new"] = lambda request: redirect("/new", f"a={len(server.log)}")
    for path in ("/same", "/new"):
        page = await fetcher.fetch(base + path, since=EVER)
        assert (page.outcome, "redirects" in page.detail) == (WebsiteStatus.SERVER_ERROR, True)
    assert len(server.log) < 20


async def test_cookies_stay_with_their_host(site: tuple[Site, str], fetcher: Fetcher) -> None:
    server, base = site
    server.pages["/"] = redirect("/second", "own=1; path=/", "stolen=1; domain=example.com", "deep=1; path=/x")
    await fetcher.fetch(base, since=EVER)
    assert server.log[-1][2].headers.get("Cookie") == "own=1"


async def test_the_number_and_the_size_of_cookies_are_limited() -> None:
    url, cookies = parse_url("http://shop.test/"), Cookies()
    assert cookies.add([f"a{n}=b" for n in range(10 * MAX_COOKIES)], url)
    assert cookies.add(["late=1"], url)
    assert len(cookies.headers(url)["Cookie"].split("; ")) == MAX_COOKIES
    assert Cookies().add([], url) is False
    big = Cookies()
    big.add(["big=" + "x" * 10_000, "small=1", "odd=\x01"], url)
    assert "big" not in big.headers(url).get("Cookie", "")
