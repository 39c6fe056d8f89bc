"""How the answers of the other providers are read: what their types are called here, and what that is worth."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.vocabulary.accuracy import Accuracy
from providers.errors import Unavailable
from providers.geocoding.base import Location, Query
from providers.geocoding.online import OnlineGeocoder
from tests.unit.geocoding.cases import ONLINE, running

QUERY = Query("12 Main St", "Anchorage", state="AK", postcode="99501")


async def read(name: str, answer: object, query: Query = QUERY) -> Location | None:
    async with running(name) as it:
        assert isinstance(it.geocoder, OnlineGeocoder)
        return it.geocoder.read(query, answer)


def mapbox(kind: str = "address", accuracy: str = "rooftop", confidence: str = "exact") -> dict[str, Any]:
    address = {"address_number": "12", "street_name": "Main Street"}
    found = {
        "feature_type": kind,
        "full_address": "12 Main Street, Anchorage, Alaska 99501, United States",
        "coordinates": {"latitude": 61.2, "longitude": -149.8, "accuracy": accuracy},
        "match_code": {"confidence": confidence},
        "context": {"address": address, "place": {"name": "Anchorage"}, "region": {"region_code": "AK"}},
    }
    return {"features": [{"properties": found}]}


def here(kind: str = "houseNumber", score: float = 1.0, **more: str) -> dict[str, Any]:
    address = {"houseNumber": "12", "street": "Main St", "city": "Anchorage", "stateCode": "AK", "label": "12 Main St"}
    item = {"resultType": kind, "position": {"lat": 61.2, "lng": -149.8}, "address": address}
    return {"items": [item | {"scoring": {"queryScore": score}} | more]}


def pelias(layer: str = "address", match_type: str = "exact", confidence: float = 1.0) -> dict[str, Any]:
    parts = {"housenumber": "12", "street": "Main Street", "locality": "Anchorage", "region_a": "AK"}
    found = parts | {"layer": layer, "match_type": match_type, "confidence": confidence, "label": "12 Main Street"}
    return {"features": [{"geometry": {"coordinates": [-149.8, 61.2]}, "properties": found}]}


def photon(kind: str = "house", **more: str) -> dict[str, Any]:
    parts = {"housenumber": "12", "street": "Main Street", "city": "Anchorage", "countrycode": "US", "osm_type": "N"}
    found = parts | {"type": kind} | more
    return {"features": [{"geometry": {"coordinates": [-149.8, 61.2]}, "properties": found}]}


def opencage(kind: str = "building", **parts: str) -> dict[str, Any]:
    components = {"_type": kind, "road": "Main Street", "city": "Anchorage", "state_code": "AK"} | parts
    found = {"components": components, "geometry": {"lat": 61.2, "lng": -149.8}, "formatted": "", "confidence": 9}
    return {"results": [found], "status": {"code": 200}}


def geoapify(kind: str = "building", number: str = "12") -> dict[str, Any]:
    parts = {"housenumber": number, "street": "Main Street", "city": "Anchorage", "state_code": "AK"}
    return {"results": [parts | {"lat": 61.2, "lon": -149.8, "result_type": kind, "rank": {"confidence": 0.9}}]}


@pytest.mark.parametrize(
    ("name", "answer", "accuracy", "confidence"),
    [
        ("mapbox", mapbox(), Accuracy.ROOFTOP, 1.0),
        ("mapbox", mapbox(accuracy="parcel", confidence="high"), Accuracy.ROOFTOP, 0.95),
        ("mapbox", mapbox(accuracy="point"), Accuracy.ROOFTOP, 0.95),
        ("mapbox", mapbox(accuracy="interpolated"), Accuracy.INTERPOLATED, 0.85),
        ("mapbox", mapbox(accuracy="approximate", confidence="medium"), Accuracy.STREET, 0.48),
        ("mapbox", mapbox("street"), Accuracy.STREET, 0.6),
        ("mapbox", mapbox("postcode"), Accuracy.POSTCODE, 0.4),
        ("mapbox", mapbox("place", confidence="low"), Accuracy.PLACE, 0.15),
        ("mapbox", mapbox("region"), Accuracy.REGION, 0.1),
        ("here", here(houseNumberType="PA"), Accuracy.ROOFTOP, 1.0),
        ("here", here(houseNumberType="interpolated", score=0.9), Accuracy.INTERPOLATED, 0.765),
        ("here", here("street"), Accuracy.STREET, 0.6),
        ("here", here("locality", localityType="postalCode"), Accuracy.POSTCODE, 0.4),
        ("here", here("locality", localityType="city", score=0.5), Accuracy.PLACE, 0.15),
        ("here", here("administrativeArea"), Accuracy.REGION, 0.1),
        ("pelias", pelias(), Accuracy.ROOFTOP, 1.0),
        ("pelias", pelias(match_type="interpolated", confidence=0.8), Accuracy.INTERPOLATED, 0.68),
        ("pelias", pelias("street", "fallback", 0.8), Accuracy.STREET, 0.48),
        ("pelias", pelias("postalcode"), Accuracy.POSTCODE, 0.4),
        ("pelias", pelias("locality", "fallback", 0.6), Accuracy.PLACE, 0.18),
        ("pelias", pelias("county"), Accuracy.REGION, 0.1),
        ("photon", photon(), Accuracy.ROOFTOP, 1.0),
        ("photon", photon(osm_key="place", osm_type="W"), Accuracy.INTERPOLATED, 0.85),
        ("photon", photon("street"), Accuracy.STREET, 0.6),
        ("photon", photon("other", osm_value="postcode"), Accuracy.POSTCODE, 0.4),
        ("photon", photon("district"), Accuracy.PLACE, 0.3),
        ("photon", photon("state"), Accuracy.REGION, 0.1),
        ("opencage", opencage(house_number="12"), Accuracy.ROOFTOP, 1.0),
        ("opencage", opencage("road", house_number="12"), Accuracy.ROOFTOP, 1.0),
        ("opencage", opencage("restaurant"), Accuracy.STREET, 0.6),
        ("opencage", opencage("road"), Accuracy.STREET, 0.6),
        ("opencage", opencage("postcode"), Accuracy.POSTCODE, 0.4),
        ("opencage", opencage("village"), Accuracy.PLACE, 0.3),
        ("opencage", opencage("county"), Accuracy.REGION, 0.1),
        ("geoapify", geoapify(), Accuracy.ROOFTOP, 1.0),
        ("geoapify", geoapify(number="14"), Accuracy.INTERPOLATED, 0.85),
        ("geoapify", geoapify("street"), Accuracy.STREET, 0.6),
        ("geoapify", geoapify("postcode"), Accuracy.POSTCODE, 0.4),
        ("geoapify", geoapify("city"), Accuracy.PLACE, 0.3),
        ("geoapify", geoapify("unknown"), Accuracy.REGION, 0.1),
    ],
)
async def test_what_was_found(name: str, answer: object, accuracy: Accuracy, confidence: float) -> None:
    location = await read(name, answer)
    assert location is not None
    assert (location.accuracy, location.confidence) == (accuracy, confidence)
    assert (location.latitude, location.longitude) == (61.2, -149.8)


@pytest.mark.parametrize("name", ["pelias", "photon"])
async def test_the_best_of_several_candidates_is_taken(name: str) -> None:
    one, other = {"pelias": (pelias("locality"), pelias()), "photon": (photon("city"), photon())}[name]
    location = await read(name, {"features": one["features"] + other["features"]})
    assert location is not None and location.accuracy is Accuracy.ROOFTOP


async def test_photon_s_candidates_of_other_countries_are_left_out() -> None:
    assert await read("photon", photon(countrycode="CA")) is None


@pytest.mark.parametrize("name", ONLINE)
@pytest.mark.parametrize("answer", [{}, [], "words", [None], {"features": None}, {"results": [{}]}, {"items": [{}]}])
async def test_a_response_of_another_shape_is_garbled(name: str, answer: object) -> None:
    if name in ("nominatim", "locationiq") and answer == []:
        assert await read(name, answer) is None
    else:
        with pytest.raises(Unavailable, match="garbled answer"):
            await read(name, answer)


async def test_here_gets_the_country_as_three_letters() -> None:
    async with running("here") as it:
        assert isinstance(it.geocoder, OnlineGeocoder)
        assert it.geocoder.params(QUERY)["in"] == "countryCode:USA"
        assert it.geocoder.params(Query(city="Helsinki", country="fi"))["in"] == "countryCode:FIN"
        assert "in" not in it.geocoder.params(Query(city="Nowhere", country="xx"))


async def test_here_s_points_have_a_host_of_their_own() -> None:
    async with running("here", url=None) as public, running("here", url="http://127.0.0.1:1") as own:
        for it, url in ((public, "https://revgeocode.search.hereapi.com"), (own, "http://127.0.0.1:1")):
            assert isinstance(it.geocoder, OnlineGeocoder)
            assert it.geocoder.request(it.geocoder.reverse_path, {}, 5).url == f"{url}/v1/revgeocode"


@pytest.mark.parametrize("permanent", [False, True])
async def test_mapbox_gets_the_permanent_option_only_if_it_is_paid_for(permanent: bool) -> None:
    async with running("mapbox", permanent=permanent) as it:
        await it.geocoder.geocode(QUERY, 5)
        assert ("permanent" in it.server.arrivals[0].query) is permanent
