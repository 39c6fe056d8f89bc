"""Answers of which one value is of another type, or missing, than documented: read as if it were unknown, or refused.

Whatever a server sends: a provider returns values of its types, or raises a ProviderError.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator
from functools import cache
from typing import Any, get_type_hints

import aiohttp
import orjson
import pytest
from pydantic import TypeAdapter

from providers.errors import ProviderError
from providers.geocoding.online import OnlineGeocoder
from providers.json_api import JsonApi
from providers.places.base import PlaceQuery
from providers.places.google import GooglePlaces
from providers.pois import overpass
from providers.registers.companies_house import CompaniesHouse
from providers.search.brave import Brave
from providers.setup import ProviderConfig, Setup
from tests.servers.addresses import query_of, sample
from tests.unit.geocoding.cases import ONLINE, CountingLimiter, running

REMOVED = object()
WRONG: tuple[Any, ...] = (None, True, -1, 1e300, 10**30, "", "\0", "x" * 300, [], [[]], [None], {}, {"": {}}, REMOVED)


def mutations(value: Any) -> Iterator[Any]:
    """Yield copies of `value` in which one value, or one part, is replaced or removed."""
    yield from (wrong for wrong in WRONG if wrong is not REMOVED)
    if isinstance(value, dict):
        for key, part in value.items():
            yield {name: other for name, other in value.items() if name != key}
            yield from ({**value, key: changed} for changed in mutations(part))
    elif isinstance(value, list):
        for index, part in enumerate(value[:2]):
            yield from ([*value[:index], changed, *value[index + 1 :]] for changed in mutations(part))


@cache
def adapters(cls: Any) -> dict[str, TypeAdapter[Any]]:
    return {name: TypeAdapter(hint) for name, hint in get_type_hints(cls).items()}


def check(value: Any) -> None:
    """Check that all fields of all dataclasses in a value have values of their types."""
    if isinstance(value, list | tuple):
        for part in value:
            check(part)
    elif dataclasses.is_dataclass(cls := type(value)):
        for field in dataclasses.fields(cls):
            part = getattr(value, field.name)
            adapters(cls)[field.name].validate_python(part, strict=True)
            check(part)


def try_all(answers: Iterable[Any], read: Callable[[Any], Any]) -> int:
    tried = 0
    for answer in answers:
        tried += 1
        try:
            check(read(answer))
        except ProviderError:
            pass
        except Exception as error:
            error.add_note(f"for the answer {json.dumps(answer, default=str)[:1500]}")
            raise
    return tried


@pytest.mark.parametrize("name", sorted(ONLINE))
async def test_geocoders(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    query, answers = query_of(sample(1)[0]), []
    async with running(name) as case:
        geocoder = case.geocoder
        assert isinstance(geocoder, OnlineGeocoder)

        def record(answer: Any, retry_after: float | None) -> ProviderError | None:
            answers.append(answer)
            return None

        with monkeypatch.context() as patch:
            patch.setattr(geocoder, "refused", record)
            assert await geocoder.geocode(query, 5.0) is not None
            if geocoder.reverses:
                await geocoder.reverse(61.2, -149.9, 5.0)
        tried = 0
        for read in (lambda answer: geocoder.read(query, answer), geocoder.read_point)[: len(answers)]:
            for answer in answers:
                tried += try_all(mutations(answer), read)
                tried += try_all(mutations(answer), lambda answer: geocoder.refused(answer, None))
    assert tried > 100


GOOGLE_PLACE: dict[str, Any] = {
    "id": "ChIJ1",
    "displayName": {"text": "Bakery One", "languageCode": "en"},
    "location": {"latitude": 52.5, "longitude": 13.4},
    "formattedAddress": "Hauptstr. 1, 10115 Berlin, Germany",
    "addressComponents": [
        {"longText": "1", "shortText": "1", "types": ["street_number"]},
        {"longText": "Germany", "shortText": "DE", "types": ["country", "political"]},
    ],
    "primaryType": "bakery",
    "primaryTypeDisplayName": {"text": "Bakery"},
    "businessStatus": "OPERATIONAL",
    "websiteUri": "https://bakery.example",
    "internationalPhoneNumber": "+49 30 1234",
    "rating": 4.5,
    "userRatingCount": 12,
    "googleMapsUri": "https://maps.example/1",
}
COMPANY: dict[str, Any] = {
    "company_number": "01234567",
    "company_name": "ACME LTD",
    "company_status": "active",
    "type": "ltd",
    "date_of_creation": "2001-02-03",
    "registered_office_address": {"premises": "1", "address_line_1": "High Street", "postal_code": "AB1 2CD"},
    "sic_codes": ["10710"],
    "accounts": {"last_accounts": {"made_up_to": "2025-12-31"}, "overdue": False},
    "has_charges": False,
}
OFFICERS = {"items": [{"name": "SMITH, Jane", "officer_role": "director", "appointed_on": "2010-01-01"}]}
HIT = {"url": "https://acme.example", "title": "Acme", "page_age": "2026-01-02T00:00:00"}
HITS = {"web": {"results": [HIT]}, "news": {"results": [HIT]}}
ELEMENT = {"type": "way", "id": 7, "center": {"lat": 52.5, "lon": 13.4}, "tags": {"name": "Bakery", "shop": "bakery"}}
MAX_REQUESTS = 25


@pytest.fixture
async def setup() -> Any:
    async with aiohttp.ClientSession() as session:
        config = ProviderConfig(url="http://provider.example", key="a-key")
        yield Setup(config, session, CountingLimiter(), "tests", None)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Answers by a part of the path."""
    by_path: dict[str, Any] = {"tried": 0}
    requests = 0

    async def send(api: JsonApi, path: str, *args: Any) -> Any:
        nonlocal requests
        requests += 1
        assert requests <= by_path["tried"] * MAX_REQUESTS, "it asks for page after page without end"
        return next(answer for part, answer in by_path.items() if part in path)

    monkeypatch.setattr(JsonApi, "_send", send)
    return by_path


async def try_all_answers(answers: dict[str, Any], part: str, right: Any, ask: Callable[[], Awaitable[Any]]) -> None:
    answers["tried"] += 1
    answers[part] = right
    found = await ask()
    assert found, "the right answer is read"
    check(found)
    for answer in mutations(right):
        answers["tried"] += 1
        answers[part] = answer
        try:
            check(await ask())
        except ProviderError:
            pass
        except Exception as error:
            error.add_note(f"for the answer {json.dumps(answer, default=str)[:1500]}")
            raise
    answers[part] = right


async def test_google_places(setup: Setup, answers: dict[str, Any]) -> None:
    places = GooglePlaces(setup)
    listed = {"places": [GOOGLE_PLACE], "nextPageToken": "more"}
    await try_all_answers(answers, "searchText", listed, lambda: places.search(PlaceQuery("bakery", limit=20)))
    await try_all_answers(answers, "searchText", listed, lambda: places.entries("bakery"))
    await try_all_answers(answers, "/v1/places/", GOOGLE_PLACE, lambda: places.entry("ChIJ1"))


async def test_the_register_of_companies(setup: Setup, answers: dict[str, Any]) -> None:
    register = CompaniesHouse(
        setup.session, setup.limiter, key="a-key", url="http://provider.example", user_agent="tests"
    )
    answers |= {"/officers": OFFICERS, "/company/": COMPANY}
    listed = {"items": [{"title": "ACME LTD", "company_number": "01234567", "company_status": "active"}]}
    await try_all_answers(answers, "/search/companies", listed, lambda: register.search("Acme"))
    await try_all_answers(answers, "/officers", OFFICERS, lambda: register.record("01234567"))
    await try_all_answers(answers, "/company/", COMPANY, lambda: register.record("01234567"))


async def test_the_search_engine(setup: Setup, answers: dict[str, Any]) -> None:
    brave = Brave(setup.session, setup.limiter, key="a-key", url="http://provider.example", user_agent="tests")
    await try_all_answers(answers, "/web/search", HITS, lambda: brave.search("acme"))


def test_overpass() -> None:
    assert try_all(map(orjson.dumps, writable(mutations({"elements": [ELEMENT, ELEMENT]}))), overpass.read) > 100


def writable(answers: Iterable[Any]) -> Iterator[Any]:
    return (answer for answer in answers if b"1" + b"0" * 30 not in json.dumps(answer).encode())
