"""The kind heatmap_compute: its spec and its arguments."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from app.domain.heatmaps.fields import DEFAULT_GRID_STEP, BoundsInput, GridStep
from app.domain.heatmaps.grid import Grid
from app.domain.jobs.spec import JobSpec, QueueSpec


class HeatmapComputeArgs(BaseModel):
    """A region, as a city or as bounds, and the size of its cells."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)

    city_slug: str | None = Field(default=None, min_length=1, max_length=200)
    bounds: BoundsInput | None = None
    grid_step: GridStep = DEFAULT_GRID_STEP
    force: bool = False
    """Compute the region even if it is up to date."""

    @model_validator(mode="after")
    def _one_region(self) -> Self:
        if (self.city_slug is None) == (self.bounds is None):
            raise ValueError("give either citySlug or bounds {south, west, north, east}")
        return self

    @classmethod
    def for_grid(cls, grid: Grid) -> HeatmapComputeArgs:
        """Return the arguments for exactly these cells."""
        return cls(bounds=BoundsInput(**grid.bounds.as_dict()), grid_step=grid.step)

    def region_key(self) -> str:
        """Return the deduplication key: equal for the same city and step, or for the same cells."""
        if self.bounds is None:
            return f"city:{self.city_slug}:{self.grid_step:g}"
        return Grid.covering(self.bounds.bounds(), self.grid_step).key


HEATMAP_COMPUTE = JobSpec(
    kind="heatmap_compute",
    queue=QueueSpec("heatmap", concurrency=1),
    args=HeatmapComputeArgs,
    timeout=timedelta(hours=24),
    max_attempts=3,
    aliases=("heatmap",),
    dedupe_key=HeatmapComputeArgs.region_key,
)
