"""The counters of the quality report, and the progress at which a job resumes."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from app.domain.addresses.postal_address import Address
from app.domain.geocoding.places import GeocodedPlace
from app.domain.vocabulary.accuracy import Accuracy
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
    result = report.to_result()
    assert result["agreement"] == {"compared": 2, "within100m": 1, "ambiguous": 1, "ambiguousItems": ["2"]}
    assert result["confidence"] == [0, 0, 0, 1, 0, 0, 0, 0, 0, 2]
    assert (result["geocoded"], result["failures"]) == (3, {"a: no match": 1, "changed": 1})
    assert result["cache"] == {"hits": 1, "duplicates": 1, "misses": 3, "hitRate": 0.4}


def test_reasons_stay_few() -> None:
    report = QualityReport()
    for number in range(100):
        report.add(item(number), resolution(reason=f"reason {number}"), None)
    assert len(report.reasons) == MAX_REASONS + 1 and report.reasons["other"] == 100 - MAX_REASONS


def test_distances_from_known_points() -> None:
    report = QualityReport()
    assert report.to_result()["distance"] is None
    for known in ((60.0, 25.0), (60.0005, 25.0), (61.0, 25.0), None):
        report.add(item(1, known), resolution(place("a", 60.0)), None)
    assert report.to_result()["distance"] == {
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
