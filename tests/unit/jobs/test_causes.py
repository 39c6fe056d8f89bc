"""Errors in words."""

from __future__ import annotations

import pytest

from app.domain.jobs.causes import explain


@pytest.mark.parametrize(
    ("error", "text"),
    [
        ("nominatim: no match; census: no match", "No geocoder knows the address"),
        ("nominatim: HTTP 503; census: no match", "Not found, and nominatim could not be asked"),
        (
            "a: no answer within 5 s; b: HTTP 429; c: no match",
            "Not found, and a and b could not be asked",
        ),
        ("census: found another postcode; offline: no match", "Only another or a less exact place was found"),
        ("changed while it was looked up", "Changed while it was looked up"),
    ],
)
def test_geocoding(error: str, text: str) -> None:
    assert explain("geocode_households", error).text == text


@pytest.mark.parametrize(
    ("error", "text"),
    [
        ("email_scraping: dns_error: no such host b.example", "The domain was not found"),
        ("email_scraping: Unavailable: the disk is full", "The disk is full"),
        ("line 902: zip is no ZIP code", "Zip is no ZIP code"),
        ("Note: the rest is missing", "The rest is missing"),
        ("the server takes no requests: HTTP 403", "The server takes no requests: HTTP 403"),
        ("", "It failed without a message"),
    ],
)
def test_other_kinds(error: str, text: str) -> None:
    assert explain("email_scraping", error).text == text
