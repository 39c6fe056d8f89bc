"""The counters of the quality report, and the progress at which a job resumes."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.domain.addresses.postal_address import Address
from app.domain.geocoding.places import GeocodedPlace
from app.domain.vocabulary.accuracy import Accuracy
from app.domain.vocabulary.evidence import PossiblePlace
from workers.geocoding.doubts import find_doubts
from workers.geocoding.item_progress import ItemProgress
from workers.geocoding.items import GeocodeItem
from workers.geocoding.quality_report import MAX_REASONS, QualityReport
from workers.geocoding.resolution import AnswerSource, Resolution


def place(provider: str, latitude: float, accuracy: str = "rooftop", confidence: float = 1.0) -> GeocodedPlace:
    return GeocodedPlace(latitude, 25.0, Accuracy(accuracy), confidence, provider, "x", None, None)


def resolution(*places: GeocodedPlace, source: AnswerSource = AnswerSource.ASKED, reason: str = "") -> Resolution:
    return Resolution(places[0] if places else None, reason, places, source)


def item(number: int, known: tuple[float, float] | None = None) -> GeocodeItem:
    return GeocodeItem(number, Address(None, None, None, None, None, "us"), None, known_point=known)


def test_a_report_survives_its_checkpoint() -> None:
    report = QualityReport()
    report.add(item(1), resolution(place("a", 60.0), place("b", 60.0005)), None)
    report.add(item(2), resolution(place("a", 60.0), place("b", 60.5)), None)
    report.add(
        item(3),
        resolution(place("a", 60.0, confidence=0.34), place("b", 60.5, "place"), source=AnswerSource.CACHED),
        None,
    )
    report.add(item(4), resolution(reason="a: no match"), None)
    report.add(item(5), resolution(place("a", 60.0), source=AnswerSource.SHARED), "changed")
    report = QualityReport.from_checkpoint(json.loads(json.dumps(report.to_checkpoint())))
    result = report.to_result(5)
    assert result["agreement"] == {"compared": 2, "within100m": 1, "ambiguous": 1, "ambiguousItems": ["2"]}
    assert result["confidence"] == [0, 0, 0, 1, 0, 0, 0, 0, 0, 2]
    assert (result["geocoded"], result["failures"]) == (3, {"a: no match": 1, "changed": 1})
    assert result["shares"] == {"rooftop": 60.0, "none": 40.0}
    assert result["expectedError"] == {"medianMetres": 20.0, "p90Metres": 20.0}
    assert result["crossCheck"] is None
    assert result["cache"] == {"hits": 1, "duplicates": 1, "misses": 3, "hitRate": 0.4}


def test_reasons_stay_few() -> None:
    report = QualityReport()
    for number in range(100):
        report.add(item(number), resolution(reason=f"reason {number}"), None)
    assert len(report.reasons) == MAX_REASONS + 1 and report.reasons["other"] == 100 - MAX_REASONS


def test_distances_from_known_points() -> None:
    report = QualityReport()
    assert report.to_result(4)["distance"] is None
    for known in ((60.0, 25.0), (60.0005, 25.0), (61.0, 25.0), None):
        report.add(item(1, known), resolution(place("a", 60.0)), None)
    assert report.to_result(4)["distance"] == {
        "compared": 3,
        "withinMetres": {"10": 1, "30": 1, "100": 2, "300": 2, "1000": 2, "3000": 2, "10000": 2},
    }


@given(st.permutations(range(30)), st.integers(min_value=0, max_value=30))
def test_no_item_is_lost_or_repeated_wherever_a_job_stops(order: list[int], stop: int) -> None:
    progress: ItemProgress[int] = ItemProgress(None, ())
    progress.start(range(30))
    for number in order[:stop]:
        progress.finish([number])
    state = progress.to_checkpoint()
    after: ItemProgress[int] = ItemProgress(state["reached"], state["open"])
    reached = -1 if after.reached is None else after.reached
    again = [number for number in range(30) if number > reached or number in after.unfinished]
    assert sorted(order[:stop] + again) == list(range(30))
    assert len(state["open"]) <= 30 - stop


def test_second_opinions() -> None:
    report = QualityReport()
    for latitude in (60.0, 60.0005, 60.5):
        report.add(item(1), replace(resolution(place("a", 60.0), place("b", latitude)), second="b"), None)
    report.add(item(2), replace(resolution(place("a", 60.0)), second="b"), None)
    report.add(item(3), resolution(place("a", 60.0)), None)
    result = QualityReport.from_checkpoint(json.loads(json.dumps(report.to_checkpoint()))).to_result(5, 0.8)
    assert result["crossCheck"] == {
        "share": 0.8, "asked": 4, "compared": 3, "within100m": 2, "beyond1km": 1, "notFound": 1, "byProvider": {"b": 4}
    }  # fmt: skip
    assert report.doubts == {"disagreement": 1}


def test_expected_errors() -> None:
    report = QualityReport()
    for accuracy in ("rooftop", "interpolated", "street", "postcode", "postcode"):
        report.add(item(1), resolution(place("a", 60.0, accuracy)), None)
    assert report.to_result(5)["expectedError"] == {"medianMetres": 300.0, "p90Metres": 2000.0}


def test_doubts() -> None:
    far = resolution(place("a", 60.0), place("b", 60.004))
    assert [one.reason for one in find_doubts(far)] == ["disagreement"]
    assert find_doubts(resolution(place("a", 60.0), place("b", 60.004, "street"))) == []
    assert find_doubts(resolution(place("a", 60.0, "postcode", 0.4))) == []
    assert [one.reason for one in find_doubts(resolution(place("a", 60.0, "street", 0.4)))] == ["uncertain"]
    contradictory = replace(resolution(place("a", 60.0, "place")), contradicts=("road",))
    assert [one.reason for one in find_doubts(contradictory)] == ["contradictory"]
    tie = (PossiblePlace("1 N Main St", 60.0, 25.0), PossiblePlace("1 S Main St", 61.0, 25.0))
    assert [one.reason for one in find_doubts(replace(resolution(), candidates=tie))] == ["ambiguous"]
    assert find_doubts(replace(resolution(place("a", 60.0)), candidates=tie)) == []
