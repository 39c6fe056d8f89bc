"""Every hostile URL and server ends in its state, within the budget, and the inner server is never reached."""

from __future__ import annotations

import asyncio

import pytest

from app.domain.vocabulary.websites import WebsiteStatus
from providers.web import Fetcher, fetcher
from tests.hostile import ENDLESS, ENDS, OK, PATHS, PRIVATE, REFUSED, ROBOTS_ENDS
from tests.servers.hostile import hostile
from tests.unit.websites.conftest import EVER, MakeFetcher, Names


async def visit_all(make: MakeFetcher, paths: list[str]) -> dict[str, WebsiteStatus]:
    async def visit(path: str) -> WebsiteStatus:
        one = await make()
        page = await one.fetch(base + path, since=EVER)
        assert page.ok or page.detail, f"{path} ends as {page.outcome} without a word"
        assert len(page.html) <= 2_000_000
        return page.outcome

    async with hostile() as (base, _, reached):
        ends = await asyncio.gather(*(visit(path) for path in paths))
        assert not reached
    return dict(zip(paths, ends, strict=True))


async def test_every_hostile_response_ends_in_its_state(make: MakeFetcher) -> None:
    paths = [path for path in PATHS if path not in ENDLESS]
    assert await visit_all(make, paths) == {path: ENDS.get(path, OK) for path in paths}


async def test_endless_responses_are_given_up(make: MakeFetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetcher, "MAX_VISIT_SECONDS", 1.0)  # the same code as with twenty
    assert await visit_all(make, ENDLESS) == dict.fromkeys(ENDLESS, WebsiteStatus.TIMEOUT)


@pytest.mark.parametrize("robots", ROBOTS_ENDS)
async def test_every_hostile_robots_ends_in_its_state(robots: str, fetcher: Fetcher) -> None:
    async with hostile() as (base, server, reached):
        server.robots["127.0.0.1"] = robots
        page = await fetcher.fetch(f"{base}/page", since=EVER)
        assert page.outcome is ROBOTS_ENDS[robots], page.detail
        assert not reached


async def test_no_spelling_of_an_address_and_no_name_leads_inside(make: MakeFetcher, names: Names) -> None:
    names.answers = {
        "name.inner": [["127.0.0.2"]],
        "name.mixed": [["127.0.0.1", "127.0.0.2"]],
        "name.mapped": [["::ffff:127.0.0.2"]],
        "name.nat64": [["64:ff9b::7f00:2"]],
        "name.metadata": [["169.254.169.254"]],
        "name.port": [["8.8.8.8"]],
    }
    fetcher = await make()
    async with hostile() as (_, server, reached):
        for url in REFUSED:
            page = await fetcher.fetch(url.replace("PORT", str(server.inner_port)), since=EVER)
            assert page.outcome is PRIVATE, f"{url} ended as {page.outcome}: {page.detail}"
        assert not reached


async def test_a_name_that_changes_after_the_check_is_not_followed(make: MakeFetcher, names: Names) -> None:
    """DNS rebinding: the checked address is the one connected to, and a later answer is checked again."""
    async with hostile() as (base, server, reached):
        port = base.rpartition(":")[2]
        names.answers = {"rebind.test": [["127.0.0.1"], ["127.0.0.2"]]}
        fetcher = await make()
        page = await fetcher.fetch(f"http://rebind.test:{port}/", since=EVER)
        assert page.ok, page.detail
        assert server.asked["/"] == 1
        again = await make()  # whose cache of names is empty
        assert (await again.fetch(f"http://rebind.test:{port}/", since=EVER)).outcome is PRIVATE
        assert names.asked["rebind.test"] == 2
        assert not reached


async def test_an_unknown_name_is_not_a_private_address(fetcher: Fetcher) -> None:
    page = await fetcher.fetch("http://nowhere.test/", since=EVER)
    assert page.outcome is WebsiteStatus.DNS_ERROR


def test_the_table_is_long_enough() -> None:
    assert len(PATHS) + len(REFUSED) >= 80
