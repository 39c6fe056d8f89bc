"""Geocoding within a request, and the status of the geocoders."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from app.settings import Settings
from app.web.geocoding import lookup
from tests.acceptance.geocoding.loaded import addresses, household
from tests.integration.households.calls import call
from tests.servers.locationiq import LocationIQStandIn
from tests.servers.nominatim import NominatimStandIn
from tests.servers.standin import Fault

PATH = "/api/v1/geocode"
ONE = addresses(1)[0]
LINE = f"{ONE['address1']}, {ONE['city']}, {ONE['state']} {ONE['postal_code']}"


async def ask(client: aiohttp.ClientSession, body: Any, status: int = 200) -> Any:
    answer = await call(client, "POST", PATH, json=body)
    assert answer.status == status, answer.raw
    return answer.json


@pytest.mark.parametrize(
    "body",
    [LINE, f"{LINE}, USA", household(ONE), {"address": household(ONE)}, {"address": LINE, "timeout": 3}],
    ids=["text", "with its country", "fields", "object", "with options"],
)
async def test_one_address(client: aiohttp.ClientSession, body: Any) -> None:
    answer = await ask(client, body)
    truth = ONE["coordinates"]
    assert answer.pop("latitude") == pytest.approx(truth["lat"]) and answer.pop("longitude") == pytest.approx(
        truth["lng"]
    )
    assert answer.pop("address") == LINE
    assert answer.pop("matchedAddress") and answer.pop("attribution") and answer.pop("rawScore") is not None
    assert answer == {
        "confidence": 1.0,
        "source": "nominatim",
        "accuracy": "rooftop",
        "provider": "nominatim",
        "error": None,
    }


async def test_a_list_with_errors_of_its_own(client: aiohttp.ClientSession, nominatim: NominatimStandIn) -> None:
    wrong = {"address": "1 Main St", "state": "ZZ"}
    answer = await ask(client, [LINE, wrong, {"address": LINE.upper()}, 7, "1 No Such Road, Nowhereville, CA 00001"])
    assert (answer["total"], answer["geocoded"]) == (5, 2)
    errors = [result["error"] for result in answer["results"]]
    assert errors[0] is None and errors[2] is None
    assert errors[1] == "state is not a US state or territory, by code or name"
    assert errors[3] == "an address must be text or an object"
    assert errors[4].startswith("nominatim: no match; ")
    assert len(nominatim.arrivals) == 2, "equal addresses are asked once"
    await ask(client, {"addresses": [LINE, LINE]})
    assert len(nominatim.arrivals) == 2, "and what is kept is not asked again"
    await ask(client, {"addresses": [LINE], "useCache": False})
    assert len(nominatim.arrivals) == 3


async def test_invalid_requests(client: aiohttp.ClientSession) -> None:
    assert "address" in (await ask(client, {"address": "1 Main St", "state": "ZZ"}, 422))["detail"]
    await ask(client, {"address": LINE, "minAccuracy": "perfect"}, 422)
    await ask(client, {"address": LINE, "providerId": "atlantis"}, 422)
    await ask(client, [], 400)
    await ask(client, [LINE] * 101, 400)


async def test_a_request_has_a_time_limit(
    client: aiohttp.ClientSession,
    nominatim: NominatimStandIn,
    locationiq: LocationIQStandIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lookup, "TIME_LIMIT_SECONDS", 0.3)
    nominatim.fail(Fault.HANG)
    locationiq.fail(Fault.HANG)
    answer = await ask(client, LINE)
    assert (answer["provider"], answer["accuracy"]) == ("offline", "postcode"), "what is at hand is better than nothing"
    alone = await ask(client, {"address": LINE, "providerId": "nominatim", "useFallback": False})
    assert alone["error"] == "no answer within 0.3 s; try again" and alone["latitude"] is None


async def test_the_address_of_a_point(client: aiohttp.ClientSession) -> None:
    truth = ONE["coordinates"]
    answer = await call(client, "GET", "/api/v1/reverse", params={"lat": truth["lat"], "lon": truth["lng"]})
    assert answer.status == 200, answer.raw
    assert ONE["postal_code"] in answer.json["address"] and answer.json["provider"] == "nominatim"
    assert (await call(client, "GET", "/api/v1/reverse", params={"lat": 91, "lon": 0})).status == 422
    assert (await call(client, "GET", "/api/v1/reverse", params={"lat": "nan", "lon": 0})).status == 422


async def test_other_names_of_coordinates(client: aiohttp.ClientSession) -> None:
    truth = ONE["coordinates"]
    for latitude, longitude in (("latitude", "longitude"), ("lat", "lng"), ("lat", "lon")):
        params = {latitude: truth["lat"], longitude: truth["lng"]}
        answer = await call(client, "GET", "/api/v1/reverse", params=params)
        assert answer.status == 200 and answer.json["latitude"] == pytest.approx(truth["lat"]), answer.raw
    twice = await call(client, "GET", "/api/v1/reverse", params={"lat": 1, "latitude": 1, "lon": 1})
    assert (twice.status, "more than once" in twice.json["error"]) == (400, True)
    unknown = await call(client, "GET", "/api/v1/reverse", params={"lat": 1, "long": 1})
    assert unknown.json["supportedParameters"] == ["latitude", "longitude"]


class TestWithoutGeocodersForPoints:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"geocoders": ("nominatim", "offline"), "providers": {}})

    async def test_the_missing_settings_are_named(self, client: aiohttp.ClientSession) -> None:
        answer = await call(client, "GET", "/api/v1/reverse", params={"lat": 1, "lon": 1})
        assert (answer.status, answer.json["type"]) == (400, "urn:trigpoint:problem:not-configured")
        assert "Retry-After" not in answer.headers and "Temporarily" not in answer.json["title"]
        assert "nominatim (TRIGPOINT_PROVIDERS__NOMINATIM__URL is not set)" in answer.json["error"]
        assert "offline" not in answer.json["error"]
        settings = answer.json["missingSettings"]
        assert "TRIGPOINT_PROVIDERS__NOMINATIM__URL" in settings and "TRIGPOINT_PROVIDERS__GOOGLE__KEY" in settings
        assert len(settings) == len(set(settings))

    async def test_a_provider_by_name(self, client: aiohttp.ClientSession) -> None:
        problem = await ask(client, {"address": LINE, "providerId": "google"}, 422)
        assert "TRIGPOINT_GEOCODERS; TRIGPOINT_PROVIDERS__GOOGLE__KEY is not set" in problem["error"]
        assert problem["supportedProviders"] == ["offline"]


async def test_the_status_of_the_geocoders(client: aiohttp.ClientSession) -> None:
    await ask(client, LINE)
    geocoders = (await call(client, "GET", "/api/v1/geocoders")).json["geocoders"]
    by_name = {one["name"]: one for one in geocoders}
    assert [one["name"] for one in geocoders][:3] == ["nominatim", "locationiq", "offline"]
    assert by_name["nominatim"]["on"] and by_name["nominatim"]["usedToday"] == 1
    assert by_name["nominatim"]["p50Ms"] > 0
    census = by_name["census"]
    assert not census["on"] and census["whyOff"] == "it is not in TRIGPOINT_GEOCODERS"


@pytest.mark.parametrize("path", [PATH, "/api/v1/gis/geocode-file"])
async def test_a_key_is_required(url: str, path: str) -> None:
    async with aiohttp.ClientSession(url) as anybody:
        assert (await call(anybody, "POST", path, json=LINE)).status == 401
        assert (await call(anybody, "GET", "/api/v1/geocoders")).status == 401
