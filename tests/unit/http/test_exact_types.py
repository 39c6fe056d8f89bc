"""Requests mean what they say: a truth value is no number, and a number no truth value."""

from __future__ import annotations

from typing import Any

import pytest

from app.errors import Invalid
from app.web.http.models import RequestModel
from app.web.http.request_parsing import validate


class Limits(RequestModel):
    limit: int | None = None
    share: float = 0.5
    enabled: bool = True
    more: list[int] = []


@pytest.mark.parametrize(
    "value", [{"limit": False}, {"share": True}, {"enabled": 0}, {"enabled": 1.0}, {"more": [True]}]
)
def test_other_types_are_refused(value: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="must be"):
        validate(Limits, value)


@pytest.mark.parametrize("value", [{"limit": 7, "share": 1, "enabled": False}, {"limit": "7", "enabled": "true"}])
def test_numbers_and_texts_of_them_are_read(value: dict[str, Any]) -> None:
    assert validate(Limits, value).limit == 7
