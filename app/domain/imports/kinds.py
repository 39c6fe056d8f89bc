"""The job kinds of imports: voters, parcels, points of interest and businesses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.domain.imports.date_orders import DateOrder
from app.domain.imports.results import (
    BusinessImportResult,
    ImportResult,
    ImportUndoResult,
    ParcelImportResult,
    ParcelReferenceResult,
    PoiImportResult,
    ReferenceCleanupResult,
    ReferenceImportResult,
    VoterImportResult,
)
from app.domain.jobs.spec import DEFAULT_PRIORITY, JobSpec, QueueSpec, RecordType, Reference
from app.domain.text.column_mapping import ColumnMapping
from app.domain.websites.businesses import FROM_CSV

TIMEOUT = timedelta(hours=24)
NO_CONTROL_CHARACTERS = r"^[^\x00-\x1f]*$"


class ImportOptions(BaseModel):
    """The options of every import."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    dry_run: bool = False
    """Read, check and count the rows without writing anything."""
    max_errors: int | None = Field(default=None, ge=0, lt=2**31)
    """Fail as soon as more rows than this are rejected."""
    max_error_rate: float | None = Field(default=None, ge=0, le=1)
    """Fail as soon as more than this share of at least 1,000 rows (at the end: of all) is rejected; 0.02 means 2 %."""
    source: str = Field(default="", max_length=100, pattern=NO_CONTROL_CHARACTERS)
    """Namespace of the record ids: records of different sources are never merged."""
    max_overwrite_rate: float = Field(default=0.05, ge=0, le=1)
    """Stop before anything is changed if a larger share of the records of another file would be overwritten."""
    allow_overwrite: bool = False
    """Overwrite records of another file, however many."""
    mapping: ColumnMapping = {}
    """What holds each field, where the usual names of columns and properties do not tell: a column, several of which
    the values are joined by spaces, or a constant, such as
    `{"id": "Account No", "address": ["HOUSE_NUM", "STREET"], "state": {"constant": "NC"}}`; in requests also `@name` of
    a saved mapping."""
    date_order: DateOrder | None = None
    """Order of day, month and year in dates; found from the values if it is not given. Dates with the year first, or
    with the month in letters, are read in any case."""


class RecordOptions(ImportOptions):
    """The options of imports of files that are published again and again."""

    retire_missing: bool = False
    """Retire the records of earlier versions of the file that this one no longer has, until a later one has them."""
    max_retire_rate: float = Field(default=0.2, ge=0, le=1)
    """Retire nothing and fail if more than this share of the records would be retired: the file may be cut off."""


class VoterOptions(RecordOptions):
    county: str = Field(default="", max_length=100, pattern=NO_CONTROL_CHARACTERS)
    """For files without a county column; part of the source if ids are unique within a county only."""
    geocode_after: bool = False
    """When the import has finished, create a job that geocodes the households without coordinates."""


class BusinessOptions(ImportOptions):
    visit: bool = True
    """Create the jobs that check the websites of new and changed businesses."""


class ReferenceOptions(ImportOptions):
    source: str = Field(default="", max_length=100, pattern=NO_CONTROL_CHARACTERS)
    """Name of the reference data, which replaces earlier data of this name; by default the name of the file."""
    shared: bool | None = None
    """Whether it answers the questions of all users, which only administrators may say; by default, theirs does."""
    country: str | None = Field(default=None, pattern="^[A-Za-z]{2}$")
    """ISO 3166-1 alpha-2; null for the platform's default."""
    state: str = Field(default="", max_length=60, pattern=NO_CONTROL_CHARACTERS)
    """State of addresses that name none; by default that of the county or city of the file."""
    dated: date | None = None
    """The day of the data."""
    licence: str | None = Field(default=None, max_length=200, pattern=NO_CONTROL_CHARACTERS)
    attribution: str | None = Field(default=None, max_length=500, pattern=NO_CONTROL_CHARACTERS)
    """The text that must be shown with the results."""


class Part(BaseModel):
    """A run of rows of a file that is too long for one job."""

    model_config = ConfigDict(extra="forbid")

    number: int = Field(ge=1, lt=2**31)
    """From 1 to `of`."""
    of: int = Field(ge=1, lt=2**31)
    """The number of parts."""
    position: dict[str, Any]
    """Where the part begins, and how many rows are `left` in it."""


class ImportArgs(ImportOptions):
    """The `data` of an import job. How the file is to be read is stored with the upload."""

    upload_id: UUID
    """The stored file. Uploads are made by the routes of imports, which also create the job."""
    file_name: str = ""
    """As it was uploaded; shown in the title of the job."""
    source_derived_from: str = Field(default="", max_length=200)
    """What the source was derived from, unless the sender named it."""
    place: str | None = Field(default=None, max_length=200)
    """The county, city or state that the file is about, if it was found."""
    part: Part | None = None
    """The rows of the file that this job imports; null for all of them."""


class RecordImportArgs(ImportArgs, RecordOptions):
    """The `data` of an import of records with ids of their source."""


class VoterImportArgs(RecordImportArgs, VoterOptions):
    """Import voters from an uploaded voter file, and the households at their addresses."""


class ParcelImportArgs(RecordImportArgs):
    """Import land parcels with their geometry from uploaded GeoJSON or CSV."""


class PoiImportArgs(RecordImportArgs):
    """Import points of interest from uploaded GeoJSON or CSV; heat maps are computed from them."""


class BusinessImportArgs(ImportArgs, BusinessOptions):
    """Import businesses from an uploaded CSV file, and create the jobs that check their websites."""

    source: str = Field(default=FROM_CSV, max_length=100, pattern=NO_CONTROL_CHARACTERS)
    """External ids of a named source are its own; those of `csv` are those of the REST interface."""
    priority: int = Field(default=DEFAULT_PRIORITY, ge=1, le=9)
    """Priority of the jobs that check the websites; 1 runs first."""


class ReferenceImportArgs(ImportArgs, ReferenceOptions):
    """Import addresses with coordinates, from which the geocoder `local` answers."""


def _upload(args: Any) -> Sequence[Reference]:
    return [Reference(RecordType.UPLOAD, str(args.upload_id), "uploadId")]


def _import_spec(kind: str, args: type[ImportArgs], result: type[ImportResult], *aliases: str) -> JobSpec:
    queue = QueueSpec(kind.replace("_", "-"), concurrency=1)
    return JobSpec(
        kind=kind, queue=queue, args=args, result=result, timeout=TIMEOUT, aliases=aliases, references=_upload
    )


VOTER_IMPORT = _import_spec("voter_import", VoterImportArgs, VoterImportResult, "import_voters")
PARCEL_IMPORT = _import_spec("parcel_import", ParcelImportArgs, ParcelImportResult)
POI_IMPORT = _import_spec("poi_import", PoiImportArgs, PoiImportResult)
BUSINESS_IMPORT = _import_spec("business_import", BusinessImportArgs, BusinessImportResult, "import_businesses")
REFERENCE_IMPORT = _import_spec("reference_import", ReferenceImportArgs, ReferenceImportResult)


class ReferenceCleanupArgs(BaseModel):
    """Delete what is left of reference data that was replaced or removed."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    streets_per_step: int = Field(default=1_000, ge=1, le=100_000)
    """Streets that are deleted in one transaction, with their houses."""


REFERENCE_CLEANUP = JobSpec(
    kind="reference_cleanup",
    queue=QueueSpec("reference-cleanup", concurrency=1),
    args=ReferenceCleanupArgs,
    result=ReferenceCleanupResult,
    timeout=TIMEOUT,
    is_internal=True,
)


class ParcelReferenceArgs(BaseModel):
    """Make the addresses of imported parcels reference data."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    source: str = Field(max_length=200)
    """The source of the parcels."""


PARCEL_REFERENCE = JobSpec(
    kind="parcel_reference",
    queue=QueueSpec("parcel-reference", concurrency=1),
    args=ParcelReferenceArgs,
    result=ParcelReferenceResult,
    timeout=TIMEOUT,
    is_internal=True,
)


class ImportUndoArgs(BaseModel):
    """Revert what an import inserted or changed, except what a later import changed again."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    import_job_id: UUID
    """The job of the import."""


IMPORT_UNDO = JobSpec(
    kind="import_undo",
    queue=QueueSpec("import-undo", concurrency=1),
    args=ImportUndoArgs,
    result=ImportUndoResult,
    timeout=TIMEOUT,
    is_internal=True,
    dedupe_key=lambda args: str(args.import_job_id),
)

IMPORT_SPECS = (VOTER_IMPORT, PARCEL_IMPORT, POI_IMPORT, BUSINESS_IMPORT, REFERENCE_IMPORT)
