"""House numbers: what is arithmetic, and what tells two of one number apart."""

from __future__ import annotations

import pytest

from app.domain.reference.house_numbers import HouseNumber, parse_house_number


@pytest.mark.parametrize(
    ("text", "number", "mark"),
    [
        ("123", 123, ""),
        ("0123", 123, ""),
        ("123.0", 123, ""),
        (" 123 ", 123, ""),
        ("123A", 123, "A"),
        ("123 a", 123, "A"),
        ("123 1/2", 123, "1/2"),
        ("123-1/2", 123, "1/2"),
        ("123½", 123, "1/2"),
        ("12-34", 12, "-34"),
        ("12-34a", 12, "-34A"),
        ("100 - 110", 100, "-110"),
        ("517.5", 517, ".5"),
        ("N6W23001", 23001, "N6W"),
        ("W148 N9748", 9748, "W148N"),
        ("5N483", 483, "5N"),
        ("A12", 12, "A"),
    ],
)
def test_numbers_are_read(text: str, number: int, mark: str) -> None:
    assert parse_house_number(text) == HouseNumber(number, mark)


@pytest.mark.parametrize("text", ["", "  ", "0", "000", "0.0", "Main", "--", "9999999999", "#", "½", "1/2"])
def test_what_is_no_number(text: str) -> None:
    assert parse_house_number(text) is None


@pytest.mark.parametrize("text", ["123", "123A", "123 1/2", "12-34", "N6W23001", "5N483"])
def test_numbers_are_written_as_they_were(text: str) -> None:
    assert str(parse_house_number(text)) == text
