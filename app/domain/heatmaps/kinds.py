"""The kind heatmap_compute: its spec and its arguments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, model_validator
from pydantic.alias_generators import to_camel

from app.domain.heatmaps.bounds import InvalidRegion
from app.domain.heatmaps.fields import DEFAULT_GRID_STEP, BoundsInput, GridStep
from app.domain.heatmaps.grid import Grid
from app.domain.heatmaps.results import HeatmapComputeResult
from app.domain.jobs.spec import JobSpec, QueueSpec, RecordType, Reference, RequestedArgs


class RegionArgs(BaseModel):
    """A region, as a city or as bounds, and the size of its cells."""

    model_config = ConfigDict(
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        json_schema_extra={"examples": [{"citySlug": "cancun", "gridStep": 0.0025}]},
    )

    city_slug: str | None = Field(default=None, min_length=1, max_length=200)
    """The slug of a city, instead of bounds: of one that was loaded, or of one with at least 15,000 people."""
    bounds: BoundsInput | None = None
    """A rectangle, instead of a city."""
    grid_step: GridStep = DEFAULT_GRID_STEP
    """The size of the cells, in degrees: 0.01 is about a kilometre."""

    @model_validator(mode="after")
    def _one_region(self, info: ValidationInfo) -> Self:
        if (self.city_slug is None) == (self.bounds is None):
            raise ValueError("give either citySlug or bounds {south, west, north, east}")
        if self.bounds is not None and isinstance(info.context, RequestedArgs):
            try:
                Grid.covering(self.bounds.bounds(), self.grid_step).check_size()
            except InvalidRegion as error:
                raise ValueError(str(error)) from None
        return self


class HeatmapComputeArgs(RegionArgs):
    """Compute the heat map of a region: for each cell a score from 0 to 100, how well it is supplied with groceries."""

    force: bool = False
    """Compute the region even if it is up to date."""

    @classmethod
    def for_grid(cls, grid: Grid) -> HeatmapComputeArgs:
        """Return the arguments for exactly these cells."""
        return cls(bounds=BoundsInput(**grid.bounds.as_dict()), grid_step=grid.step)

    def region_key(self) -> str:
        """Return the deduplication key: equal for the same city and step, or for the same cells."""
        if self.bounds is None:
            return f"city:{self.city_slug}:{self.grid_step:g}"
        return Grid.covering(self.bounds.bounds(), self.grid_step).key


def _city(args: HeatmapComputeArgs) -> Sequence[Reference]:
    return [] if args.city_slug is None else [Reference(RecordType.CITY, args.city_slug, "citySlug")]


HEATMAP_COMPUTE = JobSpec(
    kind="heatmap_compute",
    queue=QueueSpec("heatmap", concurrency=1),
    args=HeatmapComputeArgs,
    result=HeatmapComputeResult,
    timeout=timedelta(hours=24),
    max_attempts=3,
    aliases=("heatmap",),
    dedupe_key=HeatmapComputeArgs.region_key,
    references=_city,
)
