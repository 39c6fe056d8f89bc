"""The position of a house between its neighbours, and how far off it may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.reference.house_numbers import HouseNumber
from app.domain.vocabulary.distance import great_circle_metres

MAX_ERROR_METRES = 150.0
"""A position that is expected to be farther off is no more than one of the street."""
MAX_GAP_BEYOND = 20
"""How far a number may be beyond the last known house of its side."""
MAX_STEP_METRES = 60.0
"""How far beyond the last known house a position is moved."""
ACROSS_METRES = 25.0
"""From one side of a street to the other."""
SMALLEST_ERROR_METRES = 8.0


@dataclass(frozen=True, slots=True)
class House:
    """A house with known coordinates, in degrees."""

    number: HouseNumber
    latitude: float
    longitude: float

    def metres_to(self, other: House) -> float:
        return great_circle_metres(self.latitude, self.longitude, other.latitude, other.longitude)


@dataclass(frozen=True, slots=True)
class Estimate:
    """Where a house probably is, in degrees. `basis` are the houses that it was computed from."""

    latitude: float
    longitude: float
    error_metres: float
    basis: tuple[House, ...]
    is_between: bool
    """Whether it has known neighbours on both sides, or only on one."""


def interpolate(number: int, houses: Sequence[House]) -> Estimate | None:
    """Return the position of `number` among the nearest known houses of its street; None where it would be a guess.

    Between two neighbours of its own side if it has them, else between two of the other side, else beside the last
    house of its side.
    """
    own = [house for house in houses if house.number.number % 2 == number % 2 and house.number.number != number]
    others = [house for house in houses if house.number.number % 2 != number % 2]
    for side, across in ((own, 0.0), (others, ACROSS_METRES)):
        below, above = _below(side, number), _above(side, number)
        if below and above:
            estimate = _between(number, below[0], above[0], across)
            if estimate.error_metres <= MAX_ERROR_METRES:
                return estimate
    for near in (_below(own, number), _above(own, number)):
        if near and abs(near[0].number.number - number) <= MAX_GAP_BEYOND:
            return _beyond(number, near)
    return None


def _below(houses: Sequence[House], number: int) -> list[House]:
    """Return the houses of lower numbers, the nearest first."""
    return sorted((h for h in houses if h.number.number < number), key=lambda h: -h.number.number)


def _above(houses: Sequence[House], number: int) -> list[House]:
    return sorted((h for h in houses if h.number.number > number), key=lambda h: h.number.number)


def _between(number: int, low: House, high: House, across: float) -> Estimate:
    share = (number - low.number.number) / (high.number.number - low.number.number)
    error = max(SMALLEST_ERROR_METRES, low.metres_to(high) / 4) + across
    return Estimate(
        low.latitude + share * (high.latitude - low.latitude),
        low.longitude + share * (high.longitude - low.longitude),
        round(error, 1),
        (low, high),
        True,
    )


def _beyond(number: int, near: Sequence[House]) -> Estimate:
    """Continue from the two last houses at their distance for each number, but not far."""
    last = near[0]
    gap = abs(number - last.number.number)
    before = next((house for house in near if house.number.number != last.number.number), None)
    if before is None:
        return Estimate(last.latitude, last.longitude, round(10.0 + 6.0 * gap, 1), (last,), False)
    metres = max(1.0, before.metres_to(last))
    step = gap / abs(last.number.number - before.number.number)
    step = min(step, MAX_STEP_METRES / metres)
    return Estimate(
        last.latitude + step * (last.latitude - before.latitude),
        last.longitude + step * (last.longitude - before.longitude),
        round(max(20.0, 5.0 * gap, step * metres), 1),
        (last, before),
        False,
    )
