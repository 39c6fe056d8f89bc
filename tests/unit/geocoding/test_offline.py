"""Postcode and city centres from packaged data."""

from __future__ import annotations

import aiohttp
import pytest

from app.domain.vocabulary.accuracy import Accuracy
from providers.geocoding.base import Query
from providers.geocoding.offline import Offline
from providers.setup import ProviderConfig, Setup
from tests.unit.geocoding.cases import CountingLimiter


@pytest.fixture(scope="module")
def shared() -> dict[str, Offline]:
    return {}


@pytest.fixture
async def offline(shared: dict[str, Offline]) -> Offline:
    """One for all tests here, since its tables take a second to load."""
    async with aiohttp.ClientSession() as session:
        fresh = Offline(Setup(ProviderConfig(), session, CountingLimiter(), "", None))
    return shared.setdefault("offline", fresh)


@pytest.mark.parametrize(
    ("query", "accuracy", "confidence", "label"),
    [
        (Query(postcode="99501"), Accuracy.POSTCODE, 0.4, "Anchorage, AK 99501, United States"),
        (Query("1 A St", "Anchorage", None, "AK", "99501-1234"), Accuracy.POSTCODE, 0.4, "Anchorage, AK 99501"),
        (Query(city="Juneau", postcode="99501"), Accuracy.POSTCODE, 0.32, "Anchorage, AK 99501"),
        (Query(city="Oakland", state="California"), Accuracy.PLACE, 0.3, "Oakland, CA, United States"),
        (Query(city="St Louis", state="mo"), Accuracy.PLACE, 0.3, "Saint Louis, MO"),
        (Query(city="Springfield"), Accuracy.PLACE, 0.15, "Springfield, "),
        (Query(city="Helsinki", country="FI"), Accuracy.PLACE, 0.3, "Helsinki, Finland"),
        (Query(city="Helsingfors", country="fi"), Accuracy.PLACE, 0.3, "Helsinki, Finland"),
        (Query(city="MÜNCHEN", state="Bayern", country="de"), Accuracy.PLACE, 0.3, "Munich, Germany"),
    ],
)
async def test_what_it_knows(offline: Offline, query: Query, accuracy: Accuracy, confidence: float, label: str) -> None:
    location = await offline.geocode(query, 5)
    assert location is not None
    assert (location.accuracy, location.confidence) == (accuracy, confidence)
    assert location.matched_address.startswith(label)


async def test_a_zip_of_another_state_falls_to_the_city(offline: Offline) -> None:
    location = await offline.geocode(Query(city="Oakland", state="CA", postcode="99501"), 5)
    assert location is not None
    assert location.accuracy is Accuracy.PLACE
    assert (location.latitude, location.longitude) == pytest.approx((37.80, -122.23), abs=0.05)


@pytest.mark.parametrize(
    "query",
    [
        Query(state="CA", postcode="99501"),
        Query(city="Oakland", state="AK"),
        Query(postcode="00000"),
        Query(postcode="09001"),  # a military post office: no place on the map
        Query(city="Nosuchplace", country="fi"),
        Query(city="Helsinki", country="xx"),
        Query("1 Main St"),
        Query(),
    ],
)
async def test_what_it_does_not_know(offline: Offline, query: Query) -> None:
    assert await offline.geocode(query, 5) is None


async def test_geonames_is_credited(offline: Offline) -> None:
    abroad = await offline.geocode(Query(city="Helsinki", country="fi"), 5)
    home = await offline.geocode(Query(postcode="99501"), 5)
    assert abroad is not None and abroad.attribution is not None
    assert "GeoNames" in abroad.attribution
    assert home is not None and home.attribution is None
