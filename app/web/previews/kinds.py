"""The kinds of import for a preview: how each recognises a file's layout and reads its first rows.

Both are done by the functions of the imports themselves, so that a preview shows what an import stores.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, BinaryIO

from pydantic import ValidationError
from pydantic.alias_generators import to_camel

from app.domain.addresses.columns import COLUMNS as ADDRESS_COLUMNS
from app.domain.addresses.columns import AddressColumns
from app.domain.companies import input as companies
from app.domain.companies.input import NewCompany
from app.domain.households import input as households
from app.domain.imports import copied_records, layout, parcels, pois, preview_rows, voters
from app.domain.imports.address_files import read_address, split_leniently
from app.domain.imports.businesses import BusinessReader
from app.domain.imports.column_report import VOCABULARIES
from app.domain.imports.first_rows import ROWS
from app.domain.imports.layout import Layout
from app.domain.imports.preview_rows import PreviewProblem, PreviewRow
from app.domain.imports.reference_points import PointChunk
from app.domain.imports.survey import FileFormat
from app.domain.imports.upload_kinds import UploadKind
from app.domain.text.column_uses import ColumnUse, to_report
from app.domain.text.columns import Vocabulary, mapped_names
from app.domain.text.confidentiality import find_flags
from app.domain.text.csv_reader import BrokenRow, CsvReader, Position
from app.domain.text.errors import Unreadable
from app.web.geocoding import geocode_file
from app.web.geocoding.geocode_file import GeocodeFileRequest
from app.web.http.problems import invalid
from app.web.http.uploads import Upload
from app.web.imports import create, routes
from app.web.imports.create import ImportRoute
from app.web.imports.create_reference import REFERENCE
from app.web.imports.requests import PreviewOptions
from app.web.imports.source import open_reader


@dataclass(frozen=True)
class Environment:
    """The settings and servers on which reading depends besides the file and the options."""

    country: str
    """The installation's, ISO 3166-1 alpha-2."""
    normalise_website: Callable[[str], str]


Recognise = Callable[[Upload, PreviewOptions, Environment], Layout]
Read = Callable[[BinaryIO, Layout, PreviewOptions, Environment], list[PreviewRow]]


@dataclass(frozen=True)
class PreviewKind:
    names: Vocabulary
    """The fields that a mapping may name."""
    recognise: Recognise
    """Returns the layout with its columns. Raises Unreadable where the file cannot be imported as this kind."""
    read: Read
    """Returns the first rows as the import stores them. Raises Unreadable."""


def _options(route: ImportRoute, options: PreviewOptions) -> Any:
    return route.options.model_validate(options.model_dump(include=set(route.options.model_fields), exclude_unset=True))


def _imported(route: ImportRoute, fields: tuple[str, ...]) -> PreviewKind:
    """Return the kind of an import; `fields` are those of its records in the order of the reader's rows."""
    shown = {to_camel(name) for name in fields if name != "address_key"}

    def recognise(upload: Upload, options: PreviewOptions, around: Environment) -> Layout:
        return create.recognise(route, upload, _options(route, options), around.country)

    def read(file: BinaryIO, found: Layout, options: PreviewOptions, around: Environment) -> list[PreviewRow]:
        reader = open_reader(route.spec.kind, file, found, _start(found), _options(route, options), around.country)
        chunk = reader.chunk()
        records = copied_records.copied_records(chunk.rows, fields)
        kept = ((line, {k: v for k, v in record.items() if k in shown}) for line, record in records)
        return preview_rows.from_chunk(chunk, kept)

    return PreviewKind(VOCABULARIES[route.spec.kind], recognise, read)


def _recognise_businesses(upload: Upload, options: PreviewOptions, around: Environment) -> Layout:
    return create.recognise(routes.BUSINESSES, upload, _options(routes.BUSINESSES, options), around.country)


def _read_businesses(file: BinaryIO, found: Layout, options: PreviewOptions, around: Environment) -> list[PreviewRow]:
    normalise = around.normalise_website
    chunk = BusinessReader(file, found, _start(found), normalise=normalise, mapping=options.mapping).chunk()
    records = ((line, new.model_dump(by_alias=True, exclude_none=True)) for line, new in chunk.businesses)
    return preview_rows.from_chunk(chunk, records)


def _recognise_reference(upload: Upload, options: PreviewOptions, around: Environment) -> Layout:
    return create.recognise(REFERENCE, upload, _options(REFERENCE, options), around.country)


def _read_reference(file: BinaryIO, found: Layout, options: PreviewOptions, around: Environment) -> list[PreviewRow]:
    reader = open_reader(REFERENCE.spec.kind, file, found, _start(found), _options(REFERENCE, options), around.country)
    chunk = reader.chunk()
    records = chunk.batch.records() if isinstance(chunk, PointChunk) else []
    return preview_rows.from_chunk(chunk, ((line, _filled(record)) for line, record in records))


def _start(found: Layout) -> dict[str, int]:
    return found.start_position | {"left": ROWS}


def _recognise_table(names: Vocabulary, columns_of: Callable[[bytes, PreviewOptions], list[ColumnUse]]) -> Recognise:
    """Return the function for a kind whose reader takes a whole table."""

    def recognise(upload: Upload, options: PreviewOptions, around: Environment) -> Layout:
        if upload.format is not FileFormat.DELIMITED:
            raise Unreadable("Send a table with a header (CSV, tab-separated text or a spreadsheet), not map data.")
        found = layout.recognise_table(upload.survey, names.known | mapped_names(options.mapping), True)
        with upload.store.open(upload.id) as file:
            raw = _beginning(file, found)
        return replace(found, columns=to_report(columns_of(raw, options)))

    return recognise


def _company_columns(raw: bytes, options: PreviewOptions) -> list[ColumnUse]:
    return companies.from_csv(raw, ROWS, options.mapping)[1]


def _household_columns(raw: bytes, options: PreviewOptions) -> list[ColumnUse]:
    return households.from_csv(raw, "us", ROWS, options.mapping).columns


def _recognise_addresses(upload: Upload, options: PreviewOptions, around: Environment) -> Layout:
    request = GeocodeFileRequest(header=options.header, mapping=options.mapping)
    return geocode_file.recognise(upload, request)


def _read_companies(file: BinaryIO, found: Layout, options: PreviewOptions, around: Environment) -> list[PreviewRow]:
    rows = []
    cells = _cells(file, found)
    for line, values in companies.from_csv(_beginning(file, found), ROWS, options.mapping)[0]:
        row = PreviewRow(line)
        if isinstance(values, str):
            row.problems = [PreviewProblem(None, "unreadable", values, rejects=True)]
        else:
            try:
                new = NewCompany.model_validate(values, by_name=True)
                row.record = new.model_dump(by_alias=True, exclude_none=True)
            except ValidationError as error:
                findings = invalid(error, NewCompany).findings
                row.problems = [PreviewProblem(None, "invalid", f"{field} {text}", True) for field, text in findings]
        row.cells = cells.get(line) if row.record is None else None
        rows.append(row)
    return rows


def _read_households(file: BinaryIO, found: Layout, options: PreviewOptions, around: Environment) -> list[PreviewRow]:
    batch = households.from_csv(_beginning(file, found), around.country, ROWS, options.mapping)
    rows = {
        line: PreviewRow(line, _filled(asdict(household)))
        for line, household in zip(batch.lines, batch.households, strict=True)
    }
    for errors, rejects in ((batch.errors, True), (batch.warnings, False), (batch.remarks, False)):
        for error in errors:
            message = f"{error.field} {error.error}" if error.field else error.error
            problem = PreviewProblem(None, "invalid", message, rejects)
            rows.setdefault(error.line, PreviewRow(error.line)).problems.append(problem)
    cells = _cells(file, found)
    for line, row in rows.items():
        row.cells = cells.get(line) if row.record is None else None
    return [rows[line] for line in sorted(rows)]


def _cells(file: BinaryIO, found: Layout) -> dict[int, list[str]]:
    """Return the first rows by line, for those that are left out."""
    file.seek(0)
    rows = CsvReader(file, found.dialect, Position(*found.start)).read(ROWS)
    file.seek(0)
    return {
        line: cells.cells or split_leniently(cells.text, found.delimiter) if isinstance(cells, BrokenRow) else cells
        for line, cells in rows
    }


def _read_addresses(file: BinaryIO, found: Layout, options: PreviewOptions, around: Environment) -> list[PreviewRow]:
    columns = AddressColumns.find(found.header, options.mapping, found.findings)
    country = (options.country or found.country or around.country).lower()
    flags = find_flags(found.header[: found.own])
    rows = []
    for row in CsvReader(file, found.dialect, Position(*found.start)).read(ROWS):
        read = read_address(row, found, columns, country, flags)
        if read.error is not None:
            problem = PreviewProblem(None, "no_address", read.error.removeprefix("the row "), rejects=False)
            rows.append(PreviewRow(row[0], None, read.cells, [problem]))
            continue
        fields = asdict(read.address)
        record = _filled({"address": fields.pop("street"), **fields})
        if read.point is not None:
            record |= {"latitude": read.point[0], "longitude": read.point[1]}
        problems = [PreviewProblem(None, "left_out", read.note, rejects=False)] if read.note else []
        rows.append(PreviewRow(row[0], record, None, problems))
    return rows


def _beginning(file: BinaryIO, found: Layout) -> bytes:
    """Return the file up to the end of its first rows, for readers that take a whole table."""
    reader = CsvReader(file, found.dialect, Position(*found.start))
    list(reader.read(ROWS))
    file.seek(0)
    return file.read(reader.position.offset)


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {to_camel(name): value for name, value in values.items() if value not in (None, "")}


KINDS: Mapping[UploadKind, PreviewKind] = {
    UploadKind.VOTERS: _imported(routes.VOTERS, voters.COLUMNS),
    UploadKind.PARCELS: _imported(routes.PARCELS, parcels.COLUMNS),
    UploadKind.POIS: _imported(routes.POIS, pois.COLUMNS),
    UploadKind.BUSINESSES: PreviewKind(VOCABULARIES["business_import"], _recognise_businesses, _read_businesses),
    UploadKind.COMPANIES: PreviewKind(
        companies.COLUMNS, _recognise_table(companies.COLUMNS, _company_columns), _read_companies
    ),
    UploadKind.HOUSEHOLDS: PreviewKind(
        households.COLUMNS, _recognise_table(households.COLUMNS, _household_columns), _read_households
    ),
    UploadKind.GEOCODE_FILE: PreviewKind(ADDRESS_COLUMNS, _recognise_addresses, _read_addresses),
    UploadKind.REFERENCE: PreviewKind(VOCABULARIES["reference_import"], _recognise_reference, _read_reference),
}
