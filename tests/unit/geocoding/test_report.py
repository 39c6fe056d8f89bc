"""The counters of the quality report, and the place where a job goes on."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from app.domain.geocoding.model import Address, Place
from app.domain.vocabulary.accuracy import Accuracy
from workers.geocoding.decisions import Source, Verdict
from workers.geocoding.lookup_table import Item
from workers.geocoding.progress import Progress
from workers.geocoding.report import REASONS_KEPT, Report


def place(provider: str, latitude: float, accuracy: str = "rooftop", confidence: float = 1.0) -> Place:
    return Place(latitude, 25.0, Accuracy(accuracy), confidence, provider, "x", None, None)


def verdict(*places: Place, source: Source = Source.ASKED, reason: str = "") -> Verdict:
    return Verdict(places[0] if places else None, reason, places, source)


def item(number: int, known: tuple[float, float] | None = None) -> Item:
    return Item(number, Address(None, None, None, None, None, "us"), None, known=known)


def test_a_report_survives_its_checkpoint() -> None:
    report = Report()
    report.count(item(1), verdict(place("a", 60.0), place("b", 60.0005)), None)
    report.count(item(2), verdict(place("a", 60.0), place("b", 60.5)), None)
    report.count(
        item(3), verdict(place("a", 60.0, confidence=0.34), place("b", 60.5, "place"), source=Source.KEPT), None
    )
    report.count(item(4), verdict(reason="a: no match"), None)
    report.count(item(5), verdict(place("a", 60.0), source=Source.SHARED), "changed")
    report = Report.of(json.loads(json.dumps(report.state())))
    result = report.result()
    assert result["agreement"] == {"compared": 2, "within100m": 1, "ambiguous": 1, "ambiguousItems": ["2"]}
    assert result["confidence"] == [0, 0, 0, 1, 0, 0, 0, 0, 0, 2]
    assert (result["geocoded"], result["failures"]) == (3, {"a: no match": 1, "changed": 1})
    assert result["cache"] == {"hits": 1, "duplicates": 1, "misses": 3, "hitRate": 0.4}


def test_reasons_stay_few() -> None:
    report = Report()
    for number in range(100):
        report.count(item(number), verdict(reason=f"reason {number}"), None)
    assert len(report.reasons) == REASONS_KEPT + 1 and report.reasons["other"] == 100 - REASONS_KEPT


def test_the_distance_to_what_is_known() -> None:
    report = Report()
    assert report.result()["distance"] is None
    for known in ((60.0, 25.0), (60.0005, 25.0), (61.0, 25.0), None):
        report.count(item(1, known), verdict(place("a", 60.0)), None)
    assert report.result()["distance"] == {
        "compared": 3,
        "withinMetres": {"10": 1, "30": 1, "100": 2, "300": 2, "1000": 2, "3000": 2, "10000": 2},
    }


@given(st.permutations(range(30)), st.integers(min_value=0, max_value=30))
def test_nothing_is_lost_or_done_twice_wherever_a_job_stops(order: list[int], stop: int) -> None:
    progress: Progress[int] = Progress(None, ())
    progress.read(range(30))
    for number in order[:stop]:
        progress.done([number])
    state = progress.state()
    after: Progress[int] = Progress(state["reached"], state["open"])
    reached = -1 if after.reached is None else after.reached
    again = [number for number in range(30) if number > reached or number in after.left_open]
    assert sorted(order[:stop] + again) == list(range(30))
    assert len(state["open"]) <= 30 - stop
