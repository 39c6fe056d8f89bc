"""Errors about unknown fields list the known ones, at every depth."""

from __future__ import annotations

from typing import Any

import pytest

from app.errors import Invalid
from app.web.http.models import RequestModel
from app.web.http.request_parsing import validate


class Point(RequestModel):
    lat: float = 0.0
    long_name: str = ""


class Circle(RequestModel):
    centre: Point | None = None
    radius: float = 1.0


class Drawing(RequestModel):
    shapes: list[Circle | Point] = []
    title: str = ""


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"titel": "x"}, "is not a known field; known are shapes, title"),
        ({"shapes": [{"centre": {"lon": 1.0}, "radius": 2.0}]}, "is not a known field; known are lat, longName"),
    ],
)
def test_the_known_fields_are_listed(value: dict[str, Any], message: str) -> None:
    with pytest.raises(Invalid) as caught:
        validate(Drawing, value)
    assert message in [text for _, text in caught.value.findings]
