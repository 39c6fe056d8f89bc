"""The job kinds of imports: voters, parcels, points of interest and businesses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.domain.jobs.spec import DEFAULT_PRIORITY, JobSpec, QueueSpec
from app.domain.text.column_mapping import ColumnMapping
from app.domain.websites.businesses import FROM_CSV

TIMEOUT = timedelta(hours=24)
NO_CONTROL_CHARACTERS = r"^[^\x00-\x1f]*$"


class ImportOptions(BaseModel):
    """The options of every import."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    dry_run: bool = False
    """Read, check and count, but write nothing."""
    max_errors: int | None = Field(default=None, ge=0)
    """Fail as soon as more rows than this are rejected."""
    max_error_rate: float | None = Field(default=None, ge=0, le=1)
    """Fail as soon as more than this share of at least 1,000 rows (at the end: of all) is rejected."""
    source: str = Field(default="", max_length=100, pattern=NO_CONTROL_CHARACTERS)
    """The namespace of the record ids: records of two sources never meet."""


class VoterOptions(ImportOptions):
    county: str = Field(default="", max_length=100, pattern=NO_CONTROL_CHARACTERS)
    """For files that do not name the county; part of the source where ids are unique within a county only."""
    mapping: ColumnMapping = {}
    geocode_after: bool = False
    """When the import is complete, geocode the households that have no coordinates yet."""


class BusinessOptions(ImportOptions):
    mapping: ColumnMapping = {}
    visit: bool = True
    """Create the jobs that visit the websites of new and changed businesses."""


class Part(BaseModel):
    """A run of rows of a file that is too long for one job."""

    model_config = ConfigDict(extra="forbid")

    number: int = Field(ge=1)
    of: int = Field(ge=1)
    position: dict[str, Any]
    """Where the part begins, and how many rows are `left` in it."""


class ImportArgs(ImportOptions):
    """The `data` of an import job. How the file is to be read is stored with the upload."""

    upload_id: UUID
    file_name: str = ""
    part: Part | None = None
    """The rows of the file that this job imports; None for all of them."""


class VoterImportArgs(ImportArgs, VoterOptions):
    """The `data` of a `voter_import` job."""


class BusinessImportArgs(ImportArgs, BusinessOptions):
    """The `data` of a `business_import` job."""

    source: str = Field(default=FROM_CSV, max_length=100, pattern=NO_CONTROL_CHARACTERS)
    """External ids of a named source are its own; those of `csv` are those of the REST interface."""
    priority: int = Field(default=DEFAULT_PRIORITY, ge=1, le=9)
    """Priority of the jobs that visit the websites."""


def _import_spec(kind: str, args: type[ImportArgs], *aliases: str) -> JobSpec:
    queue = QueueSpec(kind.replace("_", "-"), concurrency=1)
    return JobSpec(kind=kind, queue=queue, args=args, timeout=TIMEOUT, aliases=aliases)


VOTER_IMPORT = _import_spec("voter_import", VoterImportArgs, "import_voters")
PARCEL_IMPORT = _import_spec("parcel_import", ImportArgs)
POI_IMPORT = _import_spec("poi_import", ImportArgs)
BUSINESS_IMPORT = _import_spec("business_import", BusinessImportArgs, "import_businesses")

IMPORT_SPECS = (VOTER_IMPORT, PARCEL_IMPORT, POI_IMPORT, BUSINESS_IMPORT)
