"""LocationIQ's dialect: misses, the three limits, the match quality, and a key that nobody gets to see."""

from __future__ import annotations

import traceback
from typing import Any

import pytest

from app.domain.vocabulary.accuracy import Accuracy
from providers.errors import Misconfigured, ProviderError, QuotaExceeded, RateLimited, Unavailable
from providers.geocoding.base import Query
from providers.geocoding.locationiq import LocationIQ
from providers.rate_limit import Window
from providers.setup import ProviderConfig
from tests.servers.addresses import query_of, sample
from tests.servers.locationiq import LocationIQStandIn
from tests.servers.standin import KEY, Fault
from tests.unit.geocoding.cases import running

QUERY = Query("12 Main St", "Anchorage", state="AK", postcode="99501")


def place(**quality: str) -> dict[str, Any]:
    return {
        "lat": "61.2",
        "lon": "-149.8",
        "display_name": "12, Main Street, Anchorage",
        "address": {"house_number": "12", "road": "Main Street", "city": "Anchorage", "postcode": "99501"},
        "matchquality": {"matchcode": "exact", "matchtype": "point", "matchlevel": "building"} | quality,
    }


@pytest.mark.parametrize(
    ("quality", "accuracy", "confidence"),
    [
        ({}, Accuracy.ROOFTOP, 1.0),
        ({"matchlevel": "venue"}, Accuracy.ROOFTOP, 1.0),
        ({"matchtype": "interpolated"}, Accuracy.INTERPOLATED, 0.85),
        ({"matchcode": "fallback"}, Accuracy.ROOFTOP, 0.8),
        ({"matchcode": "approximate", "matchlevel": "street"}, Accuracy.STREET, 0.36),
        ({"matchlevel": "postalcode", "matchtype": "centroid"}, Accuracy.POSTCODE, 0.4),
        ({"matchlevel": "neighbourhood"}, Accuracy.PLACE, 0.3),
        ({"matchlevel": "state"}, Accuracy.REGION, 0.1),
        ({"matchlevel": "planet"}, Accuracy.REGION, 0.1),
        ({"matchcode": "perhaps"}, Accuracy.ROOFTOP, 0.6),
    ],
)
async def test_the_match_quality(quality: dict[str, str], accuracy: Accuracy, confidence: float) -> None:
    async with running("locationiq") as it:
        assert isinstance(it.geocoder, LocationIQ)
        location = it.geocoder.read(QUERY, [place(**quality)])
    assert location is not None
    assert (location.accuracy, location.confidence) == (accuracy, confidence)


async def test_exact_without_the_house_number_is_not_a_rooftop() -> None:
    exact = place()
    del exact["address"]["house_number"]
    async with running("locationiq") as it:
        assert isinstance(it.geocoder, LocationIQ)
        location = it.geocoder.read(QUERY, [exact])
    assert location is not None
    assert (location.accuracy, location.confidence) == (Accuracy.STREET, 0.6)


async def test_a_response_without_match_quality_is_garbled() -> None:
    async with running("locationiq") as it:
        assert isinstance(it.geocoder, LocationIQ)
        with pytest.raises(Unavailable, match="no matchquality"):
            it.geocoder.read(QUERY, [place() | {"matchquality": None}])


@pytest.mark.parametrize(("limit", "wait"), [("Second", 1.0), ("Minute", 60.0)])
async def test_which_limit_was_met(limit: str, wait: float) -> None:
    async with running("locationiq") as it:
        assert isinstance(it.server, LocationIQStandIn)
        it.server.limit_name = limit
        it.server.fail(Fault.RATE_LIMITED)
        with pytest.raises(RateLimited) as caught:
            await it.geocoder.geocode(QUERY, 5)
    assert caught.value.retry_after == wait


async def test_the_day_s_limit_is_a_quota() -> None:
    async with running("locationiq") as it:
        it.server.fail(Fault.QUOTA)
        with pytest.raises(QuotaExceeded, match="Rate Limited Day"):
            await it.geocoder.geocode(QUERY, 5)


async def test_another_404_is_a_wrong_url() -> None:
    async with running("locationiq") as it, running("locationiq", url=f"{it.server.url}/v1") as astray:
        with pytest.raises(Misconfigured, match="404"):
            await astray.geocoder.geocode(QUERY, 5)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://no.such.host.invalid", "ftp://127.0.0.1", "nonsense"])
async def test_the_key_is_in_no_error_of_a_wrong_url(url: str) -> None:
    async with running("locationiq", url=url) as it:
        with pytest.raises(ProviderError) as caught:
            await it.geocoder.geocode(QUERY, 5)
    assert KEY not in "".join(traceback.format_exception(caught.value))


async def test_the_query_on_the_wire() -> None:
    async with running("locationiq") as it:
        await it.geocoder.geocode(query_of(sample(1)[0]), 5)
        query = it.server.arrivals[0].query
    assert query["key"] == KEY
    assert (query["format"], query["matchquality"], query["addressdetails"]) == ("json", "1", "1")


def test_the_free_plan_s_limits() -> None:
    free = (Window(2, 1.0), Window(60, 60.0))
    assert LocationIQ.limits(ProviderConfig(key="k")) == (free, 5000)
    assert LocationIQ.limits(ProviderConfig(key="k", url="https://eu1.locationiq.com")) == (free, 5000)
    assert LocationIQ.limits(ProviderConfig(key="k", rate=15)) == ((Window(15, 1.0),), 5000)
    assert LocationIQ.limits(ProviderConfig(key="k", daily=100)) == (free, 100)
    assert LocationIQ.limits(ProviderConfig(key="k", url="http://127.0.0.1:9")) == ((), None)
    assert LocationIQ.limits(ProviderConfig(key="k", url="http://127.0.0.1:9", daily=7)) == ((), 7)


def test_without_a_key_it_is_not_used() -> None:
    assert LocationIQ.lacks(ProviderConfig()) == "TRIGPOINT_PROVIDERS__LOCATIONIQ__KEY is not set"
