"""Positions of houses along stretches of streets."""

from __future__ import annotations

import pytest

from app.domain.reference.stretches import SIDE_METRES, Side, Stretch, locate
from app.domain.vocabulary.distance import great_circle_metres

METRE = 1 / 111_195
"""Degrees of latitude."""
NORTH = ((36.0, -78.9), (36.0 + 100 * METRE, -78.9))


def stretch(low: int = 100, high: int = 198, parity: int | None = 0, side: Side = Side.LEFT) -> Stretch:
    return Stretch(low, high, parity, side, NORTH)


@pytest.mark.parametrize(("side", "west"), [(Side.LEFT, SIDE_METRES), (Side.RIGHT, -SIDE_METRES), (Side.ON_LINE, 0.0)])
def test_a_house_stands_at_its_share_of_the_way_on_its_side(side: Side, west: float) -> None:
    found = locate(stretch(side=side), 149 - 1)
    north = great_circle_metres(36.0, found.longitude, found.latitude, found.longitude)
    across = great_circle_metres(found.latitude, -78.9, found.latitude, found.longitude)
    assert north == pytest.approx(100 * 48 / 98, abs=0.3)
    assert across == pytest.approx(abs(west), abs=0.1)
    assert (found.longitude < -78.9) == (west > 0)
    assert (found.error_metres, found.is_of_house) == (20.0, True)


def test_right_is_right_in_every_direction() -> None:
    north, east = 100 * METRE, 100 * METRE / 0.809
    for end, right in (((north, 0), (0, 1)), ((0, east), (-1, 0)), ((-north, 0), (0, -1)), ((0, -east), (1, 0))):
        line = ((36.0, -78.9), (36.0 + end[0], -78.9 + end[1]))
        found = locate(Stretch(1, 3, None, Side.RIGHT, line), 2)
        beside = (found.latitude - 36.0 - end[0] / 2, found.longitude + 78.9 - end[1] / 2)
        assert beside[0] * right[0] + beside[1] * right[1] > 0


def test_the_way_follows_the_bends_of_the_line() -> None:
    bent = Stretch(1, 101, 1, Side.ON_LINE, (*NORTH, NORTH[1], (36.0 + 100 * METRE, -78.9 + 100 * METRE / 0.809)))
    found = locate(bent, 51)
    assert (found.latitude, found.longitude) == pytest.approx(NORTH[1], abs=2e-6)
    found = locate(bent, 101)
    assert found.longitude == pytest.approx(-78.9 + 100 * METRE / 0.809)


def test_what_is_covered() -> None:
    even = stretch()
    assert [number for number in (98, 100, 101, 150, 198, 200) if even.covers(number)] == [100, 150, 198]
    assert stretch(parity=None).covers(101)
    assert not stretch(0, 0, None).covers(0)


def test_of_one_number_it_is_the_middle_and_long_stretches_are_no_houses() -> None:
    assert locate(stretch(100, 100), 100).latitude == pytest.approx(36.0 + 50 * METRE)
    assert locate(stretch(0, 0), 12).longitude == -78.9
    long = Stretch(1, 99, 1, Side.LEFT, ((36.0, -78.9), (36.01, -78.9)))
    assert not locate(long, 51).is_of_house


def test_a_line_without_length() -> None:
    point = Stretch(1, 9, 1, Side.LEFT, ((36.0, -78.9), (36.0, -78.9)))
    found = locate(point, 5)
    assert (found.latitude, found.longitude) == (36.0, -78.9)
