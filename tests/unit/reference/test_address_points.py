"""Rows of a file become houses in streets."""

from __future__ import annotations

import pytest

from app.domain.reference.address_points import PointBatch, PointCollector, split_number


def houses(batch: PointBatch) -> list[list[int]]:
    return [] if batch.houses is None else batch.houses.tolist()


def test_spellings_of_one_street_are_one_street() -> None:
    collector = PointCollector("us", "nc")
    for line, (number, street) in enumerate([("12", "N Main St"), ("14", "NORTH MAIN STREET"), ("16", "N. Main St")]):
        assert collector.add(line, number, street, "Durham", "", "27701", -78.9, 36.0) is None
    batch = collector.take()
    assert {one.identity for one in batch.streets} == {("main", "n", "st", "", "27701", "DURHAM", "NC")}
    assert batch.points == 3


def test_rows_are_ordered_by_street_and_number_and_coverage_is_counted_by_postcode() -> None:
    collector = PointCollector("us")
    assert collector.add(7, "14", "Main St", "Durham", "NC", "27701", -78.8, 36.0) is None
    assert collector.add(8, "12 1/2", "Main St", "Durham", "NC", "27701", -78.90001, 36.5) is None
    assert collector.add(9, "14", "Main St", "Durham", "NC", "", -78.8, 36.0) is None
    batch = collector.take()
    assert houses(batch)[:2] == [[0, 12, 1, 365_000_000, -789_000_100, 8], [0, 14, 0, 360_000_000, -788_000_000, 7]]
    assert batch.marks == ["", "1/2"]
    assert batch.coverage["27701"] == [2, 360_000_000, -789_000_100, 365_000_000, -788_000_000]
    assert batch.coverage[""] == [1, 360_000_000, -788_000_000, 360_000_000, -788_000_000]
    assert collector.take().points == 0


def test_units_at_one_place_are_one_house_and_lots_are_several() -> None:
    collector = PointCollector("us")
    for longitude in (-78.9, -78.9, -78.91):
        assert collector.add(1, "12", "Main St Apt 4", "Durham", "NC", "27701", longitude, 36.0) is None
    batch = collector.take()
    assert (batch.points, batch.duplicates) == (2, 1)
    assert [street.label for street in batch.streets] == ["Main St"]


def test_many_houses_are_what_each_of_them_is() -> None:
    rows = [
        ("12", "Main St", -78.9, 36.0), ("", "Main St", -78.9, 36.0), ("12 1/2", "Oak Ln", -78.91, 36.1),
        ("14", "", -78.9, 36.0), ("0012", "Main Street", -78.9, 36.0), ("16", "Main St", float("nan"), 36.0),
        ("16", "Main St", 0.0, 0.0), ("16", "Main St", -78.9, 91.0), ("12", "Main St", -78.9, 36.0),
    ]  # fmt: skip
    one_by_one, together = PointCollector("us"), PointCollector("us")
    problems = [
        (index, problem)
        for index, (number, street, x, y) in enumerate(rows)
        if (problem := one_by_one.add(5 + index, number, street, "Durham", "NC", "27701", x, y)) is not None
    ]
    numbers, streets, longitudes, latitudes = zip(*rows, strict=True)
    addresses = [(street, "Durham", "NC", "27701") for street in streets]
    assert together.add_many(5, numbers, addresses, longitudes, latitudes) == problems
    first, second = one_by_one.take(), together.take()
    assert houses(first) == houses(second)
    assert (first.streets, first.marks, first.coverage) == (second.streets, second.marks, second.coverage)
    assert (first.duplicates, second.duplicates) == (1, 1)


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


def test_stretches_are_shown_and_covered_like_houses_and_a_zip_code_names_its_town() -> None:
    collector = PointCollector("us")
    line = [(-78.9, 36.0), (-78.89, 36.01)]
    assert collector.add_stretch(3, ("N Main St", "", "", "27701"), line, low=2, high=98, parity=0, side=-1) is None
    assert collector.add_stretch(4, ("Oak Ln", "", "", "27701"), line) is None
    assert collector.add_stretch(5, ("", "", "", "27701"), line) == "has no street"
    batch = collector.take()
    assert (batch.points, batch.size) == (0, 2)
    assert batch.coverage == {"27701": [2, 360_000_000, -789_000_000, 360_100_000, -788_900_000]}
    (first, shown), (second, other) = batch.records()
    assert (first, second) == (3, 4)
    assert (shown["house_number"], shown["street"], shown["city"]) == ("2 to 98", "N Main St", "Durham")
    assert (shown["state"], shown["zip_code"], other["house_number"]) == ("NC", "27701", "")


def test_two_spellings_of_a_street_are_one_stretch() -> None:
    collector = PointCollector("us")
    line = [(-78.9, 36.0), (-78.9, 36.001)]
    for row, street in ((1, "Main St"), (1, "Main Street"), (1, "US Hwy 15"), (2, "Main Street")):
        assert collector.add_stretch(row, (street, "", "", "27701"), line, low=1, high=9, parity=1, side=1) is None
    batch = collector.take()
    assert [(batch.streets[one.street].label, one.line) for one in batch.stretches] == [
        ("Main St", 1), ("US Hwy 15", 1), ("Main Street", 2),
    ]  # fmt: skip
    assert batch.coverage["27701"][0] == 3


def test_characters_that_cannot_be_stored_are_left_out() -> None:
    collector = PointCollector("de")
    assert collector.add(1, "5\0", "Haupt\0straße", "Bo\0nn", "Nord\0rhein", "53\0111", 7.1, 50.7) is None
    [street] = collector.take().streets
    assert "\0" not in "".join((*street.key, *street.place, street.label, street.city))
