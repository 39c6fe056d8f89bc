"""A site that does not answer at its address is looked for with https, and with or without www."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from app.domain.vocabulary.websites import WebsiteStatus
from providers.web import Fetcher
from providers.web.urls import other_addresses, parse_url
from tests.unit.websites.conftest import EVER, Names
from tests.unit.websites.site import Site


@pytest.mark.parametrize(
    ("url", "others"),
    [
        ("a.com/b?c=1", ["https://a.com/b?c=1", "http://www.a.com/b?c=1", "https://www.a.com/b?c=1"]),
        ("http://www.example.com/", ["https://www.example.com/", "http://example.com/", "https://example.com/"]),
        ("https://example.com/", ["https://www.example.com/"]),
        ("https://www.example.com/", ["https://example.com/"]),
        ("http://example.com:8080/", ["http://www.example.com:8080/"]),
        ("http://localhost/", ["https://localhost/"]),
        ("http://127.0.0.1/", ["https://127.0.0.1/"]),
        ("http://127.0.0.1:81/", []),
        ("http://[::1]:81/", []),
    ],
)  # fmt: skip
def test_the_addresses_to_try(url: str, others: list[str]) -> None:
    assert [str(other) for other in other_addresses(parse_url(url))] == others


@pytest.mark.parametrize("name", ["www.shop.test", "shop.test"])
async def test_a_name_that_does_not_exist_with_or_without_www(
    name: str, site: tuple[Site, str], fetcher: Fetcher, names: Names
) -> None:
    server, base = site
    port = base.rpartition(":")[2]
    names.answers = {name: [["127.0.0.1"]]}
    other = "shop.test" if name.startswith("www.") else "www.shop.test"
    page = await fetcher.fetch(f"http://{other}:{port}/tea", since=EVER)
    assert (page.outcome, page.url, page.final_url) == (
        WebsiteStatus.OK, f"http://{other}:{port}/tea", f"http://{name}:{port}/tea",
    )  # fmt: skip
    assert server.paths == ["/robots.txt", "/tea"]


async def test_a_server_that_refuses_connections_at_one_name(
    site: tuple[Site, str], fetcher: Fetcher, names: Names
) -> None:
    _, base = site
    names.answers = {"shop.test": [["127.0.0.3"]], "www.shop.test": [["127.0.0.1"]]}
    page = await fetcher.fetch(f"http://shop.test:{base.rpartition(':')[2]}/", since=EVER)
    assert page.outcome is WebsiteStatus.PRIVATE_ADDRESS, "a forbidden address is the end"
    names.answers["shop.test"] = [["127.0.0.1"]]
    dead = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = dead.sockets[0].getsockname()[1]
    page = await fetcher.fetch(f"http://shop.test:{port}/", since=EVER)
    assert (page.outcome, page.final_url) == (WebsiteStatus.SERVER_ERROR, f"http://shop.test:{port}/")
    dead.close()


async def test_a_site_that_answers_is_not_looked_for(site: tuple[Site, str], fetcher: Fetcher, names: Names) -> None:
    server, base = site
    names.answers = {"shop.test": [["127.0.0.1"]], "www.shop.test": [["127.0.0.1"]]}
    url = f"http://shop.test:{base.rpartition(':')[2]}/"
    server.pages["/"] = web.Response(status=500)
    assert (await fetcher.fetch(url, since=EVER)).outcome is WebsiteStatus.SERVER_ERROR
    server.robots = web.Response(status=500)
    assert (await fetcher.fetch(f"{base}/a", since=EVER)).status == 500
    assert names.asked == {"shop.test": 1}
