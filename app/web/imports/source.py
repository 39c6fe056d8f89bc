"""The source of an imported file: named by its sender, found by its records, or derived from the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from app.db.core.pool import Connection
from app.db.imports import overwrites, runs
from app.db.imports.overwrites import SourceMatch
from app.db.imports.parcels import PARCELS
from app.db.imports.pois import POIS
from app.db.imports.staging import ImportTable
from app.db.imports.voters import VOTERS
from app.domain.imports.chunks import Reader
from app.domain.imports.file_place import FilePlace, find_place
from app.domain.imports.file_sample import sample_parts
from app.domain.imports.file_series import ROW_NUMBER_NAMES, DerivedSource, derive_source, numbers_rows
from app.domain.imports.kinds import PARCEL_IMPORT, POI_IMPORT, REFERENCE_IMPORT, VOTER_IMPORT
from app.domain.imports.layout import Layout
from app.domain.imports.parcels import ParcelReader
from app.domain.imports.pois import PoiReader
from app.domain.imports.voter_profiles import PROFILES
from app.domain.imports.voters import VoterReader
from app.domain.text.errors import Unreadable
from app.errors import BadRequest
from app.web.http.uploads import Upload
from app.web.imports.requests import ImportRequest, VoterImportRequest

MAX_NAME_CHARACTERS = 100
SAMPLE_ROWS = 500
"""From the beginning of a file, to compare with the records that are stored."""
SAME_FILE = 0.5
"""Share of the sample that a source must have as the same people or things for the file to continue it."""
COLLIDING = 0.05
"""Share of the sample whose ids a common source may have for other people or things."""
TABLES: Mapping[str, ImportTable] = {
    VOTER_IMPORT.kind: VOTERS,
    PARCEL_IMPORT.kind: PARCELS,
    POI_IMPORT.kind: POIS,
}


@dataclass(frozen=True)
class FileEvidence:
    """Evidence in a file about the origin of its records."""

    place: FilePlace | None
    derived: DerivedSource
    records: list[dict[str, str | None]] = field(default_factory=list)
    """The first records, by the names of the columns of their table."""
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class SourceChoice:
    source: str
    derived_from: str
    """Empty if the sender named the source."""


def examine(
    upload: Upload, layout: Layout, options: ImportRequest, *, kind: str, default: str, country: str
) -> FileEvidence:
    """Read parts of a stored file. Raises Unreadable where its ids are row numbers."""
    profile = PROFILES.get(layout.profile or "")
    county = options.county if isinstance(options, VoterImportRequest) else ""
    with upload.store.open(upload.id) as file:
        if kind not in TABLES and kind != REFERENCE_IMPORT.kind:
            return FileEvidence(None, DerivedSource(default, "", is_certain=True))
        sample = sample_parts(file, layout, upload.survey.size)
        place = find_place(
            sample,
            [options.layer, upload.name],
            country=country,
            state=profile.state if profile else None,
            owners=kind == PARCEL_IMPORT.kind,
        )
        if kind == REFERENCE_IMPORT.kind:
            return FileEvidence(place, _named_after(upload.name, place, default))
        derived = derive_source(default, place, sample, profile=layout.profile, county=county)
        position = layout.start_position | {"left": SAMPLE_ROWS}
        try:
            rows = open_reader(kind, file, layout, position, options, country).chunk().rows
        except Unreadable:  # the job reports it
            rows = b""
    records = _to_records(TABLES[kind], rows)
    named = [record.values for record in sample[: len(records)]]
    ids = [record["record_id"] or "" for record in records[: len(named)]]
    column = next((n for n in sorted(ROW_NUMBER_NAMES) if named and [v.get(n) for v in named] == ids), "")
    notes = []
    if column and "id" not in options.mapping and "record_id" not in options.mapping and numbers_rows(ids):
        notes.append(
            f"The ids in the column {column} are the numbers of the rows. They identify a record only if later versions"
            " of the file keep them."
        )
    return FileEvidence(place, derived, records, notes)


def _named_after(file_name: str, place: FilePlace | None, default: str) -> DerivedSource:
    """Return the name of reference data: that of the file, since a county publishes several, or else the place."""
    name = PurePath(file_name).name.partition(".")[0].strip()[:MAX_NAME_CHARACTERS]
    if name:
        return DerivedSource(name, "the name of the file", is_certain=True)
    if place is not None:
        return DerivedSource(place.code, place.found_by, is_certain=True)
    return DerivedSource(default, "nothing in the file", is_certain=True)


def open_reader(
    kind: str, file: Any, layout: Layout, position: Mapping[str, int], options: ImportRequest, country: str
) -> Reader:
    """Return the reader with which the job reads the file, too."""
    if isinstance(options, VoterImportRequest):
        return VoterReader(
            file,
            layout,
            position,
            country=country,
            county=options.county,
            mapping=options.mapping,
            date_order=options.date_order,
        )
    if kind == PARCEL_IMPORT.kind:
        return ParcelReader(file, layout, position, country=country, mapping=options.mapping)
    return PoiReader(file, layout, position, mapping=options.mapping)


def _to_records(table: ImportTable, rows: bytes) -> list[dict[str, str | None]]:
    """Return lines of COPY's text format as objects; without columns that are not compared."""
    names = ["line", *table.columns, "row_hash"]
    left_out = {"line", "row_hash", "extra", "geometry", "address_key"}
    return [
        {
            name: cell.replace("\\\\", "\\") or None
            for name, cell in zip(names, line.split("\t"), strict=True)
            if name not in left_out
        }
        for line in rows.decode().split("\n")
        if line
    ]


async def choose_source(
    conn: Connection, kind: str, default: str, evidence: FileEvidence, options: ImportRequest
) -> SourceChoice:
    """Return the source of a file. Raises BadRequest where its sender must name it.

    A file whose records a source has already continues that one, whatever is derived: it is the next version. Records
    from before sources were derived are found in this way, too.
    """
    if options.source:
        return SourceChoice(options.source, "")
    derived = evidence.derived
    if kind not in TABLES:
        return SourceChoice(derived.source, derived.found_by)
    sources = list(dict.fromkeys([derived.source, default, *await runs.list_sources(conn, kind)]))
    matches = {
        match.source: match for match in await overwrites.match_sources(conn, TABLES[kind], sources, evidence.records)
    }
    if (best := _best(matches, derived.source, len(evidence.records))) is not None:
        if best != derived.source:
            return SourceChoice(best, "its records, which this source has already")
        return SourceChoice(best, derived.found_by)
    found = matches.get(derived.source)
    others = found.known - found.same if found else 0
    if not derived.is_certain and others > COLLIDING * len(evidence.records):
        raise BadRequest(
            f"Nothing in the file says which county or register its ids belong to, and {others:,} of its first"
            f" {len(evidence.records):,} ids belong to other records already (source {derived.source!r})."
            " Send source=<name>, the same for every version of this file.",
            field="source",
        )
    return SourceChoice(derived.source, derived.found_by)


def _best(matches: Mapping[str, SourceMatch], preferred: str, records: int) -> str | None:
    """Return the source that has most of the records; None if no source has enough of them."""
    enough = [m for m in matches.values() if records and m.same >= SAME_FILE * records]
    return max(enough, key=lambda m: (m.same, m.source == preferred)).source if enough else None
