"""Types of request fields that name a region: bounds and grid steps."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from app.domain.heatmaps.bounds import Bounds
from app.domain.heatmaps.grid import STEPS

DEFAULT_GRID_STEP = 0.0025


def check_step(step: float) -> float:
    """Return `step`. Raises ValueError if the grid has no such step."""
    if step not in STEPS:
        raise ValueError(f"must be one of {', '.join(f'{known:g}' for known in STEPS)} (degrees)")
    return step


GridStep = Annotated[float, AfterValidator(check_step), Field(json_schema_extra={"enum": list(STEPS)})]
"""The size of cells in degrees."""


class BoundsInput(BaseModel):
    """Edges in degrees. If `west` is greater than `east`, the bounds cross the antimeridian."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"south": 21.1, "west": -86.9, "north": 21.18, "east": -86.8}]},
    )

    south: float
    """From -85 to 85."""
    west: float
    """From -180 to 180."""
    north: float
    """Greater than `south`; from -85 to 85."""
    east: float
    """From -180 to 180; less than `west` across the antimeridian."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        self.bounds()
        return self

    def bounds(self) -> Bounds:
        return Bounds(self.south, self.west, self.north, self.east)
