"""Rows of a file become houses in streets."""

from __future__ import annotations

import pytest

from app.domain.reference.address_points import PointCollector, split_number


def test_spellings_of_one_street_are_one_street() -> None:
    collector = PointCollector("us", "nc")
    for line, (number, street) in enumerate([("12", "N Main St"), ("14", "NORTH MAIN STREET"), ("16", "N. Main St")]):
        assert collector.add(line, number, street, "Durham", "", "27701", -78.9, 36.0) is None
    batch = collector.take()
    assert {one.identity for one in batch.rows} == {("main", "n", "st", "", "27701", "DURHAM", "NC")}
    assert sum(map(len, batch.rows.values())) == batch.points == 3


def test_rows_are_in_the_format_of_copy_and_coverage_is_counted_by_postcode() -> None:
    collector = PointCollector("us")
    assert collector.add(7, "12 1/2", "Main St", "Durham", "NC", "27701", -78.90001, 36.5) is None
    assert collector.add(8, "14", "Main St", "Durham", "NC", "27701", -78.8, 36.0) is None
    assert collector.add(9, "14", "Main St", "Durham", "NC", "", -78.8, 36.0) is None
    batch = collector.take()
    first, _ = batch.rows.values()
    assert first == ["12\t7\t365000000\t-789000100\t1/2\n", "14\t8\t360000000\t-788000000\t\n"]
    assert batch.coverage["27701"] == [2, 360_000_000, -789_000_100, 365_000_000, -788_000_000]
    assert batch.coverage[""] == [1, 360_000_000, -788_000_000, 360_000_000, -788_000_000]
    assert collector.take().points == 0


def test_units_at_one_place_are_one_house_and_lots_are_several() -> None:
    collector = PointCollector("us")
    for longitude in (-78.9, -78.9, -78.91):
        assert collector.add(1, "12", "Main St Apt 4", "Durham", "NC", "27701", longitude, 36.0) is None
    batch = collector.take()
    assert (batch.points, batch.duplicates) == (2, 1)
    assert [street.label for street in batch.rows] == ["Main St"]


@pytest.mark.parametrize(
    ("number", "street", "longitude", "latitude", "problem"),
    [
        ("", "Main St", -78.9, 36.0, "has no house number"),
        ("0", "Main St", -78.9, 36.0, "has no house number"),
        ("12", "", -78.9, 36.0, "has no street"),
        ("12", "Main St", 2034567.0, 800123.0, "has coordinates that are no degrees"),
        ("12", "Main St", float("nan"), 36.0, "has coordinates that are no degrees"),
        ("12", "Main St", 0.0, 0.0, "has no coordinates: they are 0, 0"),
    ],
)
def test_what_is_no_house(number: str, street: str, longitude: float, latitude: float, problem: str) -> None:
    collector = PointCollector("us")
    assert collector.add(1, number, street, "Durham", "NC", "27701", longitude, latitude) == problem
    assert collector.take().points == 0


@pytest.mark.parametrize(
    ("address", "number", "street"),
    [
        ("12 Main St", "12", "Main St"),
        ("123 1/2 Oak St", "123 1/2", "Oak St"),
        ("12-34A Main St", "12-34A", "Main St"),
        ("N6W23001 Bluemound Rd", "N6W23001", "Bluemound Rd"),
        ("1st Avenue", "", "1st Avenue"),
        ("Main St", "", "Main St"),
        ("12", "", "12"),
    ],
)
def test_numbers_are_split_off(address: str, number: str, street: str) -> None:
    assert split_number(address) == (number, street)
