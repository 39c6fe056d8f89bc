"""Reading the pages of a company's own site: what stands in for the site is not one of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from providers.web import Fetcher, HttpClient, MemoryStore, NetworkPolicy
from tests.servers.site import HOME, Site
from workers.companies.research.site_pages import ForeignSite, SiteUnreadable, pages


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    made = Fetcher(HttpClient("Trigpoint/1.0", NetworkPolicy(["127.0.0.1/32"])), MemoryStore(), gap=0.0)
    yield made
    await made.close()


async def read(fetcher: Fetcher, home: str) -> list[str]:
    async with Site({"/": home}) as site:
        since = datetime.now(UTC) - timedelta(days=1)
        return [page.title async for page in pages(fetcher, site.url, since, 3)]


async def test_a_site_is_read(fetcher: Fetcher) -> None:
    assert await read(fetcher, HOME) == ["Acme Widgets Ltd"]


@pytest.mark.parametrize(
    ("home", "message", "is_transient"),
    [
        ("<title>404 Not Found</title><h1>404 Not Found</h1>", "gone: 404 Not Found", False),
        ("<h1>Error establishing a database connection</h1>", "server_error: Error establishing", True),
        ("<title>Robot Challenge Screen</title>", "blocked: a test for browsers", False),
    ],
)
async def test_what_stands_in_for_a_site(fetcher: Fetcher, home: str, message: str, is_transient: bool) -> None:
    with pytest.raises(SiteUnreadable) as error:
        await read(fetcher, home)
    assert str(error.value).startswith(message)
    assert error.value.is_transient is is_transient


async def test_a_parked_domain_is_somebody_elses(fetcher: Fetcher) -> None:
    with pytest.raises(ForeignSite, match="parked: "):
        await read(fetcher, "<h1>acmewidgets.com is for sale!</h1>")


@pytest.mark.parametrize("title", ["Acme Widgets Ltd", "LuckySpin"])
async def test_a_site_on_another_domain_is_the_companys_if_it_says_so(fetcher: Fetcher, title: str) -> None:
    async with Site({"/": ""}) as site:
        there = site.url.replace("127.0.0.1", "localhost")
        site.pages["/"] = f"<meta http-equiv=refresh content='0; url={there}/new'>"
        site.pages["/new"] = f"<title>{title}</title><h1>{title}</h1><p>We make widgets and gauges in Leeds.</p>"
        since = datetime.now(UTC) - timedelta(days=1)
        found = pages(fetcher, site.url, since, 3, "Acme Widgets")
        if title == "LuckySpin":
            with pytest.raises(ForeignSite, match="redirected_offsite: it leads to"):
                [page async for page in found]
        else:
            assert [page.url async for page in found] == [f"{there}/new"]
