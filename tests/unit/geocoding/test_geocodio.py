"""Geocodio's dialect: types and scores, what a 403 and a 422 mean, and batches that are paid for by the address."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from app.domain.vocabulary.accuracy import Accuracy
from providers.errors import BadRequest, Misconfigured, QuotaExceeded, Unavailable
from providers.geocoding.base import Location, Query
from providers.geocoding.geocodio import Geocodio
from tests.servers.addresses import query_of, sample
from tests.unit.geocoding.cases import Running, running

QUERY = Query("12 Main St", "Anchorage", state="AK", postcode="99501")
PARTS = {"number": "12", "formatted_street": "Main St", "city": "Anchorage", "state": "AK", "zip": "99501"}


def result(kind: str, accuracy: float, **parts: str) -> dict[str, Any]:
    return {
        "address_components": PARTS | parts,
        "formatted_address": "12 Main St, Anchorage, AK 99501",
        "location": {"lat": 61.2, "lng": -149.8},
        "accuracy": accuracy,
        "accuracy_type": kind,
    }


def geocodio(it: Running) -> Geocodio:
    assert isinstance(it.geocoder, Geocodio)
    return it.geocoder


@pytest.mark.parametrize(
    ("kind", "score", "accuracy", "confidence"),
    [
        ("rooftop", 1, Accuracy.ROOFTOP, 1.0),
        ("rooftop", 0.8, Accuracy.ROOFTOP, 0.8),
        ("point", 1, Accuracy.ROOFTOP, 0.95),
        ("range_interpolation", 1, Accuracy.INTERPOLATED, 0.85),
        ("nearest_rooftop_match", 1, Accuracy.INTERPOLATED, 0.8),
        ("street_center", 1, Accuracy.STREET, 0.6),
        ("place", 1, Accuracy.POSTCODE, 0.4),
        ("county", 1, Accuracy.REGION, 0.1),
        ("something new", 1, Accuracy.REGION, 0.1),
    ],
)
async def test_types_and_scores(kind: str, score: float, accuracy: Accuracy, confidence: float) -> None:
    async with running("geocodio") as it:
        location = geocodio(it).read(QUERY, {"results": [result(kind, score)]})
    assert location is not None
    assert (location.accuracy, location.confidence, location.raw_score) == (accuracy, confidence, score)


async def test_a_place_without_a_zip_is_a_place() -> None:
    async with running("geocodio") as it:
        location = geocodio(it).read(Query(city="Anchorage"), {"results": [result("place", 1)]})
    assert location is not None and location.accuracy is Accuracy.PLACE


@pytest.mark.parametrize(
    ("status", "words", "error"),
    [
        (403, "Invalid API key", Misconfigured),
        (403, "You can't make this request as it is above your daily maximum.", QuotaExceeded),
        (422, "Could not geocode address. No matches found.", None),
        (422, "Could not geocode address. Postal code or city required.", None),
        (422, "Please specify an address to geocode", BadRequest),
    ],
)
async def test_what_a_refusal_means(status: int, words: str, error: type[Exception] | None) -> None:
    async with running("geocodio") as it:
        judged = geocodio(it).judge(status, orjson.dumps({"error": words}).decode(), None)
    assert judged is None if error is None else type(judged) is error


async def test_each_entry_of_a_batch_has_its_own_result() -> None:
    hit = {"results": [result("rooftop", 1)]}
    entries = {
        "0": {"response": hit},
        "1": {"response": {"error": "Could not geocode address. No matches found."}},
        "2": {"response": {"error": "Please specify an address to geocode"}},
        "3": {"response": {"results": [{}]}},
    }
    async with running("geocodio") as it:
        replies = geocodio(it).read_batch([QUERY] * 5, orjson.dumps({"results": entries}))
    assert isinstance(replies[0], Location)
    assert replies[1] is None
    assert isinstance(replies[2], BadRequest)
    assert isinstance(replies[3], Unavailable) and isinstance(replies[4], Unavailable)


async def test_a_batch_costs_its_addresses_and_stops_at_the_allowance() -> None:
    queries = [query_of(address) for address in sample(10)]
    async with running("geocodio", daily=2500) as it:
        it.limiter.used_today = 2496
        replies = await it.geocoder.geocode_batch(queries, 5)
    assert it.limiter.costs == [4]
    assert [type(reply) for reply in replies] == [Location] * 4 + [QuotaExceeded] * 6
