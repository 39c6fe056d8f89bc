"""Every hostile URL and server ends in its state, within the budget, and the inner server is never reached."""

from __future__ import annotations

import asyncio

import pytest

from providers.web import Fetcher, Outcome, fetcher
from tests.servers.hostile import ACTS, FIXED, hostile
from tests.unit.web.conftest import EVER, MakeFetcher, Names

PRIVATE, SERVER, OK = Outcome.PRIVATE_ADDRESS, Outcome.SERVER_ERROR, Outcome.OK

#: What a path ends in, where it is not simply a page.
ENDS = {
    "/no-location": SERVER, "/not-modified": SERVER, "/to-itself": SERVER, "/ping": SERVER, "/pong": SERVER,
    "/teapot": Outcome.BLOCKED, "/forbidden": Outcome.BLOCKED, "/too-many": Outcome.BLOCKED,
    "/retry-later": Outcome.BLOCKED, "/challenge": Outcome.BLOCKED, "/broken": SERVER, "/gone": Outcome.GONE,
    "/missing": Outcome.GONE, "/pdf": Outcome.NOT_HTML, "/video": Outcome.NOT_HTML, "/no-type": Outcome.NOT_HTML,
    "/garbage": SERVER, "/bad-status": SERVER, "/bad-length": SERVER, "/two-lengths": SERVER, "/bad-chunk": SERVER,
    "/huge-chunk": SERVER, "/long-header": SERVER, "/nested-bomb": SERVER, "/not-gzip": SERVER, "/odd-coding": SERVER,
    "/drip": Outcome.TIMEOUT, "/slow-headers": Outcome.TIMEOUT, "/continue-flood": Outcome.TIMEOUT,
    "/silent": Outcome.TIMEOUT, "/header-flood": SERVER, "/hang-up": SERVER, "/reset": SERVER, "/chain": SERVER,
    "/to-inner": PRIVATE, "/long-location": PRIVATE,
} | {path: PRIVATE for path in FIXED if path.startswith(("/metadata", "/to-")) and path != "/to-itself"}  # fmt: skip

PATHS = [*FIXED, *(path for path in ACTS if path.count("/") == 1)]

#: Hosts, as literals in every spelling and as names, that nobody may be sent to. PORT is the inner server's.
REFUSED = [
    "http://127.0.0.2:PORT/", "http://127.2:PORT/", "http://0x7f000002:PORT/", "http://2130706434:PORT/",
    "http://017700000002:PORT/", "http://0177.0.0.2:PORT/", "http://0x7f.0.0.0x2:PORT/", "http://127.0.2:PORT/",
    "http://１２７.0.0.2:PORT/", "http://①②⑦.0.0.2:PORT/", "http://127。0。0。2:PORT/", "http://127.0.0.2.:PORT/",
    "http://[::ffff:127.0.0.2]:PORT/", "http://[::ffff:7f00:2]:PORT/", "http://[0:0:0:0:0:ffff:127.0.0.2]:PORT/",
    "http://[::127.0.0.2]:PORT/", "http://[64:ff9b::127.0.0.2]:PORT/", "http://[64:ff9b:1::7f00:2]:PORT/",
    "http://[2002:7f00:2::]:PORT/", "http://[::1]:PORT/", "http://[::]:PORT/", "http://0.0.0.0:PORT/", "http://0:PORT/",
    "http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.1.1/", "http://100.64.0.1/", "http://169.254.169.254/",
    "http://169.254.169.254.:80/", "http://2852039166/", "http://[fd00:ec2::254]/", "http://[fe80::1]/",
    "http://[fe80::1%25lo]/", "http://[fec0::1]/", "http://224.0.0.1/", "http://[ff02::1]/", "http://255.255.255.255/",
    "http://240.0.0.1/", "http://198.18.0.1/", "http://192.0.2.1/", "http://[2001:db8::1]/", "http://192.88.99.1/",
    "http://8.8.8.8:22/", "http://8.8.8.8:6379/", "http://[2606:4700::1]:25/", "http://user@127.0.0.1/",
    "http://:secret@127.0.0.1/", "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:6379/_INFO",
    "javascript:alert(1)", "data:text/html,hello", "http://", "http://[::1", "http://127.0.0.1:99999/",
    "http://127.0.0.1:0/", "http://a..b/", "http://1.2.3.4.5/", "http://256.256.256.256/", "http://%31%32%37.0.0.2/",
    "http://name.inner:PORT/", "http://name.mixed:PORT/", "http://name.mapped:PORT/", "http://name.nat64:PORT/",
    "http://name.metadata/", "http://name.port:22/",
]  # fmt: skip


#: What never ends by itself.
ENDLESS = [path for path, end in ENDS.items() if end is Outcome.TIMEOUT]


async def visit_all(make: MakeFetcher, paths: list[str]) -> dict[str, Outcome]:
    async def visit(path: str) -> Outcome:
        one = await make()
        page = await one.fetch(base + path, since=EVER)
        assert page.ok or page.detail, f"{path} ends as {page.outcome} without a word"
        assert len(page.html) <= 2_000_000
        return page.outcome

    async with hostile() as (base, _, reached):
        ends = await asyncio.gather(*(visit(path) for path in paths))
        assert not reached
    return dict(zip(paths, ends, strict=True))


async def test_every_hostile_answer_ends_in_its_state(make: MakeFetcher) -> None:
    paths = [path for path in PATHS if path not in ENDLESS]
    assert await visit_all(make, paths) == {path: ENDS.get(path, OK) for path in paths}


async def test_what_never_ends_is_given_up(make: MakeFetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetcher, "BUDGET", 1.0)  # the same code as with twenty
    assert await visit_all(make, ENDLESS) == dict.fromkeys(ENDLESS, Outcome.TIMEOUT)


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
    """Rebinding: what was checked is what is dialled, and a later answer is checked anew."""
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


async def test_an_unknown_name_is_no_private_address(fetcher: Fetcher) -> None:
    page = await fetcher.fetch("http://nowhere.test/", since=EVER)
    assert page.outcome is Outcome.DNS_ERROR


def test_the_table_is_long_enough() -> None:
    assert len(PATHS) + len(REFUSED) >= 80
