"""What is asked of a heat map: a city or bounds, and a step."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic.alias_generators import to_camel

from app.domain.heatmaps.grid import STEPS, Bounds, Grid

DEFAULT_STEP = 0.0025
LISTED = ", ".join(f"{step:g}" for step in STEPS)


def checked_step(step: float) -> float:
    """Raises ValueError for one that there is none of."""
    if step not in STEPS:
        raise ValueError(f"must be one of {LISTED} (degrees)")
    return step


class Edges(BaseModel):
    """Degrees; `west` is greater than `east` across the antimeridian."""

    model_config = ConfigDict(extra="forbid")

    south: float
    west: float
    north: float
    east: float

    @model_validator(mode="after")
    def _check(self) -> Self:
        self.bounds()
        return self

    def bounds(self) -> Bounds:
        return Bounds(self.south, self.west, self.north, self.east)


class HeatmapArgs(BaseModel):
    """The `data` of a heatmap_compute job."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)

    city_slug: str | None = Field(default=None, min_length=1, max_length=200)
    bounds: Edges | None = None
    grid_step: float = DEFAULT_STEP
    force: bool = False
    """Compute it although it is there and no point of interest has changed."""

    _step = field_validator("grid_step")(checked_step)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.city_slug is None) == (self.bounds is None):
            raise ValueError("give either citySlug or bounds {south, west, north, east}")
        return self

    @classmethod
    def of(cls, grid: Grid) -> HeatmapArgs:
        """For just these cells."""
        return cls(bounds=Edges(**grid.bounds.as_dict()), grid_step=grid.step)

    def key(self) -> str:
        """Of the region: the same city and step, or the same cells."""
        if self.bounds is None:
            return f"city:{self.city_slug}:{self.grid_step:g}"
        return Grid.over(self.bounds.bounds(), self.grid_step).key
