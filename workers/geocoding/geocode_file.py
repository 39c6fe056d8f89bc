"""geocode_file: find the coordinates of a file's addresses; the output is the file with columns added.

Every row of the input has a row in the output. Rows that cannot be read have the reason in the column `error`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from app.db.core import locks
from app.db.core.locks import Lock
from app.db.core.pool import Connection, connection
from app.db.geocoding import cache, file_rows
from app.db.geocoding.file_rows import GeocodedRow
from app.db.imports import uploads
from app.domain.addresses.columns import AddressColumns
from app.domain.geocoding import kinds
from app.domain.geocoding.kinds import GeocodeFileArgs
from app.domain.imports.address_files import read_address
from app.domain.imports.layout import Layout
from app.domain.jobs.outcomes import Failed, Outcome
from app.domain.text import csv_writer
from app.domain.text.confidentiality import find_flags
from app.domain.text.csv_reader import CsvReader, Position, Row
from app.domain.text.errors import Unreadable
from app.domain.vocabulary.evidence import PossiblePlace
from app.storage.uploads import Uploads, opened
from workers.core.context import JobContext
from workers.geocoding.item_progress import ItemProgress
from workers.geocoding.items import GeocodeItem, ResolvedItem
from workers.geocoding.job_plan import build_plan
from workers.geocoding.pipeline import Pipeline
from workers.geocoding.quality_report import QualityReport
from workers.geocoding.resolution import describe

SPEC = kinds.GEOCODE_FILE
MAX_CANDIDATES = 5


async def run(context: JobContext, args: GeocodeFileArgs) -> dict[str, Any] | Outcome:
    plan = await build_plan(context, args)
    async with connection(context.resources.pool) as conn:
        upload = await uploads.find_for_job(conn, args.upload_id, context.id)
    if upload is None:
        return Failed("the upload does not exist, or belongs to another user; send the file again")
    state = context.checkpoint or {}
    report = QualityReport.from_checkpoint(state.get("report"))
    if not state or context.processed != context.total:
        store = await asyncio.to_thread(Uploads, context.resources.settings.uploads_url)
        try:
            async with opened(store.open, args.upload_id) as file:
                table = AddressTable(file, Layout.from_json(upload.layout), args, context)
                state = state or await start(context, table)
                progress: ItemProgress[int] = ItemProgress(state.get("reached"), state.get("open", ()))
                since = None if args.use_cache else datetime.fromisoformat(state["startedAt"])
                fixed = {"startedAt": state["startedAt"]}
                pipeline = Pipeline(context, plan, since, progress, report, table.save, fixed)
                await pipeline.run(table.batches(progress))
        except FileNotFoundError:
            return Failed("the uploaded file no longer exists; send it again")
        except Unreadable as error:
            return Failed(str(error))
        await remove_upload(context, store, args.upload_id)
    layout = Layout.from_json(upload.layout)
    columns = {"columns": layout.columns, "warnings": layout.warnings}
    result = {
        "rows": context.processed,
        "failed": context.failed,
        **report.to_result(context.processed, args.cross_check),
        **columns,
    }
    if context.processed and report.unreadable == context.processed:
        async with context.step() as step:
            step.checkpoint = (context.checkpoint or {}) | {"partialResult": result}
        return Failed(nothing_readable(report))
    return result


def nothing_readable(report: QualityReport) -> str:
    """Return the error of a job none of whose rows has an address that can be looked up."""
    reason, count = report.most_frequent_reason()
    subject = "The only row" if report.unreadable == 1 else f"None of the {report.unreadable:,} rows"
    negation = "could not" if report.unreadable == 1 else "could"
    rows = "1 row" if count == 1 else f"{count:,} rows"
    return (
        f"{subject} {negation} be looked up. The most frequent reason ({rows}): {reason}. The column error of the"
        " output has the reason of each."
    )


async def start(context: JobContext, table: AddressTable) -> dict[str, Any]:
    """Count the rows and store the time: without the cache, only newer answers are used."""
    count = await asyncio.to_thread(table.count)
    async with context.step() as step:
        await cache.delete_expired(step.conn)
        await file_rows.delete_all(step.conn, context.id)
        step.total = count
        step.checkpoint = {"startedAt": await cache.read_clock(step.conn)}
    return step.checkpoint


async def remove_upload(context: JobContext, store: Uploads, upload_id: UUID) -> None:
    """Remove the file unless another job needs it; the output does not. A later cleanup finds what stays behind."""
    async with connection(context.resources.pool) as conn, conn.transaction():
        if not await locks.try_acquire_shared(conn, Lock.BACKUP):
            return
        if not await uploads.is_needed_by_others(conn, upload_id, context.id):
            with suppress(OSError):
                await asyncio.to_thread(store.remove, upload_id)
                await uploads.mark_removed(conn, upload_id)


def _ambiguity(candidates: Sequence[PossiblePlace]) -> str:
    """Return what to say about addresses of which none was chosen; empty for none."""
    return f"ambiguous: {'; '.join(place.address for place in candidates[:MAX_CANDIDATES])}" if candidates else ""


class AddressTable:
    """The uploaded file: its rows as items, and their output. Reading blocks, so it is done in a thread."""

    def __init__(self, file: BinaryIO, layout: Layout, args: GeocodeFileArgs, context: JobContext) -> None:
        self._file = file
        self._layout = layout
        self._job_id = context.id
        settings = context.resources.settings
        self._batch_size = settings.geocode_batch_size
        self._country = (args.country or layout.country or settings.default_country).lower()
        self._flags = find_flags(layout.header[: layout.own])
        self._columns = AddressColumns.find(layout.header, args.mapping, layout.findings)

    def _open_reader(self) -> CsvReader:
        return CsvReader(self._file, self._layout.dialect, Position(*self._layout.start))

    def count(self) -> int:
        """Return the number of rows. Blocks."""
        reader, count = self._open_reader(), 0
        while read := len(reader.read(1000)):
            count += read
        return count

    async def batches(self, progress: ItemProgress[int]) -> AsyncIterator[Sequence[GeocodeItem]]:
        """Yield the rows that are not finished.

        A resumed job reads the file again from the start, which takes microseconds per row.
        """
        reader, rows_read, unfinished = self._open_reader(), 0, set(progress.unfinished)
        reached = progress.reached or 0
        while rows := await asyncio.to_thread(reader.read, self._batch_size):
            numbered = list(enumerate(rows, rows_read + 1))
            rows_read += len(rows)
            items = [self._item(number, row) for number, row in numbered if number > reached or number in unfinished]
            if items:
                yield items

    def _item(self, number: int, row: Row) -> GeocodeItem:
        read = read_address(row, self._layout, self._columns, self._country, self._flags)
        return GeocodeItem(number, read.address, read.cells, read.error, note=read.note, known_point=read.point)

    async def save(self, conn: Connection, batch: Sequence[ResolvedItem]) -> dict[Any, str]:
        """Write the output rows; every result can be used."""
        await file_rows.insert(conn, self._job_id, [self._output(resolved) for resolved in batch])
        return {}

    def _output(self, resolved: ResolvedItem) -> GeocodedRow:
        width, delimiter, cells = len(self._layout.header), self._layout.delimiter, resolved.item.source
        place = resolved.resolution.place
        number = int(resolved.item.id)
        line = csv_writer.line([*cells[:width], *[""] * (width - len(cells))], delimiter)
        beyond = csv_writer.line(cells[width:], delimiter) if len(cells) > width else None
        note = "; ".join(filter(None, [resolved.item.note, _ambiguity(resolved.resolution.candidates)])) or None
        if place is None:
            reason = "; ".join(filter(None, [resolved.resolution.reason, note]))
            return GeocodedRow(number, line, beyond, error=reason)
        if contradicts := resolved.resolution.contradicts:
            note = "; ".join(filter(None, [note, f"{place.provider} {describe(contradicts)}"]))
        return GeocodedRow(
            number,
            line,
            beyond,
            latitude=place.latitude,
            longitude=place.longitude,
            accuracy=place.accuracy,
            confidence=place.confidence,
            provider=place.provider,
            matched_address=place.matched_address,
            expected_error_metres=place.expected_error_metres,
            error=note,
        )
