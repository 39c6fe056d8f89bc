"""The kinds geocode_households and geocode_file: their specs and arguments."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from app.domain.geocoding.options import JobGeocodeOptions
from app.domain.geocoding.results import GeocodeFileResult, GeocodeHouseholdsResult
from app.domain.households.filters import HouseholdFilters
from app.domain.jobs.spec import JobSpec, QueueSpec, RecordType, Reference, RequestedArgs
from app.domain.text.column_mapping import ColumnMapping

MAX_HOUSEHOLD_IDS = 2_000

FILTER_NAMES = [str(field.alias) for field in HouseholdFilters.model_fields.values()]


class GeocodeHouseholdsArgs(JobGeocodeOptions):
    """Find the coordinates of the households that match the filters, and store them with the households."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"filters": {"city": "Concord", "state": "CA"}, "minAccuracy": "street"}]}
    )

    household_ids: list[UUID] | None = Field(
        default=None, min_length=1, max_length=MAX_HOUSEHOLD_IDS, exclude_if=lambda ids: ids is None
    )
    """Only these households, at most 2,000, as far as they match the filters."""
    filters: HouseholdFilters = Field(default=HouseholdFilters(), validate_default=True)
    """Which households; requests must have at least one filter, or `householdIds`."""
    limit: int | None = Field(default=None, gt=0, lt=2**31)
    """Maximum number of households; null for all that match."""
    skip_geocoded: bool = True
    """Leave out households that have coordinates. Coordinates set by hand are kept in any case, unless `householdIds`
    names the household."""

    @field_validator("filters", mode="after")
    @classmethod
    def _require_one(cls, filters: HouseholdFilters, info: ValidationInfo) -> HouseholdFilters:
        """Refuse requests without a filter: they would geocode all households. Imports create such jobs."""
        if isinstance(info.context, RequestedArgs) and filters.is_empty and not info.data.get("household_ids"):
            raise ValueError(f"must have at least one of {', '.join(FILTER_NAMES)}")
        return filters


class GeocodeFileOptions(JobGeocodeOptions):
    """How to read and geocode a file."""

    country: str | None = Field(default=None, pattern="^[A-Za-z]{2}$")
    """Country of rows that name none, ISO 3166-1 alpha-2; null for the platform's default."""
    mapping: ColumnMapping = {}
    """What holds each field of the address (`address, unit, city, state, zipCode, country, county`, and the parts
    `houseNumber, preDirection, street, streetType, postDirection`), where the usual names of columns do not tell: a
    column, several of which the values are joined by spaces, or a constant, such as
    `{"address": ["HOUSE_NUM", "STREET"], "state": {"constant": "NC"}}`; in requests also `@name` of a saved mapping."""


class GeocodeFileArgs(GeocodeFileOptions):
    """Add coordinates to the addresses in an uploaded CSV file, for download as `/api/v1/jobs/{id}/output.csv`."""

    upload_id: UUID
    """The stored file. Uploads are made by `POST /api/v1/gis/geocode-file`, which also creates the job."""
    file_name: str = ""
    """As it was uploaded; the name of the result is made from it."""


GEOCODE_HOUSEHOLDS = JobSpec(
    kind="geocode_households",
    queue=QueueSpec("geocode-households", concurrency=1),
    args=GeocodeHouseholdsArgs,
    result=GeocodeHouseholdsResult,
    timeout=timedelta(hours=24),
)

GEOCODE_FILE = JobSpec(
    kind="geocode_file",
    queue=QueueSpec("geocode-file", concurrency=1),
    args=GeocodeFileArgs,
    result=GeocodeFileResult,
    timeout=timedelta(hours=24),
    references=lambda args: [Reference(RecordType.UPLOAD, str(args.upload_id), "uploadId")],
)
