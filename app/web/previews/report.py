"""The preview of an upload: what the file is, its columns, and its first rows as an import would store them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic.alias_generators import to_camel

from app.db.accounts.users import User
from app.domain.imports import layout, preview_rows
from app.domain.imports.first_rows import FirstRows, read_first_rows
from app.domain.imports.layout import Layout
from app.domain.imports.preview_rows import PreviewRow
from app.domain.imports.survey import FileFormat
from app.domain.imports.upload_kinds import UploadKind, likely_kinds
from app.domain.imports.voter_profiles import ProfileName
from app.domain.text.columns import mapped_names
from app.domain.text.csv_reader import CsvReader, Position
from app.domain.text.errors import Unreadable
from app.web.http.file_columns import ColumnModel, present_columns
from app.web.http.kept_files import KeptFile
from app.web.http.models import RawObject, ResponseModel
from app.web.http.saved_mappings import SuggestedMapping, find_suggestion
from app.web.http.uploads import Upload
from app.web.imports.requests import PreviewOptions
from app.web.platform import Platform
from app.web.previews.kinds import KINDS, Environment

JOB_KINDS = {
    UploadKind.VOTERS: "voter_import",
    UploadKind.PARCELS: "parcel_import",
    UploadKind.POIS: "poi_import",
    UploadKind.BUSINESSES: "business_import",
    UploadKind.GEOCODE_FILE: "geocode_file",
    UploadKind.REFERENCE: "reference_import",
}
"""The kinds that mappings are saved for."""
OF_LAND = frozenset({UploadKind.PARCELS, UploadKind.POIS, UploadKind.REFERENCE})
KNOWN = frozenset(name for kind in KINDS.values() for name in kind.names.known)
"""The names of columns that any kind knows, in canonical form."""
EXACT_BYTES = 4 << 20
"""The rows of a table up to this size are counted."""


class UploadPart(ResponseModel):
    """A sheet of a spreadsheet, or a layer of map data."""

    name: str
    rows: int | None
    """Null if it was not counted."""


class UploadModel(ResponseModel):
    """A file that is kept for a day, so that it can be looked at and imported."""

    id: UUID
    file_name: str
    """Empty if it was sent without one."""
    received_bytes: int
    size_bytes: int
    """Unpacked and converted, as it counts against what you may store."""
    format: FileFormat | None
    """How it is read; null if an option is needed first: see `problem`."""
    converted_from: str | None
    """The format that it was converted from, such as `spreadsheet`; null for text that is read as it is."""
    packing: str | None
    """`gzip`, `zip` or null."""
    encoding: str
    crs: str | None
    """The coordinate system that you named."""
    parts: list[UploadPart]
    """The sheets or layers that can be chosen."""
    part: str | None
    """The one that is read; `*` for all layers."""
    created_at: datetime
    expires_at: datetime
    """When it is removed. Jobs that were made from it keep what they need."""


class PreviewColumn(ColumnModel):
    """A column of the file, what it is taken for, and some of its values."""

    samples: list[str]
    """Up to five values that differ; none of protected people."""


class PreviewProblem(ResponseModel):
    """What is wrong with a row."""

    column: str | None
    """Null for the whole row."""
    code: str
    message: str
    """Continues "the column …" or "the row …"."""
    rejects: bool
    """Whether the row is left out."""


class PreviewRecord(ResponseModel):
    """A row as it would be stored."""

    line: int
    """In the file, from 1; of map data, the number of the feature."""
    record: RawObject | None
    """By field, without those that are empty; null for a row that is left out."""
    cells: list[str] | None
    """Of a row that is left out, as it is in the file."""
    problems: list[PreviewProblem]
    is_protected: bool
    """Whether the person's data is not shown, because the address is confidential."""


class UploadPreview(ResponseModel):
    """What an uploaded file is, and how its first rows would be stored."""

    upload: UploadModel
    kind: UploadKind | None
    """What it would be imported as; null if the file cannot be read yet."""
    profile: ProfileName | None
    """The recognised layout of a voter file."""
    delimiter: str | None
    """Of a table."""
    rows: int | None
    """Rows or features."""
    rows_are_exact: bool
    """False for an estimate from the number of lines."""
    fields: list[str]
    """The fields that `mapping` may name."""
    columns: list[PreviewColumn]
    mapping: RawObject
    """What holds each field. Send it, or a changed one, as `mapping` with the import."""
    suggested_mapping: SuggestedMapping | None
    """Your saved mapping for files with the same columns."""
    records: list[PreviewRecord]
    """The first 20 rows."""
    notes: list[str]
    """What was found in the file, in sentences."""
    warnings: list[str]
    """What may be wrong with the columns, in sentences."""
    problem: str | None
    """Why the file cannot be imported like this, and what to do; null if it can."""


def present_upload(kept: KeptFile) -> UploadModel:
    record, content = kept.record, kept.content
    return UploadModel(
        id=record.id,
        file_name=record.name,
        received_bytes=content.received_bytes,
        size_bytes=record.size_bytes,
        format=content.format,
        converted_from=content.source or None,
        packing=content.packing,
        encoding=content.encoding,
        crs=content.crs or None,
        parts=[UploadPart(name=part.name, rows=part.rows) for part in content.parts],
        part=content.part or None,
        created_at=record.created_at,
        expires_at=record.kept_until,
    )


@dataclass(frozen=True)
class _Findings:
    """Findings from the beginning of a file."""

    kind: UploadKind
    layout: Layout | None
    rows: list[PreviewRow]
    first: FirstRows
    protected: frozenset[int]
    count: int
    is_exact: bool
    problem: str | None


async def preview(platform: Platform, user: User, kept: KeptFile, options: PreviewOptions) -> UploadPreview:
    """Return the preview of a stored file. Of what cannot be read there is a `problem`, not an error."""
    content = kept.content
    if content.format is None:
        return _empty(kept, options, content.problem)
    name, features = kept.record.name, content.features
    upload = Upload(kept.record.id, name, {}, kept.survey, features, kept.record.sha256, [], content.format, kept.store)
    around = Environment(platform.settings.default_country, platform.normalise_website)
    try:
        found = await asyncio.to_thread(_examine, upload, options, around)
    except Unreadable as error:
        return _empty(kept, options, str(error))
    suggestion = None
    if not options.mapping and (job_kind := JOB_KINDS.get(found.kind)):
        suggestion = await find_suggestion(platform, user, job_kind, upload, KINDS[found.kind].names.known)
    return _present(kept, options, found, suggestion)


def _empty(kept: KeptFile, options: PreviewOptions, problem: str) -> UploadPreview:
    return UploadPreview(
        upload=present_upload(kept),
        kind=options.kind,
        profile=None,
        delimiter=None,
        rows=None,
        rows_are_exact=False,
        fields=_fields(options.kind),
        columns=[],
        mapping={},
        suggested_mapping=None,
        records=[],
        notes=list(kept.content.notes),
        warnings=[],
        problem=problem,
    )


def _fields(kind: UploadKind | None) -> list[str]:
    return [] if kind is None else [to_camel(name) for name in KINDS[kind].names.names]


def _examine(upload: Upload, options: PreviewOptions, around: Environment) -> _Findings:
    """Read the beginning of the file. Blocks. Raises Unreadable for a file without a usable header."""
    kind, found, problem = _choose(upload, options, around)
    rows: list[PreviewRow] = []
    plain = found or _plain_layout(upload, options)
    if found is not None:
        try:
            with upload.store.open(upload.id) as file:
                rows = KINDS[kind].read(file, found, options, around)
        except Unreadable as error:
            problem = str(error)
    known = {row.line for row in rows if (row.record or {}).get("protected")}
    with upload.store.open(upload.id) as file:
        first = read_first_rows(file, plain, known, of_people=kind not in OF_LAND)
        file.seek(0)
        count, is_exact = _count(file, upload, plain)
    return _Findings(kind, found, rows[: preview_rows.ROWS], first, first.protected, count, is_exact, problem)


def _choose(
    upload: Upload, options: PreviewOptions, around: Environment
) -> tuple[UploadKind, Layout | None, str | None]:
    """Return the kind with its layout, or with the reason why there is none."""
    if options.kind is not None:
        kinds = [options.kind]
    else:
        plain = _plain_layout(upload, options)
        with upload.store.open(upload.id) as file:
            first = read_first_rows(file, plain)
        kinds = likely_kinds(first.columns, first.geometries)
    problems: list[str] = []
    for kind in kinds:
        try:
            return kind, KINDS[kind].recognise(upload, options, around), None
        except Unreadable as error:
            problems.append(str(error))
    return kinds[0], None, problems[0]


def _plain_layout(upload: Upload, options: PreviewOptions) -> Layout:
    """Return how the file is read whatever its columns mean. Raises Unreadable."""
    if upload.format is not FileFormat.DELIMITED:
        return Layout(upload.format, [])
    return layout.recognise_table(upload.survey, KNOWN | mapped_names(options.mapping), options.header)


def _count(file: Any, upload: Upload, found: Layout) -> tuple[int, bool]:
    if upload.features is not None:
        return upload.features, True
    if found.format is FileFormat.DELIMITED and upload.survey.size <= EXACT_BYTES:
        reader, count = CsvReader(file, found.dialect, Position(*found.start)), 0
        while read := len(reader.read(5_000)):
            count += read
        return count, True
    return max(0, upload.survey.lines - found.start[1]), False


def _present(
    kept: KeptFile, options: PreviewOptions, found: _Findings, suggestion: SuggestedMapping | None
) -> UploadPreview:
    is_table = kept.content.format is FileFormat.DELIMITED
    uses = found.layout.columns if found.layout else []
    columns = _columns(uses, found.first)
    hidden = {row.line for row in found.rows if row.line in found.protected or (row.record or {}).get("protected")}
    notes = [*kept.content.notes, *(found.layout.notes if found.layout else [])]
    return UploadPreview(
        upload=present_upload(kept),
        kind=found.kind,
        profile=found.layout.profile if found.layout else None,
        delimiter=found.layout.delimiter if found.layout and is_table else None,
        rows=found.count,
        rows_are_exact=found.is_exact,
        fields=_fields(found.kind),
        columns=columns,
        mapping=_mapping(columns, options),
        suggested_mapping=suggestion,
        records=[_record(row, row.line in hidden) for row in preview_rows.hide(found.rows, found.protected)],
        notes=notes,
        warnings=found.layout.warnings if found.layout else [],
        problem=found.problem,
    )


def _columns(uses: list[dict[str, Any]], first: FirstRows) -> list[PreviewColumn]:
    samples = dict(zip(first.columns, first.samples, strict=True))
    if uses:
        entries = [model.model_dump() for model in present_columns(uses)]
    else:
        unused: dict[str, Any] = {"fields": [], "rule": None, "kept": False, "looks_like": None, "note": None}
        entries = [{"column": name, **unused} for name in first.columns]
    return [PreviewColumn(**entry, samples=samples.get(entry["column"], [])) for entry in entries]


def _mapping(columns: list[PreviewColumn], options: PreviewOptions) -> dict[str, Any]:
    """Return what holds each field: what was asked for, and otherwise what was found."""
    found: dict[str, list[str]] = {}
    for column in columns:
        for name in column.fields:
            found.setdefault(name, []).append(column.column)
    mapping: dict[str, Any] = {name: names[0] if len(names) == 1 else names for name, names in found.items()}
    asked: Mapping[str, Any] = options.model_dump(mode="json", by_alias=True)["mapping"]
    return mapping | {to_camel(name): value for name, value in asked.items()}


def _record(row: PreviewRow, is_protected: bool) -> PreviewRecord:
    return PreviewRecord(
        line=row.line,
        record=row.record,
        cells=row.cells,
        problems=[
            PreviewProblem(column=p.column, code=p.code, message=p.message, rejects=p.rejects) for p in row.problems
        ],
        is_protected=is_protected,
    )
