"""The accuracy scale and its order."""

from __future__ import annotations

from app.domain.vocabulary.accuracy import Accuracy


def test_the_scale_runs_from_the_finest_to_the_coarsest() -> None:
    scale = ["rooftop", "interpolated", "street", "postcode", "place", "region"]
    assert [accuracy.value for accuracy in sorted(Accuracy, key=lambda accuracy: accuracy.rank)] == scale


def test_an_accuracy_includes_itself_and_coarser_ones() -> None:
    assert Accuracy.STREET.reaches(Accuracy.STREET)
    assert Accuracy.ROOFTOP.reaches(Accuracy.REGION)
    assert not Accuracy.PLACE.reaches(Accuracy.POSTCODE)
