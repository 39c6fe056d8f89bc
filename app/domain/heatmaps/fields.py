"""Types of request fields that name a region: bounds and grid steps."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator

from app.domain.heatmaps.bounds import Bounds
from app.domain.heatmaps.grid import STEPS

DEFAULT_GRID_STEP = 0.0025


def check_step(step: float) -> float:
    """Return `step`. Raises ValueError if the grid has no such step."""
    if step not in STEPS:
        raise ValueError(f"must be one of {', '.join(f'{known:g}' for known in STEPS)} (degrees)")
    return step


GridStep = Annotated[float, AfterValidator(check_step)]


class BoundsInput(BaseModel):
    """Edges in degrees. If `west` is greater than `east`, the bounds cross the antimeridian."""

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
