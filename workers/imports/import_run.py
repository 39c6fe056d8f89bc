"""Run an import: a thread reads and checks a chunk of 5,000 rows while the chunk before it is written.

Each chunk is a step: rows, reports, counters and the position in the file commit together. Other steps have at most 50
items; these have more because COPY and one upsert write 5,000 rows in about 150 ms. In fifties it would take ten times
as long.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, BinaryIO
from uuid import UUID

from uuid_utils.compat import uuid7

from app.db.core import locks
from app.db.core.locks import Lock
from app.db.core.pool import connection
from app.db.imports import changes, missing_records, reports, runs, seen_records, uploads
from app.db.jobs.ledger import ItemError
from app.domain.imports.chunks import Chunk
from app.domain.imports.file_sample import column_names
from app.domain.imports.kinds import ImportArgs
from app.domain.imports.layout import Layout
from app.domain.imports.row_problems import ProblemCode, RowProblem
from app.domain.jobs.outcomes import Failed, Outcome
from app.domain.text.errors import Unreadable
from app.storage.uploads import Uploads, opened
from workers.core.context import JobContext
from workers.imports.importer import Importer
from workers.imports.missing import find_missing
from workers.imports.overwrite_check import OverwriteCheck
from workers.imports.progress import ImportProgress

MIN_ROWS_FOR_RATE = 1_000
"""Before these are read, the rate of rejected rows is not compared with `maxErrorRate`."""
FILE_IS_GONE = "The uploaded file is no longer in the storage. Send it again."
MAX_WARNINGS = 10_000
"""Stored per job; the summary counts all of them. Rejected rows are always stored."""


async def run_import(context: JobContext, args: ImportArgs, importer: Importer) -> dict[str, Any] | Outcome:
    """Import the file from the job's checkpoint on. A file that cannot be read is an outcome, not an exception."""
    async with connection(context.resources.pool) as conn:
        upload = await uploads.find_for_job(conn, args.upload_id, context.id)
    if upload is None:
        return Failed("The uploaded file does not exist, or another user uploaded it. Send the file again.")
    layout = Layout.from_json(upload.layout)
    store = await asyncio.to_thread(Uploads, context.resources.settings.uploads_url)
    try:
        progress = await _begin(context, args, layout, importer, store)
    except FileNotFoundError:
        return Failed(FILE_IS_GONE)
    if not progress.done:
        try:
            async with opened(store.open, args.upload_id) as file:
                failed = await OverwriteCheck(context, args, importer, progress).run(file, layout)
                if failed is None:
                    failed = await _ImportRun(context, args, importer, progress).read(file, layout)
        except FileNotFoundError:
            return Failed(FILE_IS_GONE)
        if failed is not None:
            return failed
    if (nothing := progress.nothing_usable()) is not None:
        return Failed(nothing)
    failed = await find_missing(context, args, importer.table, progress)
    await _complete(context, args, importer, progress)
    if failed is not None:
        return failed
    await _remove_files(context, args, store)
    return progress.to_result() | {
        "dryRun": args.dry_run,
        "profile": layout.profile,
        "columns": layout.columns,
        "warnings": layout.warnings,
    }


async def _begin(
    context: JobContext, args: ImportArgs, layout: Layout, importer: Importer, store: Uploads
) -> ImportProgress:
    """Return the progress of the job, and delete what an earlier attempt reported about rows that are read again."""
    async with connection(context.resources.pool) as conn:
        begun = UUID(context.checkpoint["run"]) if context.checkpoint else None
        is_undone = begun is not None and await runs.is_undone(conn, begun)
    if context.checkpoint and not is_undone:
        progress = ImportProgress(context.checkpoint, importer.counters)
        line = int(progress.position.get("line", 0))
    else:
        position = args.part.position if args.part else layout.start_position
        progress = ImportProgress({"run": str(uuid7()), "position": position}, importer.counters)
        line = -1
        async with opened(store.open, args.upload_id) as file:
            progress.columns = await asyncio.to_thread(column_names, file, layout)
    derived = {"sourceDerivedFrom": args.source_derived_from} if args.source_derived_from else {}
    progress.source = {"source": args.source} | derived | ({"place": args.place} if args.place else {})
    async with context.step() as step:
        await reports.delete_after_line(step.conn, context.id, line)
        if not args.dry_run:
            await runs.insert(
                step.conn,
                progress.run,
                context.id,
                place=args.place,
                columns=progress.columns,
                file_name=args.file_name,
            )
        step.checkpoint = progress.to_checkpoint()
    return progress


async def _complete(context: JobContext, args: ImportArgs, importer: Importer, progress: ImportProgress) -> None:
    """End the run: what it had to remember is deleted, and what follows from the import is begun."""
    if progress.completed:
        return
    async with context.step() as step:
        progress.completed = True
        if args.dry_run or progress.missing.covers_all or not progress.counts["unchanged"]:
            await seen_records.delete_run(step.conn, progress.run)
        await seen_records.delete_old(step.conn)
        if not args.dry_run:
            await runs.mark_completed(step.conn, progress.run)
        await changes.delete_old(step.conn)
        await importer.finish(step, context)
        step.checkpoint = progress.to_checkpoint()


async def _remove_files(context: JobContext, args: ImportArgs, store: Uploads) -> None:
    """Remove the file unless another job needs it, and files without a record: they hold personal data.

    While a backup runs, they stay, and a later cleanup finds them.
    """
    async with connection(context.resources.pool) as conn, conn.transaction():
        if not await locks.try_acquire_shared(conn, Lock.BACKUP):
            return
        if not await uploads.is_needed_by_others(conn, args.upload_id, context.id):
            await asyncio.to_thread(store.remove, args.upload_id)
            await uploads.mark_removed(conn, args.upload_id)
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
            if not self._args.dry_run:
                await runs.add_counts(step.conn, progress.run, inserted=counts.inserted, updated=counts.updated)
            rejected = [problem.record_id for problem in chunk.problems if problem.rejects and problem.record_id]
            if rejected and self._importer.table is not None:
                await missing_records.note_rejected(step.conn, progress.run, rejected)
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
