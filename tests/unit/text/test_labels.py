from __future__ import annotations

import pytest

from app.domain.text.labels import make_label


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("byProvider", "By provider"),
        ("BY_PROVIDER", "By provider"),
        ("poi_import", "POI import"),
        ("callbackUrl", "Callback URL"),
        ("geocode_households", "Geocode households"),
        ("", ""),
    ],
)
def test_a_name_becomes_a_label(name: str, label: str) -> None:
    assert make_label(name) == label
