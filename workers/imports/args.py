"""The arguments that every import takes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class ImportArgs(BaseModel):
    """The job's `data`. How the file is to be read stands with the upload."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    upload_id: UUID
    file_name: str = ""
    part: Part | None = None
    """The rows of the file that are this job's; None: all of them."""
    dry_run: bool = False
    """Read, check and count, but write nothing."""
    max_errors: int | None = Field(default=None, ge=0)
    """Fail as soon as more rows than this are rejected."""
    max_error_rate: float | None = Field(default=None, ge=0, le=1)
    """Fail as soon as more than this share of at least 1,000 rows (at the end: of all) is rejected."""
    source: str = Field(default="", max_length=100)
    """Whose record ids these are; records of two sources never meet."""


class Part(BaseModel):
    """A run of rows of a file that is too long for one job."""

    model_config = ConfigDict(extra="forbid")

    number: int = Field(ge=1)
    of: int = Field(ge=1)
    position: dict[str, Any]
    """Where it begins, and how many rows are `left` in it."""


ImportArgs.model_rebuild()
