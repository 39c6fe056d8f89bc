"""The score: its formula, its distances, and equal results for many cells at once and one by one."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.heatmaps import cell_scores, scoring
from app.domain.heatmaps.bounds import Bounds
from app.domain.heatmaps.cell_scores import PointArrays
from app.domain.heatmaps.grid import Grid
from app.domain.heatmaps.scoring import CUTOFF_KM, WEIGHTS, Poi, decay, score_point
from app.domain.vocabulary.distance import KM_PER_DEGREE, great_circle_metres

KM = 1 / KM_PER_DEGREE
"""Degrees of latitude."""


@given(st.floats(-65, 65), st.floats(-180, 180), st.floats(0, 2 * math.pi), st.floats(0.01, CUTOFF_KM))
def test_many_distances_are_those_of_the_sphere(latitude: float, longitude: float, bearing: float, km: float) -> None:
    other = latitude + km * KM * math.cos(bearing)
    east = longitude + km * KM * math.sin(bearing) / math.cos(math.radians(latitude))
    other_longitude = (east + 180) % 360 - 180
    exact = great_circle_metres(latitude, longitude, other, other_longitude) / 1000
    one = PointArrays(np.array([other]), np.array([other_longitude]))
    many = math.sqrt(cell_scores.squared_km(np.array([latitude]), np.array([longitude]), one)[0, 0, 0])
    assert many == pytest.approx(exact, rel=0.003)


def test_the_decay() -> None:
    assert [decay(km) for km in (0, 0.4, CUTOFF_KM, 9)] == [1, 1, pytest.approx(0, abs=1e-12), 0]
    assert decay(1.0) == pytest.approx(0.5, abs=0.003)
    falling = [decay(km / 100) for km in range(40, 501)]
    assert falling == sorted(falling, reverse=True)
    assert cell_scores.decays(np.arange(40, 501) / 100).tolist() == pytest.approx(falling, abs=1e-12)


def at(km: float, category: str = "supermarket") -> Poi:
    return Poi(category, 21 + km * KM, -86.8)


@pytest.mark.parametrize(
    ("pois", "score"),
    [
        ([], 0),
        ([at(0.1)], 63),
        ([at(1)], 39),
        ([at(0.1)] * 3, 83),
        ([at(0.1, "convenience")], 22),
        ([at(5.1)], 0),
        ([at(0.1, "cinema")], 0),
        ([at(0.1), at(0.1, "bakery"), at(0.1, "butcher")], 89),
    ],
)
def test_what_makes_a_score(pois: list[Poi], score: int) -> None:
    assert score_point(21, -86.8, pois).score == score


def test_one_more_place_never_lowers_a_score_and_counts_less_each_time() -> None:
    scores = [score_point(21, -86.8, [at(0.1)] * count).score for count in range(8)]
    gains = [after - before for before, after in zip(scores, scores[1:], strict=False)]
    assert gains == sorted(gains, reverse=True) and gains[-1] == 0


def test_the_drivers_explain_the_score() -> None:
    pois = [at(2), at(0.5, "bakery"), at(0.2), at(4.9), *[at(1.5)] * 6]
    point_score = score_point(21, -86.8, pois)
    total = sum(driver.contribution for driver in point_score.drivers) + point_score.diversity
    assert point_score.score == round(100 * (1 - math.exp(-total)))
    strengths = [driver.contribution for driver in point_score.drivers]
    assert strengths == sorted(strengths, reverse=True)
    assert sum(driver.poi.category == "supermarket" for driver in point_score.drivers) == scoring.RANKS
    assert point_score.drivers[0].poi == at(0.2) and point_score.drivers[0].km == pytest.approx(0.2, abs=1e-4)
    assert point_score.diversity == pytest.approx(scoring.DIVERSITY * decay(0.5), abs=1e-4)


def some_places(count: int, bounds: Bounds, seed: int) -> list[Poi]:
    draw = random.Random(seed)
    return [
        Poi(
            draw.choice(list(WEIGHTS)),
            draw.uniform(bounds.south, bounds.north),
            (bounds.west + draw.uniform(0, bounds.width) + 180) % 360 - 180,
        )
        for _ in range(count)
    ]


def by_category(pois: list[Poi]) -> dict[str, PointArrays]:
    return {
        category: PointArrays.from_pairs([(poi.latitude, poi.longitude) for poi in pois if poi.category == category])
        for category in WEIGHTS
    }


REGIONS = {
    "mid-latitudes": (Bounds(40.0, -3.8, 40.1, -3.6), 60),
    "far north": (Bounds(69.6, 18.8, 69.7, 19.2), 40),
    "antimeridian": (Bounds(-17.85, 179.9, -17.7, -179.9), 80),
    "crowded": (Bounds(21.10, -86.90, 21.14, -86.86), 3_000),
    "sparse": (Bounds(-33.0, 150.0, -32.5, 150.5), 3),
}


@pytest.mark.parametrize("name", REGIONS)
def test_many_cells_at_once_are_scored_as_one_by_one(name: str) -> None:
    bounds, count = REGIONS[name]
    grid = Grid.covering(bounds, 0.005)
    pois = some_places(count, bounds.expanded(6), seed=7)
    found = cell_scores.score_rows(grid, 0, grid.rows, by_category(pois))
    draw = random.Random(3)
    for row, col in {(draw.randrange(grid.rows), draw.randrange(grid.cols)) for _ in range(150)}:
        expected = score_point(grid.latitude(row), grid.longitude(col), pois).score
        assert found[row, col] == expected, (row, col)
    assert found.min() < found.max()


@pytest.mark.parametrize("name", REGIONS)
def test_no_edges_and_no_tiles_show(name: str) -> None:
    """A cell has the same score, to the last bit, in whichever rectangle, block or tile it is computed."""
    bounds, count = REGIONS[name]
    pois = by_category(some_places(count, bounds.expanded(6), seed=11))
    grid = Grid.covering(bounds, 0.0025)
    whole = cell_scores.score_rows(grid, 0, grid.rows, pois)
    for at_once in (500, 5_000, 1 << 20):
        assert (cell_scores.score_rows(grid, 0, grid.rows, pois, at_once) == whole).all()
    half = grid.rows // 3
    quarter = Grid(grid.step, grid.row + half, grid.col + 7, grid.rows - half, grid.cols - 7)
    assert (cell_scores.score_rows(quarter, 0, quarter.rows, pois) == whole[half:, 7:]).all()
    assert (cell_scores.score_rows(grid, half, half + 5, pois) == whole[half : half + 5]).all()


def test_many_places_at_one_spot_are_split_down_to_single_cells() -> None:
    spot = by_category([at(0.1)] * 500)
    grid = Grid.around(21, -86.8, 0.01, 5)
    whole = cell_scores.score_rows(grid, 0, grid.rows, spot)
    assert (cell_scores.score_rows(grid, 0, grid.rows, spot, max_distances=100) == whole).all()
    assert whole.max() == 75
