"""Running an import: a thread reads and checks a chunk of 5,000 rows while the one before it is being written.

A chunk is a step: rows, reports, counters and the place in the file commit together. Its 5,000 rows are many more than
the 50 of other steps because COPY and one upsert write them in some 150 ms; in fifties it would take ten times as long.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol
from uuid import UUID

from uuid_utils.compat import uuid7

from app.db.core.pool import Connection, connection
from app.db.imports import staging, uploads
from app.db.jobs.ledger import ItemError
from app.domain.imports.chunks import Chunk, Reader
from app.domain.imports.findings import Code, Finding, Summary
from app.domain.imports.kinds import ImportArgs
from app.domain.imports.layout import Layout
from app.domain.jobs.outcomes import Failed, Outcome
from app.domain.text.errors import Unreadable
from app.storage.uploads import Uploads
from workers.core.context import JobContext, Step

RATE_AFTER = 1_000
"""Rows before a rate of errors says anything."""
MOST_WARNINGS = 10_000
"""Of a job; the summary counts all of them. Rejected rows are all kept."""


@dataclass(frozen=True)
class Outcomes:
    """What became of a chunk's valid rows."""

    inserted: int
    updated: int
    unchanged: int
    duplicates: list[tuple[int, str]]
    more: dict[str, int]
    """Further counters of the kind."""


class Importer(Protocol):
    """What a kind of import adds."""

    @property
    def counters(self) -> tuple[str, ...]:
        """Names of its further counters in the result."""
        ...

    def reader(self, file: BinaryIO, layout: Layout, position: dict[str, Any]) -> Reader: ...

    async def write(self, conn: Connection, chunk: Chunk, run: UUID) -> Outcomes: ...

    async def finish(self, step: Step, context: JobContext) -> None:
        """With the last chunk, in its transaction."""


class Progress:
    """The checkpoint's content."""

    COUNTERS = ("read", "valid", "inserted", "updated", "unchanged", "duplicateInFile", "rejected")

    def __init__(self, checkpoint: dict[str, Any], more: tuple[str, ...]) -> None:
        self.run = UUID(checkpoint["run"])
        """Of this reading of the file; a retry from the start is another one."""
        self.position: dict[str, Any] = checkpoint["position"]
        self.done: bool = checkpoint.get("done", False)
        self.counts: dict[str, int] = checkpoint.get("counts") or dict.fromkeys((*self.COUNTERS, *more), 0)
        self.summary = Summary(checkpoint.get("summary", {}))
        self.warnings: int = checkpoint.get("warnings", 0)

    def checkpoint(self) -> dict[str, Any]:
        return {
            "run": str(self.run),
            "position": self.position,
            "done": self.done,
            "counts": self.counts,
            "summary": self.summary.codes,
            "warnings": self.warnings,
        }

    def result(self) -> dict[str, Any]:
        return self.counts | {"summary": self.summary.codes}


async def run(context: JobContext, args: ImportArgs, importer: Importer) -> dict[str, Any] | Outcome:
    """Import the file, from where the job stands. What is wrong with a file is an outcome, not an exception."""
    async with connection(context.resources.pool) as conn:
        upload = await uploads.get(conn, args.upload_id, context.id)
    if upload is None:
        return Failed("the upload does not exist, or is not yours; send the file again")
    layout = Layout.from_json(upload.layout)
    progress = await begin(context, args, layout, importer)
    store = await asyncio.to_thread(Uploads, context.resources.settings.uploads_url)
    if not progress.done:
        try:
            file = await asyncio.to_thread(store.open, args.upload_id)
        except FileNotFoundError:
            return Failed("the file is no longer in the uploads' storage; send it again")
        try:
            failed = await _Import(context, args, importer, progress).read(file, layout)
        finally:
            await asyncio.to_thread(file.close)
        if failed is not None:
            return failed
    await _clear(context, args, store)
    return progress.result() | {"dryRun": args.dry_run, "profile": layout.profile}


async def begin(context: JobContext, args: ImportArgs, layout: Layout, importer: Importer) -> Progress:
    """Where the job stands; of lines that an earlier attempt reported and that are read again nothing is kept."""
    if context.checkpoint:
        progress = Progress(context.checkpoint, importer.counters)
        line = int(progress.position.get("line", 0))
    else:
        position = args.part.position if args.part else {"offset": layout.start[0], "line": layout.start[1]}
        progress = Progress({"run": str(uuid7()), "position": position}, importer.counters)
        line = -1
    async with context.step() as step:
        await staging.forget_beyond(step.conn, context.id, line)
        step.checkpoint = progress.checkpoint()
    return progress


async def _clear(context: JobContext, args: ImportArgs, store: Uploads) -> None:
    """Remove the file once no other job needs it, and what earlier jobs left: they are full of personal data."""
    async with connection(context.resources.pool) as conn:
        needed = await uploads.needed(conn, args.upload_id, context.id)
        if not needed:
            await asyncio.to_thread(store.remove, args.upload_id)
            await uploads.note_removed(conn, args.upload_id)
        for upload_id in await uploads.stale(conn):
            await asyncio.to_thread(store.remove, upload_id)
            await uploads.note_removed(conn, upload_id)
        for upload_id in await uploads.unknown(conn, await asyncio.to_thread(store.ids)):
            await asyncio.to_thread(store.remove, upload_id)


class _Import:
    """One run over the file."""

    def __init__(self, context: JobContext, args: ImportArgs, importer: Importer, progress: Progress) -> None:
        self._context, self._args = context, args
        self._importer, self._progress = importer, progress

    async def read(self, file: BinaryIO, layout: Layout) -> Failed | None:
        """To the end of the file; answers why the job fails, if it does."""
        reader = await asyncio.to_thread(self._importer.reader, file, layout, self._progress.position)
        coming = _soon(reader.chunk)
        try:
            while True:
                try:
                    chunk = await asyncio.shield(coming)
                except Unreadable as error:
                    return Failed(str(error))
                if (reason := self._too_many(chunk)) is not None:
                    await self._report(chunk)
                    return Failed(reason)
                if not chunk.last:
                    coming = _soon(reader.chunk)
                await self._step(chunk)
                if chunk.last:
                    return None
        finally:
            # the file may be closed only when the thread is through with it
            await asyncio.gather(coming, return_exceptions=True)

    def _too_many(self, chunk: Chunk) -> str | None:
        """Why this chunk is one too many, if it is."""
        args, counts = self._args, self._progress.counts
        rejected, read = counts["rejected"] + chunk.rejected, counts["read"] + chunk.read
        if args.max_errors is not None and rejected > args.max_errors:
            return f"{rejected:,} of {read:,} rows were rejected, more than maxErrors ({args.max_errors:,}) allows"
        if args.max_error_rate is not None and (chunk.last or read >= RATE_AFTER) and read:
            share = rejected / read
            if share > args.max_error_rate:
                return f"{share:.1%} of {read:,} rows were rejected, more than maxErrorRate ({args.max_error_rate:.1%})"
        return None

    async def _report(self, chunk: Chunk) -> None:
        """Keep the reports of a chunk that is not written, so that the sender sees what is wrong."""
        async with self._context.step() as step:
            await staging.keep_rejects(step.conn, self._context.id, chunk.rejects)
            step.errors = [item_error(finding) for finding in chunk.findings if finding.rejects]

    async def _step(self, chunk: Chunk) -> None:
        context, progress = self._context, self._progress
        async with context.step() as step:
            outcomes = await self._importer.write(step.conn, chunk, progress.run)
            for line, record_id in outcomes.duplicates:
                chunk.duplicate(line, record_id)
            self._count(chunk, outcomes)
            await staging.keep_rejects(step.conn, context.id, chunk.rejects)
            kept = [one for one in chunk.findings if one.rejects or self._may_warn()]
            step.errors = [item_error(finding) for finding in kept]
            step.processed, step.failed = chunk.read, chunk.rejected
            if chunk.last:
                progress.done = True
                step.total = context.processed + chunk.read
                await staging.forget(step.conn, progress.run)
                await self._importer.finish(step, context)
            step.checkpoint = progress.checkpoint()

    def _may_warn(self) -> bool:
        self._progress.warnings += 1
        return self._progress.warnings <= MOST_WARNINGS

    def _count(self, chunk: Chunk, outcomes: Outcomes) -> None:
        progress = self._progress
        added = {
            "read": chunk.read,
            "valid": chunk.read - chunk.rejected,
            "inserted": outcomes.inserted,
            "updated": outcomes.updated,
            "unchanged": outcomes.unchanged,
            "duplicateInFile": chunk.duplicates,
            "rejected": chunk.rejected,
        } | outcomes.more
        for name, count in added.items():
            progress.counts[name] += count
        progress.summary.add(chunk.findings)
        progress.position = chunk.position


def _soon(work: Callable[[], Chunk]) -> asyncio.Task[Chunk]:
    return asyncio.create_task(asyncio.to_thread(work))


def item_error(finding: Finding) -> ItemError:
    place = f"line {finding.line}"
    column = f", column {finding.column}" if finding.column else ""
    words = finding.message if finding.code is not Code.DUPLICATE else f"the record {finding.message}"
    return ItemError(finding.record_id or place, None, f"{place}{column}: {words}", finding.detail())
