"""Stretches of streets in TIGER's ADDRFEAT and in OpenStreetMap."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.imports.features import Feature
from app.domain.imports.street_lines import StreetLine, StreetLines, read_street_lines
from app.domain.reference.stretches import Side

LINE = [[-78.9, 36.0], [-78.9, 36.001]]
FORTH, BACK = ((-78.9, 36.0), (-78.9, 36.001)), ((-78.9, 36.001), (-78.9, 36.0))
TIGER = {
    "TLID": 1, "FULLNAME": "N Main St", "LFROMHN": "101", "LTOHN": "199", "RFROMHN": "198", "RTOHN": "100",
    "ZIPL": "27701", "ZIPR": "27703", "PARITYL": "O", "PARITYR": "E",
}  # fmt: skip


def read(properties: dict[str, Any], coordinates: Any = LINE, kind: str = "LineString") -> StreetLines | None:
    return read_street_lines(Feature(properties, {"type": kind, "coordinates": coordinates}, None, {}))


def lines(properties: dict[str, Any]) -> list[StreetLine]:
    found = read(properties)
    assert found is not None
    assert found.problem is None
    return list(found.lines)


def test_each_side_is_a_stretch_from_its_lowest_number_on() -> None:
    assert lines(TIGER) == [
        StreetLine("N Main St", "", "", "27701", FORTH, 101, 199, 1, Side.LEFT),
        StreetLine("N Main St", "", "", "27703", BACK, 100, 198, 0, Side.LEFT),
    ]


def test_further_names_are_streets_of_their_own() -> None:
    found = lines({**TIGER, "RFROMHN": None, "RTOHN": None, "FEATNAMES": ["N Main St", "US Hwy 15", "n main st"]})
    assert [(one.street, one.low) for one in found] == [("N Main St", 101), ("US Hwy 15", 101)]


def test_both_parities_and_a_street_without_numbers() -> None:
    assert lines({**TIGER, "PARITYL": "B"})[0].parity is None
    assert lines({**TIGER, "LTOHN": "200"})[0].parity is None
    without = lines({**TIGER, "LFROMHN": "", "LTOHN": "", "RFROMHN": None, "RTOHN": None})
    assert [(one.postcode, one.low, one.high, one.side) for one in without] == [("27701", 0, 0, 0), ("27703", 0, 0, 0)]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"LFROMHN": "30-01", "LTOHN": "30-99"}, "letters or hyphens (30-01 to 30-99)"),
        ({"LFROMHN": "101", "LTOHN": ""}, "cannot be read (101 to )"),
        ({"LFROMHN": "1", "LTOHN": "99001"}, "more than 20,000 house numbers"),
    ],
)
def test_a_side_that_cannot_be_used_is_named_and_the_other_one_kept(change: dict[str, str], problem: str) -> None:
    found = read({**TIGER, **change})
    assert found is not None
    assert problem in (found.problem or "")
    assert [one.postcode for one in found.lines] == ["27703"]


def test_pieces_of_interpolation_lines() -> None:
    piece = {
        "addr:interpolation": "even", "addr:first": "20", "addr:last": "2", "addr:street": "Hauptstraße",
        "addr:city": "Bonn", "addr:postcode": "53111",
    }  # fmt: skip
    assert lines(piece) == [StreetLine("Hauptstraße", "Bonn", "", "53111", BACK, 2, 20, 0, Side.ON_LINE)]
    found = read({**piece, "addr:interpolation": "alphabetic"})
    assert found == StreetLines(problem="has a kind of interpolation that is not read (alphabetic)")


def test_named_roads_have_all_of_their_names() -> None:
    found = lines({"highway": "residential", "name": "Main Street", "alt_name": "Old Road;Mill Road"})
    assert [one.street for one in found] == ["Main Street", "Old Road", "Mill Road"]
    assert read({"highway": "service"}) == StreetLines(problem="has no street")


@pytest.mark.parametrize(
    ("kind", "coordinates"),
    [
        ("LineString", [[-78.9, 36.0]]), ("LineString", None), ("LineString", [["a", 1], [2, 3]]),
        ("LineString", [[836000.0, 36.0], [1.0, 2.0]]), ("MultiLineString", []), ("MultiLineString", [1]),
        ("LineString", [[float("nan"), 36.0], [1.0, 2.0]]), ("LineString", [1, 2]),
    ],
)  # fmt: skip
def test_lines_that_are_none(kind: str, coordinates: Any) -> None:
    assert read(TIGER, coordinates, kind) == StreetLines(problem="has coordinates that are no degrees")


def test_parts_that_meet_are_one_line() -> None:
    found = read(TIGER, [[[-78.9, 36.0], [-78.9, 36.0005]], [[-78.9, 36.0005], [-78.9, 36.001]]], "MultiLineString")
    assert found is not None
    assert found.problem is None
    assert [(one.low, one.line[0], len(one.line)) for one in found.lines] == [
        (101, (-78.9, 36.0), 3), (100, (-78.9, 36.001), 3),
    ]  # fmt: skip


def test_house_numbers_are_not_spread_over_one_of_several_parts() -> None:
    apart = [[-78.8, 36.0], [-78.8, 36.0005], [-78.8, 36.001]]
    found = read({**TIGER, "ZIPR": "27701"}, [LINE, apart], "MultiLineString")
    assert found is not None
    assert "several parts" in (found.problem or "")
    line = ((-78.8, 36.0), (-78.8, 36.0005), (-78.8, 36.001))
    assert found.lines == [StreetLine("N Main St", "", "", "27701", line)]


def test_numbers_of_a_table_may_have_decimals() -> None:
    numeric = {"LFROMHN": 101.0, "LTOHN": 199.0, "RFROMHN": 198, "RTOHN": 100, "ZIPL": 27701.0, "ZIPR": 27703.0}
    assert lines({**TIGER, **numeric}) == lines(TIGER)
    assert lines({**TIGER, "RFROMHN": float("nan"), "RTOHN": None}) == lines(TIGER)[:1]


def test_of_a_long_line_its_ends_are_kept() -> None:
    found = read(TIGER, [[-78.9, 36 + index / 1e6] for index in range(50_000)])
    assert found is not None
    assert len(found.lines[0].line) <= 2_002
    assert found.lines[0].line[-1] == (-78.9, 36 + 49_999 / 1e6)


def test_what_is_no_street() -> None:
    assert read({"waterway": "river", "name": "Eno"}) is None
    assert read_street_lines(Feature(TIGER, {"type": "Point", "coordinates": [1, 2]}, None, {})) is None
