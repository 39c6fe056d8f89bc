"""How Nominatim's answers are read, and that nobody else's server is asked unasked."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from app.domain.vocabulary.accuracy import Accuracy
from providers.errors import Unavailable
from providers.geocoding.base import Query
from providers.geocoding.nominatim import Nominatim
from providers.rate_limit import Window
from providers.setup import ProviderConfig, Setup
from tests.unit.geocoding.cases import CONTACT, USER_AGENT, CountingLimiter, running

QUERY = Query("20 Mannerheimintie", "Helsinki", postcode="00100", country="fi")
PLACE: dict[str, Any] = {
    "licence": "Data © OpenStreetMap contributors, ODbL 1.0. http://osm.org/copyright",
    "osm_type": "node",
    "lat": "60.1686303",
    "lon": "24.9391654",
    "category": "shop",
    "type": "interior_decoration",
    "place_rank": 30,
    "importance": 9.99999999995449e-06,
    "display_name": "Finlayson, 20, Mannerheimintie, City center, Kluuvi, Helsinki, 00100, Finland",
    "address": {"house_number": "20", "road": "Mannerheimintie", "city": "Helsinki", "postcode": "00100"},
}


@pytest.fixture
async def nominatim() -> Nominatim:
    async with aiohttp.ClientSession() as session:
        config = ProviderConfig(url="http://127.0.0.1:1")
        return Nominatim(Setup(config, session, CountingLimiter(), USER_AGENT, CONTACT))


@pytest.mark.parametrize(
    ("changes", "accuracy"),
    [
        ({}, Accuracy.ROOFTOP),
        ({"category": "place", "type": "house"}, Accuracy.ROOFTOP),
        ({"category": "place", "type": "house", "osm_type": "way"}, Accuracy.INTERPOLATED),
        ({"place_rank": 28}, Accuracy.INTERPOLATED),
        ({"place_rank": 26}, Accuracy.STREET),
        ({"type": "postcode", "place_rank": 21}, Accuracy.POSTCODE),
        ({"category": "boundary", "type": "postal_code", "place_rank": 11}, Accuracy.POSTCODE),
        ({"place_rank": 20}, Accuracy.PLACE),
        ({"place_rank": 13}, Accuracy.PLACE),
        ({"place_rank": 12}, Accuracy.REGION),
        ({"place_rank": 4}, Accuracy.REGION),
    ],
)
def test_the_accuracy_of_a_place(nominatim: Nominatim, changes: dict[str, Any], accuracy: Accuracy) -> None:
    location = nominatim.read(QUERY, [PLACE | changes])
    assert location is not None
    assert location.accuracy is accuracy


def test_importance_is_not_confidence(nominatim: Nominatim) -> None:
    location = nominatim.read(QUERY, [PLACE])
    assert location is not None
    assert (location.confidence, location.raw_score) == (1.0, 9.99999999995449e-06)
    assert location.attribution == PLACE["licence"]


@pytest.mark.parametrize(
    "answer",
    [
        {},
        "[]",
        [None],
        [PLACE | {"lat": "north"}],
        [PLACE | {"lat": None}],
        [PLACE | {"lat": "nan"}],
        [PLACE | {"lon": "inf"}],
        [PLACE | {"lat": "90.1"}],
        [PLACE | {"lon": "-180.1"}],
        [PLACE | {"place_rank": "30"}],
    ],
)
def test_a_response_of_another_shape_is_garbled(nominatim: Nominatim, answer: Any) -> None:
    with pytest.raises(Unavailable, match="garbled answer"):
        nominatim.read(QUERY, answer)


def test_a_result_without_address_parts_is_not_a_rooftop(nominatim: Nominatim) -> None:
    location = nominatim.read(QUERY, [PLACE | {"address": None}])
    assert location is not None
    assert location.accuracy is Accuracy.STREET


async def test_the_query_on_the_wire() -> None:
    async with running("nominatim") as it:
        await it.geocoder.geocode(Query("20 Main St", "Anchorage", "Anchorage", "AK", "99501", "US"), 5)
        assert it.server.arrivals[0].query == {
            "format": "jsonv2",
            "addressdetails": "1",
            "limit": "1",
            "accept-language": "en",
            "street": "20 Main St",
            "city": "Anchorage",
            "county": "Anchorage",
            "state": "AK",
            "postalcode": "99501",
            "countrycodes": "us",
            "email": CONTACT,
        }


def test_without_a_url_it_is_not_used() -> None:
    assert Nominatim.lacks(ProviderConfig()) == "TRIGPOINT_PROVIDERS__NOMINATIM__URL is not set"
    assert Nominatim.lacks(ProviderConfig(url="http://127.0.0.1:1")) is None


@pytest.mark.parametrize(
    ("config", "windows"),
    [
        (ProviderConfig(url="https://nominatim.openstreetmap.org"), (Window(1, 1.0),)),
        (ProviderConfig(url="http://NOMINATIM.openstreetmap.org./"), (Window(1, 1.0),)),
        (ProviderConfig(url="https://nominatim.openstreetmap.org", rate=50), (Window(1, 1.0),)),
        (ProviderConfig(url="https://nominatim.openstreetmap.org", rate=0.1), (Window(1, 10.0),)),
        (ProviderConfig(url="http://geo.internal:8080"), ()),
        (ProviderConfig(url="http://geo.internal:8080", rate=50), (Window(50, 1.0),)),
    ],
)
def test_the_public_server_s_limit_cannot_be_raised(config: ProviderConfig, windows: tuple[Window, ...]) -> None:
    assert Nominatim.limits(config) == (windows, None)
