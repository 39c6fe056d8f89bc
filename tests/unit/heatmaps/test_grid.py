"""Cells of the lattice: how many, where, and that regions meet."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.heatmaps.bounds import Bounds, InvalidRegion, wrap_longitude
from app.domain.heatmaps.grid import STEPS, Grid, cell_center
from app.domain.heatmaps.kinds import HeatmapComputeArgs

DOCUMENT = {0.01: 225, 0.005: 900, 0.0025: 3_600, 0.001: 22_500}
CANCUN = (21.17429, -86.84656)

latitudes = st.floats(-80, 80)
longitudes = st.floats(-180, 180)
steps = st.sampled_from(STEPS)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("place", [CANCUN, (30.27, -97.74), (36.0, -78.9), (40.71, -74.0)])
def test_a_region_has_the_number_of_cells_in_the_document(step: float, place: tuple[float, float]) -> None:
    grid = Grid.around(*place, step)
    assert grid.cells == pytest.approx(DOCUMENT[step], rel=0.15)
    assert grid.bounds.contains(*place)


@given(latitudes, longitudes, steps)
def test_a_region_round_a_point_has_it_in_its_middle(latitude: float, longitude: float, step: float) -> None:
    grid = Grid.around(latitude, longitude, step)
    assert grid.bounds.contains(latitude, wrap_longitude(longitude) if longitude < 180 else -180)
    assert grid.latitude(0) == pytest.approx(2 * latitude - grid.latitude(grid.rows - 1), abs=2 * step)
    km = math.radians(grid.cols * step) * 6371 * math.cos(math.radians(latitude))
    assert 15 - 0.01 <= km <= 15 + 111.2 * step


@given(latitudes, longitudes, steps)
def test_the_cell_of_a_point_is_one_of_its_region(latitude: float, longitude: float, step: float) -> None:
    grid = Grid.around(latitude, longitude, step)
    lat, lng = cell_center(latitude, longitude, step)
    assert lat in {grid.latitude(row) for row in range(grid.rows)}
    assert wrap_longitude(lng) in {grid.longitude(col) for col in range(grid.cols)}
    assert abs(latitude - lat) <= step / 2 + 1e-6 and abs((longitude - lng + 180) % 360 - 180) <= step / 2 + 1e-6


@given(latitudes, longitudes, steps)
def test_a_region_is_known_again_by_its_edges(latitude: float, longitude: float, step: float) -> None:
    grid = Grid.around(latitude, longitude, step)
    assert Grid.covering(grid.bounds, step) == grid
    args = HeatmapComputeArgs.for_grid(grid)
    assert args.region_key() == grid.key
    assert HeatmapComputeArgs.model_validate_json(args.model_dump_json(by_alias=True)) == args


@given(latitudes, longitudes, steps, st.floats(0.002, 0.3), st.floats(0.1, 0.9))
def test_regions_that_meet_leave_no_cell_out(south: float, west: float, step: float, size: float, share: float) -> None:
    between = south + share * size
    east = wrap_longitude(west + 0.01)
    west = wrap_longitude(west)
    lower = Grid.covering(Bounds(south, west, between, east), step)
    upper = Grid.covering(Bounds(between, west, south + size, east), step)
    assert (lower.col, lower.cols) == (upper.col, upper.cols)
    assert lower.row + lower.rows >= upper.row


def test_across_the_antimeridian() -> None:
    grid = Grid.covering(Bounds(-17.8, 179.95, -17.7, -179.95), 0.01)
    assert (grid.rows, grid.cols) == (10, 10)
    assert [grid.longitude(col) for col in (0, 4, 5, 9)] == [179.955, 179.995, -179.995, -179.955]
    assert grid.bounds == Bounds(-17.8, 179.95, -17.7, -179.95)
    assert grid.bounds.spans() == [(179.95, 180.0), (-180.0, -179.95)]
    whole = Grid.covering(Bounds(0, -180, 0.02, 180), 0.01)
    assert whole.cols == 36_000 and whole.bounds == Bounds(0, -180, 0.02, 180)


@pytest.mark.parametrize(
    ("edges", "says"),
    [
        ((1, 0, 0, 1), "south must be less"),
        ((0, 5, 1, 5), "west and east must differ"),
        ((80, 0, 90, 1), "between -85 and 85"),
        ((0, 0, 1, 181), "between -180 and 180"),
        ((math.nan, 0, 1, 1), "finite"),
    ],
)
def test_bounds_that_are_none(edges: tuple[float, float, float, float], says: str) -> None:
    with pytest.raises(InvalidRegion, match=says):
        Bounds(*edges)


def test_the_error_for_a_large_region_names_what_fits() -> None:
    with pytest.raises(InvalidRegion, match=r"4,000,000 cells .* use gridStep 0\.0025 or smaller bounds"):
        Grid.covering(Bounds(20, 20, 22, 22), 0.001).check_size()
    with pytest.raises(InvalidRegion, match="use smaller bounds"):
        Grid.covering(Bounds(0, 0, 20, 20), 0.01).check_size()
    Grid.covering(Bounds(20, 20, 21, 21), 0.001).check_size()


@given(st.floats(0.0001, 0.3), st.floats(0, 0.01), st.sampled_from((-1, 1)), steps)
def test_regions_end_where_the_lattice_does(size: float, short: float, side: int, step: float) -> None:
    edge = 85 - short
    south, north = sorted((side * (edge - size), side * edge))
    grid = Grid.covering(Bounds(south, 10, north, 10.1), step)
    assert abs(grid.bounds.south) <= 85 and abs(grid.bounds.north) <= 85
    assert grid.bounds.south <= south + step and grid.bounds.north >= north - step


@pytest.mark.parametrize("latitude", [84.99, -85, 90])
def test_no_region_at_the_poles(latitude: float) -> None:
    with pytest.raises(InvalidRegion, match="latitudes must be between"):
        Grid.around(latitude, 0, 0.0025)
