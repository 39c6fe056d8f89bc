"""Run an import: a thread reads and checks a chunk of 5,000 rows while the chunk before it is written.

Each chunk is a step: rows, reports, counters and the position in the file commit together. Other steps have at most 50
items; these have more because COPY and one upsert write 5,000 rows in about 150 ms. In fifties it would take ten times
as long.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, BinaryIO, Protocol
from uuid import UUID

from uuid_utils.compat import uuid7

from app.db.core.pool import Connection, connection
from app.db.imports import reports, seen_records, uploads
from app.db.jobs.ledger import ItemError
from app.domain.imports.chunks import Chunk, Reader
from app.domain.imports.kinds import ImportArgs
from app.domain.imports.layout import Layout
from app.domain.imports.row_problems import ProblemCode, RowProblem
from app.domain.jobs.outcomes import Failed, Outcome
from app.domain.text.errors import Unreadable
from app.storage.uploads import Uploads
from workers.core.context import JobContext, Step
from workers.imports.progress import ChunkCounts, ImportProgress

MIN_ROWS_FOR_RATE = 1_000
"""Before these are read, the rate of rejected rows is not compared with `maxErrorRate`."""
MAX_WARNINGS = 10_000
"""Stored per job; the summary counts all of them. Rejected rows are always stored."""


class Importer(Protocol):
    """The differences between the kinds of import."""

    @property
    def counters(self) -> tuple[str, ...]:
        """Names of further counters in the result."""
        ...

    def reader(self, file: BinaryIO, layout: Layout, position: dict[str, Any]) -> Reader:
        """Return a reader of the file that begins at a position. Called in a thread."""
        ...

    async def write(self, conn: Connection, chunk: Chunk, run: UUID) -> ChunkCounts:
        """Write the valid rows of a chunk in the transaction of `conn`."""
        ...

    async def finish(self, step: Step, context: JobContext) -> None:
        """Do what follows from the whole import, in the transaction of its last chunk."""


async def run_import(context: JobContext, args: ImportArgs, importer: Importer) -> dict[str, Any] | Outcome:
    """Import the file from the job's checkpoint on. A file that cannot be read is an outcome, not an exception."""
    async with connection(context.resources.pool) as conn:
        upload = await uploads.find_for_job(conn, args.upload_id, context.id)
    if upload is None:
        return Failed("The uploaded file does not exist, or another user uploaded it. Send the file again.")
    layout = Layout.from_json(upload.layout)
    progress = await _begin(context, args, layout, importer)
    store = await asyncio.to_thread(Uploads, context.resources.settings.uploads_url)
    if not progress.done:
        try:
            file = await asyncio.to_thread(store.open, args.upload_id)
        except FileNotFoundError:
            return Failed("The uploaded file is no longer in the storage. Send it again.")
        try:
            failed = await _ImportRun(context, args, importer, progress).read(file, layout)
        finally:
            await asyncio.to_thread(file.close)
        if failed is not None:
            return failed
    await _remove_files(context, args, store)
    return progress.to_result() | {"dryRun": args.dry_run, "profile": layout.profile}


async def _begin(context: JobContext, args: ImportArgs, layout: Layout, importer: Importer) -> ImportProgress:
    """Return the progress of the job, and delete what an earlier attempt reported about rows that are read again."""
    if context.checkpoint:
        progress = ImportProgress(context.checkpoint, importer.counters)
        line = int(progress.position.get("line", 0))
    else:
        position = args.part.position if args.part else layout.start_position
        progress = ImportProgress({"run": str(uuid7()), "position": position}, importer.counters)
        line = -1
    async with context.step() as step:
        await reports.delete_after_line(step.conn, context.id, line)
        step.checkpoint = progress.to_checkpoint()
    return progress


async def _remove_files(context: JobContext, args: ImportArgs, store: Uploads) -> None:
    """Remove the file unless another job needs it, and files that earlier jobs left: they hold personal data."""
    async with connection(context.resources.pool) as conn:
        if not await uploads.is_needed_by_others(conn, args.upload_id, context.id):
            await asyncio.to_thread(store.remove, args.upload_id)
            await uploads.mark_removed(conn, args.upload_id)
        for upload_id in await uploads.list_stale(conn):
            await asyncio.to_thread(store.remove, upload_id)
            await uploads.mark_removed(conn, upload_id)
        for upload_id in await uploads.select_orphaned(conn, await asyncio.to_thread(store.ids)):
            await asyncio.to_thread(store.remove, upload_id)


class _ImportRun:
    """One attempt to read the file to its end."""

    def __init__(self, context: JobContext, args: ImportArgs, importer: Importer, progress: ImportProgress) -> None:
        self._context, self._args = context, args
        self._importer, self._progress = importer, progress

    async def read(self, file: BinaryIO, layout: Layout) -> Failed | None:
        """Import all chunks. Returns the outcome if the job fails."""
        reader = await asyncio.to_thread(self._importer.reader, file, layout, self._progress.position)
        next_chunk = _start(reader.chunk)
        try:
            while True:
                try:
                    chunk = await asyncio.shield(next_chunk)
                except Unreadable as error:
                    return Failed(str(error))
                if (reason := self._too_many_rejected(chunk)) is not None:
                    await self._report(chunk)
                    return Failed(reason)
                if not chunk.last:
                    next_chunk = _start(reader.chunk)
                await self._write(chunk)
                if chunk.last:
                    return None
        finally:
            # the file must not be closed while the thread reads it
            await asyncio.gather(next_chunk, return_exceptions=True)

    def _too_many_rejected(self, chunk: Chunk) -> str | None:
        """Return the error if this chunk brings more rejected rows than the job allows."""
        args, counts = self._args, self._progress.counts
        rejected, read = counts["rejected"] + chunk.rejected, counts["read"] + chunk.read
        if args.max_errors is not None and rejected > args.max_errors:
            return f"{rejected:,} of {read:,} rows were rejected, more than maxErrors ({args.max_errors:,}) allows"
        if args.max_error_rate is not None and (chunk.last or read >= MIN_ROWS_FOR_RATE) and read:
            rate = rejected / read
            if rate > args.max_error_rate:
                return f"{rate:.1%} of {read:,} rows were rejected, more than maxErrorRate ({args.max_error_rate:.1%})"
        return None

    async def _report(self, chunk: Chunk) -> None:
        """Store the reports of a chunk that is not written, so that the sender sees what is wrong."""
        async with self._context.step() as step:
            await reports.insert_rejected_rows(step.conn, self._context.id, chunk.rejected_rows)
            step.errors = [to_item_error(problem) for problem in chunk.problems if problem.rejects]

    async def _write(self, chunk: Chunk) -> None:
        context, progress = self._context, self._progress
        async with context.step() as step:
            counts = await self._importer.write(step.conn, chunk, progress.run)
            for line, record_id in counts.duplicates:
                chunk.add_duplicate(line, record_id)
            progress.add(chunk, counts)
            await reports.insert_rejected_rows(step.conn, context.id, chunk.rejected_rows)
            reported = [problem for problem in chunk.problems if problem.rejects or self._may_store_warning()]
            step.errors = [to_item_error(problem) for problem in reported]
            step.processed, step.failed = chunk.read, chunk.rejected
            if chunk.last:
                progress.done = True
                step.total = context.processed + chunk.read
                await seen_records.delete_run(step.conn, progress.run)
                await self._importer.finish(step, context)
            step.checkpoint = progress.to_checkpoint()

    def _may_store_warning(self) -> bool:
        self._progress.warnings += 1
        return self._progress.warnings <= MAX_WARNINGS


def _start(read: Callable[[], Chunk]) -> asyncio.Task[Chunk]:
    return asyncio.create_task(asyncio.to_thread(read))


def to_item_error(problem: RowProblem) -> ItemError:
    """Return the problem as an entry of the job's error log."""
    place = f"line {problem.line}"
    column = f", column {problem.column}" if problem.column else ""
    subject = "the record " if problem.code is ProblemCode.DUPLICATE else ""
    return ItemError(problem.record_id or place, None, f"{place}{column}: {subject}{problem.message}", problem.detail())
