"""GeoJSON with bytes that are no UTF-8 is refused with one clear error, while it streams in and when it is read."""

from __future__ import annotations

import io

import pytest

from app.domain.imports.geojson import FeatureCollection, FeatureCount
from app.domain.text.errors import Unreadable

BROKEN = b'{"type":"FeatureCollection","features":[{"p":"\xc0\x80"}]}'


@pytest.mark.parametrize("size", [1, 7, len(BROKEN)])
def test_bytes_that_are_no_utf_8(size: int) -> None:
    count = FeatureCount()
    with pytest.raises(Unreadable):
        for start in range(0, len(BROKEN), size):
            count.feed(BROKEN[start : start + size])
        count.close()


def test_bytes_that_are_no_utf_8_in_a_stored_file() -> None:
    with pytest.raises(Unreadable):
        FeatureCollection(io.BytesIO(BROKEN), {}).read(10)
