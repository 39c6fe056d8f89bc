"""The result of a heat map."""

from __future__ import annotations

from datetime import datetime

from app.domain.jobs.results import JobResult


class RegionBounds(JobResult):
    """A rectangle, in degrees."""

    south: float
    west: float
    north: float
    east: float


class HeatmapComputeResult(JobResult):
    """The result of a `heatmap_compute` job. The cells are at `/api/v1/heatmap`."""

    grid_step: float
    """In degrees."""
    bounds: RegionBounds
    cells: int
    method: str
    """The version of the scores."""
    pois: int
    """Points of interest from which they were computed."""
    attribution: str | None = None
    """Text that must be shown with the map."""
    tiles_fetched: int | None = None
    """Parts of the region whose points of interest were fetched anew."""
    warnings: list[str] | None = None
    """What may be incomplete, and why."""
    up_to_date: bool = False
    """Whether nothing had to be computed."""
    computed_at: datetime | None = None
    """When it was computed, if it was up to date."""
