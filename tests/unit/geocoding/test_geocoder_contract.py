"""What every geocoder promises, whoever it asks: a new one without a case in `cases` fails here."""

from __future__ import annotations

import traceback
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web

from app.domain.vocabulary.distance import great_circle_metres
from providers import http
from providers.errors import BadRequest, Busy, Misconfigured, ProviderError, QuotaExceeded, RateLimited, Unavailable
from providers.geocoding.base import Location, Query
from providers.geocoding.confidence import BASE, HOUSE_METRES
from tests.servers.addresses import query_of, sample
from tests.servers.everyone import STAND_INS
from tests.servers.standin import KEY, Fault, StandIn
from tests.unit.geocoding.cases import CASES, COARSE, GEOCODERS, ONLINE, USER_AGENT, Running, running

FAULTS: list[tuple[Fault, type[ProviderError], int]] = [
    (Fault.RATE_LIMITED, RateLimited, 1),
    (Fault.RETRY_AFTER, RateLimited, 1),
    (Fault.QUOTA, QuotaExceeded, 1),
    (Fault.BAD_KEY, Misconfigured, 1),
    (Fault.SERVER_ERROR, Unavailable, 2),
    (Fault.GARBAGE, Unavailable, 1),
    (Fault.CUT_OFF, Unavailable, 2),
    (Fault.RESET, Unavailable, 2),
]
"""Each fault with the error it becomes, and the number of requests after which that is raised."""
TIMEOUT = 5.0


def test_every_geocoder_has_a_case() -> None:
    assert set(CASES) == set(GEOCODERS)
    assert set(STAND_INS) == set(ONLINE)


@pytest.mark.parametrize("name", sorted(CASES))
def test_every_geocoder_says_what_may_be_done_with_it(name: str) -> None:
    geocoder = GEOCODERS[name]
    assert geocoder.verified_on is not None
    assert geocoder.keeps is None or geocoder.keeps >= timedelta()
    if name in ONLINE:
        assert geocoder.attribution and geocoder.public_hosts and geocoder.windows


def test_every_fault_is_tried() -> None:
    assert {fault for fault, *_ in FAULTS} | {Fault.SLOW, Fault.HANG} == set(Fault)


@pytest.fixture(autouse=True)
def _retry_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "RETRY_PAUSE_SECONDS", (0.0, 0.0))


@pytest.fixture(params=sorted(CASES))
async def any_geocoder(request: pytest.FixtureRequest) -> AsyncIterator[Running]:
    async with running(request.param) as it:
        yield it


@pytest.fixture(params=ONLINE)
async def online(request: pytest.FixtureRequest) -> AsyncIterator[Running]:
    async with running(request.param) as it:
        yield it


@pytest.fixture(params=[name for name in sorted(CASES) if GEOCODERS[name].reverses and CASES[name].online])
async def reversing(request: pytest.FixtureRequest) -> AsyncIterator[Running]:
    async with running(request.param) as it:
        yield it


@pytest.fixture(params=[name for name in sorted(CASES) if GEOCODERS[name].batch_size > 1])
async def batching(request: pytest.FixtureRequest) -> AsyncIterator[Running]:
    async with running(request.param) as it:
        yield it


@pytest.fixture(params=[name for name in ONLINE if GEOCODERS[name].batch_size > 1])
async def batching_online(request: pytest.FixtureRequest) -> AsyncIterator[Running]:
    async with running(request.param) as it:
        yield it


async def test_a_known_address_is_found(any_geocoder: Running) -> None:
    for address in sample(20):
        location = await any_geocoder.geocoder.geocode(query_of(address), TIMEOUT)
        assert location is not None
        assert location.accuracy is any_geocoder.case.found_accuracy
        point = address["coordinates"]
        distance = great_circle_metres(location.latitude, location.longitude, point["lat"], point["lng"])
        assert distance <= any_geocoder.case.found_within_metres
        assert 0 < location.confidence <= BASE[location.accuracy]
        assert location.provider == any_geocoder.geocoder.name
        assert location.contradicts == ()
        assert address["postal_code"] in location.matched_address


async def test_an_unknown_address_is_a_miss(any_geocoder: Running) -> None:
    query = Query("1 Nowhere Road", "Nosuchplace", state="CA", postcode="00000")
    assert await any_geocoder.geocoder.geocode(query, TIMEOUT) is None


@pytest.mark.parametrize("name", COARSE)
async def test_a_coarse_answer_is_called_coarse(name: str) -> None:
    query = CASES[name].coarse
    assert query is not None
    async with running(name) as it:
        location = await it.geocoder.geocode(query, TIMEOUT)
    assert location is not None
    assert location.accuracy is it.case.coarse_accuracy
    assert location.confidence <= BASE[location.accuracy]


async def test_another_zip_is_a_contradiction(online: Running) -> None:
    location = await online.geocoder.geocode(
        Query("108 East 11th Ave", "Anchorage", state="AK", postcode="99999"), TIMEOUT
    )
    assert location is not None
    assert location.contradicts == ("postcode",)
    assert location.confidence <= 0.5


async def test_other_spellings_of_an_address_make_no_difference(any_geocoder: Running) -> None:
    spelt = [
        Query("108 East 11th Avenue", "Anchorage", state="AK", postcode="99501"),
        Query("108 E 11TH AVE.", "ANCHORAGE", state="alaska", postcode="99501-4321"),
    ]
    first, second = [await any_geocoder.geocoder.geocode(query, TIMEOUT) for query in spelt]
    assert first is not None
    assert first == second


@pytest.mark.parametrize(("fault", "error", "requests"), FAULTS)
async def test_a_failure_is_named_by_what_to_do(
    online: Running, fault: Fault, error: type[ProviderError], requests: int
) -> None:
    online.server.fail(fault)
    with pytest.raises(ProviderError) as caught:
        await online.geocoder.geocode(query_of(sample(1)[0]), TIMEOUT)
    assert type(caught.value) is error
    assert caught.value.provider == online.geocoder.name
    assert len(online.server.arrivals) == requests
    assert KEY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("fault", [Fault.SLOW, Fault.HANG])
async def test_the_timeout_holds(online: Running, fault: Fault) -> None:
    online.server.fail(fault)
    with pytest.raises(Unavailable, match=r"no answer within 0\.05 s") as caught:
        await online.geocoder.geocode(query_of(sample(1)[0]), 0.05)
    assert KEY not in "".join(traceback.format_exception(caught.value))


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


async def test_a_query_without_content_is_refused(online: Running) -> None:
    with pytest.raises(BadRequest):
        await online.geocoder.geocode(Query(), TIMEOUT)


@pytest.mark.parametrize("status", [200, 400, 403])
async def test_a_key_that_the_provider_repeats_is_masked(
    online: Running, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = f"no luck with {KEY}"
    said = (
        {"status": "REQUEST_DENIED", "error_message": words}
        if online.geocoder.name == "google"
        else {
            "error": words,
            "status": {"code": 403, "message": words},
        }
    )

    def echo(self: StandIn, params: dict[str, str]) -> web.Response:
        return web.json_response(said, status=status)

    monkeypatch.setattr(type(online.server), "look_up", echo)
    with pytest.raises(ProviderError) as caught:
        await online.geocoder.geocode(query_of(sample(1)[0]), TIMEOUT)
    assert KEY not in "".join(traceback.format_exception(caught.value))


async def test_patience_ends_before_anything_is_sent(online: Running) -> None:
    online.limiter.busy = True
    with pytest.raises(Busy) as caught:
        await online.geocoder.geocode(query_of(sample(1)[0]), TIMEOUT, patience=0.05)
    assert caught.value.wait == 7.0
    assert online.server.arrivals == []


async def test_a_retry_is_not_waited_for_without_patience(online: Running) -> None:
    def fail_and_be_busy(params: dict[str, str]) -> web.Response:
        online.limiter.busy = True
        return online.server.refuse(Fault.SERVER_ERROR)

    online.server.look_up = fail_and_be_busy  # type: ignore[method-assign]
    with pytest.raises(Unavailable):
        await online.geocoder.geocode(query_of(sample(1)[0]), TIMEOUT, patience=0.05)
    assert len(online.server.arrivals) == 1


async def test_the_house_at_a_point_is_found(reversing: Running) -> None:
    for address in sample(5):
        point = address["coordinates"]
        location = await reversing.geocoder.reverse(point["lat"], point["lng"], TIMEOUT)
        assert location is not None
        assert location.accuracy is reversing.case.found_accuracy
        assert location.confidence == BASE[location.accuracy]
        assert great_circle_metres(location.latitude, location.longitude, point["lat"], point["lng"]) < 50


async def test_what_is_far_from_a_point_is_not_its_house(reversing: Running) -> None:
    for address in sample(5):
        north, east = address["coordinates"]["lat"] + 0.015, address["coordinates"]["lng"]
        location = await reversing.geocoder.reverse(north, east, TIMEOUT)
        assert location is not None
        near = great_circle_metres(location.latitude, location.longitude, north, east) <= HOUSE_METRES
        assert (location.accuracy is reversing.case.found_accuracy) is near


async def test_there_is_nothing_at_sea(reversing: Running) -> None:
    assert await reversing.geocoder.reverse(0.0, -30.0, TIMEOUT) is None


async def test_a_failed_reverse_search_is_named_as_well(reversing: Running) -> None:
    reversing.server.fail(Fault.QUOTA)
    with pytest.raises(QuotaExceeded):
        await reversing.geocoder.reverse(61.2, -149.9, TIMEOUT)


async def test_a_batch_says_what_single_queries_say(batching: Running) -> None:
    queries = [query_of(address) for address in sample(50)]
    queries.insert(7, Query("1 Nowhere Road", "Nosuchplace", state="CA", postcode="00000"))
    queries.insert(9, Query("1 Rue de la Paix", "Paris", country="fr"))
    replies = await batching.geocoder.geocode_batch(queries, TIMEOUT)
    assert replies[7] is None
    assert replies[:20] == [await batching.geocoder.geocode(query, TIMEOUT) for query in queries[:20]]
    assert sum(isinstance(reply, Location) for reply in replies) >= 50


async def test_a_batch_is_one_request(batching_online: Running) -> None:
    await batching_online.geocoder.geocode_batch([query_of(address) for address in sample(20)], TIMEOUT)
    assert len(batching_online.server.arrivals) == len(batching_online.limiter.acquired) == 1


async def test_a_batch_of_nothing_is_not_sent(batching_online: Running) -> None:
    assert await batching_online.geocoder.geocode_batch([], TIMEOUT) == []
    assert await batching_online.geocoder.geocode_batch([Query(country="fi", city="Helsinki")], TIMEOUT) == [None]
    assert batching_online.server.arrivals == []


@pytest.mark.parametrize(("fault", "error", "requests"), FAULTS)
async def test_a_failed_batch_is_named_by_what_to_do(
    batching_online: Running, fault: Fault, error: type[ProviderError], requests: int
) -> None:
    batching_online.server.fail(fault)
    with pytest.raises(ProviderError) as caught:
        await batching_online.geocoder.geocode_batch([query_of(address) for address in sample(3)], TIMEOUT)
    assert type(caught.value) is error
    assert len(batching_online.server.arrivals) == requests


async def test_it_says_who_asks(online: Running) -> None:
    await online.geocoder.geocode(query_of(sample(1)[0]), TIMEOUT)
    assert online.server.arrivals[0].user_agent == USER_AGENT


async def test_a_pause_goes_to_the_limiter(online: Running) -> None:
    await online.geocoder.pause(3.0)
    assert online.limiter.penalties == [(online.geocoder.name, 3.0)]


async def test_a_server_of_one_s_own_has_no_built_in_limits(online: Running) -> None:
    await online.geocoder.geocode(query_of(sample(1)[0]), TIMEOUT)
    assert online.limiter.acquired == [(online.geocoder.name, (), None)]
