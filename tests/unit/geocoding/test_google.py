"""Google's dialect: a 200 for everything, and whose day it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.vocabulary.accuracy import Accuracy
from providers.errors import BadRequest, Misconfigured, ProviderError, QuotaExceeded, RateLimited, Unavailable
from providers.geocoding.base import Query
from providers.geocoding.google import Google, next_midnight_there
from tests.servers.standin import KEY
from tests.unit.geocoding.cases import Running, running

QUERY = Query("12 Main St", "Anchorage", state="AK", postcode="99501")


def google(it: Running) -> Google:
    assert isinstance(it.geocoder, Google)
    return it.geocoder


def result(location_type: str, kinds: list[str], **more: Any) -> dict[str, Any]:
    parts = {"street_number": "12", "route": "Main St", "locality": "Anchorage", "postal_code": "99501"}
    return {
        "address_components": [{"long_name": part, "types": [kind, "political"]} for kind, part in parts.items()],
        "formatted_address": "12 Main St, Anchorage, AK 99501, USA",
        "geometry": {"location": {"lat": 61.2, "lng": -149.8}, "location_type": location_type},
        "types": kinds,
    } | more


@pytest.mark.parametrize(
    ("found", "accuracy", "confidence"),
    [
        (result("ROOFTOP", ["premise"]), Accuracy.ROOFTOP, 1.0),
        (result("ROOFTOP", ["premise"], partial_match=True), Accuracy.ROOFTOP, 0.8),
        (result("RANGE_INTERPOLATED", ["street_address"]), Accuracy.INTERPOLATED, 0.85),
        (result("GEOMETRIC_CENTER", ["route"]), Accuracy.STREET, 0.6),
        (result("APPROXIMATE", ["postal_code"]), Accuracy.POSTCODE, 0.4),
        (result("APPROXIMATE", ["political", "locality"]), Accuracy.PLACE, 0.3),
        (result("APPROXIMATE", ["administrative_area_level_1", "political"]), Accuracy.REGION, 0.1),
    ],
)
async def test_the_accuracy(found: dict[str, Any], accuracy: Accuracy, confidence: float) -> None:
    async with running("google") as it:
        location = google(it).read(QUERY, {"results": [found]})
    assert location is not None
    assert (location.accuracy, location.confidence) == (accuracy, confidence)


@pytest.mark.parametrize(
    ("status", "words", "error"),
    [
        ("OVER_QUERY_LIMIT", "You have exceeded your rate-limit for this API.", RateLimited),
        ("OVER_QUERY_LIMIT", "You have exceeded your daily request quota for this API.", QuotaExceeded),
        ("OVER_DAILY_LIMIT", "", QuotaExceeded),
        ("OVER_DAILY_LIMIT", "You must enable Billing on the Google Cloud Project.", Misconfigured),
        ("REQUEST_DENIED", "The provided API key is invalid.", Misconfigured),
        ("INVALID_REQUEST", "", BadRequest),
        ("UNKNOWN_ERROR", "", Unavailable),
        ("SOMETHING_NEW", "", Misconfigured),
    ],
)
async def test_what_a_status_means(status: str, words: str, error: type[ProviderError]) -> None:
    async with running("google") as it:
        refused = google(it).refused({"status": status, "error_message": words + KEY, "results": []}, None)
    assert type(refused) is error
    assert status in str(refused) and KEY not in str(refused)


@pytest.mark.parametrize(
    ("now", "midnight"),
    [
        (datetime(2026, 1, 15, 7, 59, tzinfo=UTC), datetime(2026, 1, 15, 8, tzinfo=UTC)),
        (datetime(2026, 1, 15, 8, 1, tzinfo=UTC), datetime(2026, 1, 16, 8, tzinfo=UTC)),
        (datetime(2026, 7, 15, 12, tzinfo=UTC), datetime(2026, 7, 16, 7, tzinfo=UTC)),
    ],
)
def test_its_day_ends_in_california(now: datetime, midnight: datetime) -> None:
    assert next_midnight_there(now) == midnight
