"""geocode_file: find where the addresses of a file are; the output is the file with columns added.

Every row of the input gets a row in the output, those too that cannot be read: with the reason in the column `error`.
"""

from __future__ import annotations

import asyncio
import csv
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, BinaryIO
from uuid import UUID

from pydantic import Field

from app.db.core.pool import Connection, connection
from app.db.geocoding import cache, file_rows
from app.db.geocoding.cache import EVER
from app.db.geocoding.file_rows import GeocodedRow
from app.db.imports import uploads
from app.domain.addresses.columns import AddressColumns
from app.domain.geocoding.model import Address, GeocodeOptions
from app.domain.imports.layout import Layout
from app.domain.jobs.outcomes import Failed, Outcome
from app.domain.jobs.spec import JobSpec, QueueSpec
from app.domain.text import csv_writer
from app.domain.text.csv_reader import BrokenRow, CsvReader, Position, Row
from app.domain.text.csv_table import surplus
from app.domain.text.errors import Unreadable
from app.storage.uploads import Uploads
from workers.core.context import JobContext
from workers.geocoding.decisions import Plan
from workers.geocoding.lookup_table import Item
from workers.geocoding.pipeline import Done, Pipeline
from workers.geocoding.progress import Progress
from workers.geocoding.report import Report

NO_ADDRESS = Address(None, None, None, None, None, "")


class GeocodeFileArgs(GeocodeOptions):
    """The job's `data`. How the file is to be read stands with the upload."""

    upload_id: UUID
    file_name: str = ""
    mapping: dict[str, str] = {}
    """Field of an address to the name of its column, before what the header says."""
    country: str | None = Field(default=None, pattern="^[A-Za-z]{2}$")
    """Of rows that name none; None: the platform's own."""


SPEC = JobSpec(
    kind="geocode_file",
    queue=QueueSpec("geocode-file", concurrency=1),
    args=GeocodeFileArgs,
    timeout=timedelta(hours=24),
)


async def run(context: JobContext, args: GeocodeFileArgs) -> dict[str, Any] | Outcome:
    plan = Plan.of(context.resources.geocoders, args)
    async with connection(context.resources.pool) as conn:
        upload = await uploads.find_for_job(conn, args.upload_id, context.id)
    if upload is None:
        return Failed("the upload does not exist, or is not yours; send the file again")
    state = context.checkpoint or {}
    report = Report.of(state["report"]) if "report" in state else Report()
    if not state or context.processed != context.total:
        store = await asyncio.to_thread(Uploads, context.resources.settings.uploads_url)
        try:
            with await asyncio.to_thread(store.open, args.upload_id) as file:
                rows = Rows(file, Layout.from_json(upload.layout), args, context)
                state = state or await begin(context, rows)
                progress: Progress[int] = Progress(state.get("reached"), state.get("open", ()))
                since = EVER if args.use_cache else datetime.fromisoformat(state["startedAt"])
                fixed = {"startedAt": state["startedAt"]}
                pipeline = Pipeline(context, plan, since, progress, report, rows.save, fixed)
                await pipeline.run(rows.batches(progress))
        except FileNotFoundError:
            return Failed("the uploaded file is gone; send it again")
        except Unreadable as error:
            return Failed(str(error))
        await remove(context, store, args.upload_id)
    return {"rows": context.processed, "failed": context.failed, **report.result()}


async def begin(context: JobContext, rows: Rows) -> dict[str, Any]:
    """Count the rows, and note the time: a job that wants fresh answers uses none that is older."""
    count = await asyncio.to_thread(rows.count)
    async with context.step() as step:
        await cache.purge(step.conn)
        await file_rows.clear(step.conn, context.id)
        step.total = count
        step.checkpoint = {"startedAt": await cache.now(step.conn)}
    return step.checkpoint


async def remove(context: JobContext, store: Uploads, upload_id: UUID) -> None:
    """The output needs the file no more; one that stays behind the next cleaning finds."""
    async with connection(context.resources.pool) as conn:
        if not await uploads.is_needed_by_others(conn, upload_id, context.id):
            with suppress(OSError):
                await asyncio.to_thread(store.remove, upload_id)
                await uploads.mark_removed(conn, upload_id)


class Rows:
    """The file's rows as items, and what becomes of them. Reading blocks: it is done in a thread."""

    def __init__(self, file: BinaryIO, layout: Layout, args: GeocodeFileArgs, context: JobContext) -> None:
        self._file = file
        self._layout = layout
        self._context = context
        self._batch = context.resources.settings.geocode_batch_size
        self._country = (args.country or context.resources.settings.default_country).lower()
        self._columns = AddressColumns.find(layout.header, args.mapping)

    def _records(self) -> CsvReader:
        return CsvReader(self._file, self._layout.dialect, Position(*self._layout.start))

    def count(self) -> int:
        records, count = self._records(), 0
        while taken := len(records.read(1000)):
            count += taken
        return count

    async def batches(self, progress: Progress[int]) -> AsyncIterator[Sequence[Item]]:
        """From the first row that is not done: reading a row again costs microseconds, so nobody keeps its place."""
        records, before, left_open = self._records(), 0, set(progress.left_open)
        reached = progress.reached or 0
        while taken := await asyncio.to_thread(records.read, self._batch):
            numbered = list(enumerate(taken, before + 1))
            before += len(taken)
            items = [self._item(row, record) for row, record in numbered if row > reached or row in left_open]
            if items:
                yield items

    def _item(self, row: int, record: Row) -> Item:
        _, cells = record
        if isinstance(cells, BrokenRow):
            return Item(row, NO_ADDRESS, lenient(cells.text, self._layout.delimiter), f"the row {cells.error}")
        width = len(self._layout.header)
        if (error := surplus(cells, width)) is not None:
            return Item(row, NO_ADDRESS, cells, f"the row {error}")
        try:
            address = self._columns.address(cells, self._country)
            return Item(row, address, cells[:width], known=self._columns.coordinates(cells))
        except ValueError as error:
            return Item(row, NO_ADDRESS, cells[:width], str(error))

    async def save(self, conn: Connection, done: Sequence[Done]) -> dict[Any, str]:
        """Write the rows of the output; all of them can be used."""
        await file_rows.insert(conn, self._context.id, [self._output(one) for one in done])
        return {}

    def _output(self, done: Done) -> GeocodedRow:
        width, delimiter, cells = len(self._layout.header), self._layout.delimiter, done.item.row
        return GeocodedRow(
            row=int(done.item.id),
            line=csv_writer.line([*cells[:width], *[""] * (width - len(cells))], delimiter),
            beyond=csv_writer.line(cells[width:], delimiter) if len(cells) > width else None,
            place=done.verdict.place,
            error=None if done.verdict.place else done.verdict.reason,
        )


def lenient(text: str, delimiter: str) -> list[str]:
    """The cells of a line with a stray quote, as best they can be told."""
    try:
        return next(csv.reader([text], delimiter=delimiter))
    except csv.Error:
        return [text]
