"""The kinds geocode_households and geocode_file: their specs and arguments."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from pydantic import Field

from app.domain.geocoding.options import GeocodeOptions
from app.domain.households.filters import HouseholdFilters
from app.domain.jobs.spec import JobSpec, QueueSpec
from app.domain.text.column_mapping import ColumnMapping


class GeocodeHouseholdsArgs(GeocodeOptions):
    """Which households to geocode, and how."""

    filters: HouseholdFilters = HouseholdFilters()
    limit: int | None = Field(default=None, gt=0)
    """Maximum number of households; None for all that match."""
    skip_geocoded: bool = True


class GeocodeFileOptions(GeocodeOptions):
    """How to read and geocode a file."""

    country: str | None = Field(default=None, pattern="^[A-Za-z]{2}$")
    """Country of rows that name none; None for the platform's default."""
    mapping: ColumnMapping = {}
    """Names of columns by address field; they take precedence over the usual column names."""


class GeocodeFileArgs(GeocodeFileOptions):
    """The file to geocode. The layout of the file is stored with its upload."""

    upload_id: UUID
    file_name: str = ""


GEOCODE_HOUSEHOLDS = JobSpec(
    kind="geocode_households",
    queue=QueueSpec("geocode-households", concurrency=1),
    args=GeocodeHouseholdsArgs,
    timeout=timedelta(hours=24),
)

GEOCODE_FILE = JobSpec(
    kind="geocode_file",
    queue=QueueSpec("geocode-file", concurrency=1),
    args=GeocodeFileArgs,
    timeout=timedelta(hours=24),
)
