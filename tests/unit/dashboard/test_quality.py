"""The quality of a geocoding job in sentences."""

from __future__ import annotations

from typing import Any

from app.web.dashboard.jobs.quality import count_doubts, describe_quality


def test_sentences() -> None:
    check = {"asked": 20, "compared": 18, "within100m": 17, "beyond1km": 1}
    result = {
        "shares": {"none": 1.0, "postcode": 1.9, "rooftop": 97.1},
        "expectedError": {"medianMetres": 20.0, "p90Metres": 2000.0},
        "crossCheck": check,
        "doubts": {"ambiguous": 3, "cluster": 1200},
    }
    assert describe_quality(result) == [
        "rooftop 97.1 % · postcode 1.9 % · not found 1.0 %",
        "Half of the places are expected within 20 m of the house, nine of ten within 2 km.",
        "A second geocoder was asked for 20 addresses and found 18 of them: 17 within 100 m, 1 more than 1 km away.",
    ]
    assert count_doubts(result) == 1203


def test_results_of_other_kinds() -> None:
    others: list[Any] = [None, {}, {"shares": {}}, {"inserted": 3}, [1]]
    for result in others:
        assert describe_quality(result) == []
        assert count_doubts(result) == 0
