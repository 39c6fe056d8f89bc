"""The results of imports and of the jobs that follow from them."""

from __future__ import annotations

from datetime import datetime

from app.domain.jobs.results import JobResult
from app.domain.text.column_uses import ReportedColumn


class RowProblemSample(JobResult):
    """A row that has a problem."""

    message: str
    """Continues "the column …" or "the row …"."""
    line: int
    record_id: str | None
    column: str | None
    """Null for the whole row."""
    code: str
    value: str | None
    """Masked."""
    rejected: bool
    """Whether the row was left out."""


class RowProblemCount(JobResult):
    """How many rows have a problem of one code."""

    count: int
    rejected: bool
    """Whether such rows are left out."""
    samples: list[RowProblemSample]


class OverwrittenRecords(JobResult):
    """Records of another file that the import overwrites."""

    records: int
    of: int
    """How many records that file brought."""
    file_name: str | None = None
    imported_at: datetime | None = None
    stops: str | None = None
    """Why the import would be refused, if this is a dry run."""


class ImportResult(JobResult):
    """What an import did with the rows of its file."""

    read: int
    valid: int
    inserted: int
    updated: int
    unchanged: int
    duplicate_in_file: int
    rejected: int
    """Rows left out: `/rejected.csv` of the job has them."""
    disappeared: int | None = None
    """Records of earlier files that this one no longer has."""
    retired: int | None = None
    """Those of them that are no longer active."""
    summary: dict[str, RowProblemCount]
    """Code to the rows that have the problem."""
    source: str
    source_derived_from: str | None = None
    place: str | None = None
    overwrite: OverwrittenRecords | None = None
    dry_run: bool
    profile: str | None
    """The recognised layout of a voter file."""
    columns: list[ReportedColumn]
    warnings: list[str]
    """What may be wrong with the columns."""


class VoterImportResult(ImportResult):
    """The result of a `voter_import` job."""

    protected: int
    """People whose address is confidential."""
    households_created: int


class ParcelImportResult(ImportResult):
    """The result of a `parcel_import` job."""

    protected: int
    """Parcels whose owner is confidential."""


class PoiImportResult(ImportResult):
    """The result of a `poi_import` job."""


class BusinessImportResult(ImportResult):
    """The result of a `business_import` job."""

    excluded: int
    """Businesses that are not to be contacted."""
    jobs_created: int
    """Jobs that check their websites."""


class ReferenceImportResult(ImportResult):
    """The result of a `reference_import` job."""

    streets: int


class ReferenceCleanupResult(JobResult):
    """The result of a `reference_cleanup` job."""

    streets: int
    """How many were deleted."""


class ParcelReferenceResult(JobResult):
    """The result of a `parcel_reference` job."""

    parcels: int
    houses: int
    """Parcels that have a house number."""


class ImportUndoResult(JobResult):
    """The result of an `import_undo` job."""

    removed: int
    restored: int
    kept: int
    """Records that a later import changed again."""
    households_removed: int
    households_restored: int
