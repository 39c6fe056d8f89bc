"""The client of Overpass: what it asks, what it reads, and how it takes refusals."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator

import aiohttp
import orjson
import pytest

from providers.errors import BadRequest, Misconfigured, ProviderError, RateLimited, Unavailable
from providers.pois.overpass import BUSY_SECONDS, Element, Overpass, query, read
from providers.rate_limit import LocalRateLimiter
from tests.servers.overpass import OverpassStandIn, node, way
from tests.servers.standin import Fault

BOX = (21.0, -87.0, 21.25, -86.75)
WANTED = {"shop": ("supermarket", "bakery"), "amenity": ("marketplace",)}
ELEMENTS = [
    node(1, 21.1, -86.9, shop="supermarket", name="Chedraui"),
    way(2, 21.2, -86.8, shop="bakery"),
    way(3, 21.2, -86.8, amenity="marketplace", name="Mercado 28"),
    node(4, 21.2, -86.8, shop="shoes"),
    node(5, 22.0, -86.8, shop="bakery"),
]


@pytest.fixture
async def server() -> AsyncIterator[OverpassStandIn]:
    async with OverpassStandIn(ELEMENTS) as running:
        yield running


@pytest.fixture
async def limiter() -> LocalRateLimiter:
    return LocalRateLimiter()


@pytest.fixture
async def overpass(server: OverpassStandIn, limiter: LocalRateLimiter) -> AsyncIterator[Overpass]:
    async with aiohttp.ClientSession() as session:
        yield Overpass(server.url, session, limiter, "Trigpoint/1.0 (tests@example.org)")


async def test_what_lies_in_the_box(overpass: Overpass, server: OverpassStandIn) -> None:
    found = await overpass.within(BOX, WANTED)
    assert [one.id for one in found] == ["node/1", "way/2", "way/3"]
    assert found[0] == Element("node/1", 21.1, -86.9, {"shop": "supermarket", "name": "Chedraui"})
    assert server.arrivals[0].user_agent == "Trigpoint/1.0 (tests@example.org)"


def test_the_query_is_overpass_ql() -> None:
    assert query((21.0, -87.0, 21.25, -86.75), WANTED) == (
        "[out:json][timeout:60];("
        'nwr["shop"~"^(supermarket|bakery)$"](21.000000,-87.000000,21.250000,-86.750000);'
        'nwr["amenity"~"^(marketplace)$"](21.000000,-87.000000,21.250000,-86.750000);'
        ");out center tags;"
    )


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.RATE_LIMITED, RateLimited),
        (Fault.SERVER_ERROR, RateLimited),
        (Fault.BAD_KEY, Misconfigured),
        (Fault.GARBAGE, Unavailable),
        (Fault.CUT_OFF, Unavailable),
        (Fault.RESET, Unavailable),
    ],
)
async def test_refusals(overpass: Overpass, server: OverpassStandIn, fault: Fault, error: type[ProviderError]) -> None:
    server.fail(fault)
    with pytest.raises(error):
        await overpass.within(BOX, WANTED)


async def test_a_busy_server_is_left_alone(
    overpass: Overpass, server: OverpassStandIn, limiter: LocalRateLimiter
) -> None:
    server.retry_after = 45
    server.fail(Fault.RETRY_AFTER)
    with pytest.raises(RateLimited) as raised:
        await overpass.within(BOX, WANTED)
    assert raised.value.retry_after == 45
    assert 40 < (await limiter.standing("overpass")).paused_for <= 45
    server.fail(None)
    with pytest.raises(RateLimited) as again:
        await overpass.within(BOX, WANTED)
    assert not again.value.asked and len(server.queries) == 1


async def test_without_a_retry_after(overpass: Overpass, server: OverpassStandIn, limiter: LocalRateLimiter) -> None:
    server.fail(Fault.SERVER_ERROR)
    with pytest.raises(RateLimited):
        await overpass.within(BOX, WANTED)
    assert (await limiter.standing("overpass")).paused_for == pytest.approx(BUSY_SECONDS, abs=5)


async def test_a_query_that_timed_out_is_not_an_empty_result(overpass: Overpass, server: OverpassStandIn) -> None:
    server.remark = 'runtime error: Query timed out in "query" at line 1 after 61 seconds.'
    with pytest.raises(Unavailable, match="timed out"):
        await overpass.within(BOX, WANTED)


async def test_a_query_it_cannot_read(overpass: Overpass) -> None:
    with pytest.raises(BadRequest):
        await overpass.within(BOX, {})


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"elements": 1}', b"null", b"{"])
def test_unusable_responses(body: bytes) -> None:
    with pytest.raises(Unavailable):
        read(body)


def test_elements_without_a_place_are_left_out() -> None:
    elements = [
        {"type": "relation", "id": 1, "tags": {"shop": "bakery"}},
        {"type": "node", "id": "x", "lat": 1, "lon": 1},
        {"type": "node", "id": 2, "lat": 91, "lon": 1},
        {"type": "node", "id": 3, "lat": 1, "lon": 1, "tags": None},
        None,
        {"type": "node", "id": 4, "lat": "1.5", "lon": 1, "tags": {"a": 1}},
    ]
    found = read(orjson.dumps({"elements": elements}))
    assert [one.id for one in found] == ["node/3", "node/4"]
    assert found[1].tags == {"a": "1"} and math.isclose(found[1].latitude, 1.5)


async def test_the_public_server_is_rate_limited_and_a_self_hosted_one_is_not() -> None:
    async with aiohttp.ClientSession() as session:
        limiter = LocalRateLimiter()
        public = Overpass("https://overpass-api.de", session, limiter, "x")
        own = Overpass("https://maps.example.org/overpass/", session, limiter, "x")
        slowed = Overpass("https://maps.example.org", session, limiter, "x", rate=0.5, daily=7)
    assert (public._windows, public._daily) == (Overpass.windows, Overpass.daily)
    assert (own._windows, own._daily, own._url) == ((), None, "https://maps.example.org/overpass/api/interpreter")
    assert slowed._windows[0].period == 2.0 and slowed._daily == 7
