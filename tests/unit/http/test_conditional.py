"""`If-None-Match` against an ETag."""

from __future__ import annotations

import pytest

from app.web.http.conditional import matches_etag


@pytest.mark.parametrize(
    ("header", "matches"),
    [
        (None, False),
        ("", False),
        ('W/"a"', True),
        ('"a"', True),
        ('"b", W/"a"', True),
        ('"b"', False),
        ("*", True),
    ],
)
def test_weak_comparison(header: str | None, matches: bool) -> None:
    assert matches_etag(header, 'W/"a"') is matches
