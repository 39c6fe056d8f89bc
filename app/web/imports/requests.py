"""The options of import requests: those of the job, and how the job is made."""

from __future__ import annotations

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.domain.imports.date_orders import DateOrder
from app.domain.imports.kinds import (
    NO_CONTROL_CHARACTERS,
    BusinessOptions,
    ImportOptions,
    RecordOptions,
    ReferenceOptions,
    VoterOptions,
)
from app.domain.imports.upload_kinds import UploadKind
from app.domain.imports.voter_profiles import ProfileName
from app.domain.jobs.spec import DEFAULT_PRIORITY
from app.domain.text.column_mapping import ColumnMapping
from app.web.http.schema_types import RunAt
from app.web.http.uploads import FileOptions, ReadingOptions


class ImportRequest(FileOptions, ImportOptions):
    priority: int = Field(default=DEFAULT_PRIORITY, ge=1, le=9)
    """1 runs first."""
    split: bool = False
    """Create as many jobs as needed for a file that is too long for one."""
    run_at: RunAt | None = None


class RecordImportRequest(ImportRequest, RecordOptions):
    pass


class VoterImportRequest(RecordImportRequest, VoterOptions):
    profile: ProfileName | None = None
    """Layout of the file; recognised from the header if it is not given."""


class PreviewOptions(ReadingOptions):
    """How a file would be imported."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    kind: UploadKind | None = None
    """What the file would be imported as; the most likely kind if it is not given."""
    mapping: ColumnMapping = {}
    """What holds each field, as in the request that imports the file."""
    date_order: DateOrder | None = None
    """Order of day, month and year in dates; found from the values if it is not given."""
    profile: ProfileName | None = None
    """Layout of a voter file; recognised from the header if it is not given."""
    county: str = Field(default="", max_length=100, pattern=NO_CONTROL_CHARACTERS)
    """Of voter files without a county column."""
    country: str | None = Field(default=None, pattern="^[A-Za-z]{2}$")
    """Country of rows of a file to be geocoded that name none, ISO 3166-1 alpha-2."""


class BusinessImportRequest(ImportRequest, BusinessOptions):
    pass


class ReferenceImportRequest(ImportRequest, ReferenceOptions):
    pass
