"""Before an import changes anything: would it overwrite what another file brought?

The file is read once without writing if files of another layout, place or user brought records of its source. Otherwise
its first rows are compared with the records of the same ids, and all of it if most of these are other people or things.
Every change of a record counts where the other file has another layout; elsewhere, those of other people or things.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from app.db.core.pool import connection
from app.db.imports import overwrites, runs, seen_records
from app.db.imports.runs import ImportRunRecord
from app.db.imports.staging import ImportTable
from app.db.jobs import records as jobs
from app.domain.imports.file_series import FileIdentity, has_same_columns, is_same_series
from app.domain.imports.kinds import ImportArgs
from app.domain.imports.layout import Layout
from app.domain.jobs.outcomes import Failed
from app.domain.text.errors import Unreadable
from workers.core.context import JobContext
from workers.imports.business_overwrites import find_overwritten
from workers.imports.importer import Importer
from workers.imports.progress import ImportProgress

MOSTLY = 0.5
"""Share of the overwritten records among the first rows that must be others for the whole file to be checked."""


@dataclass(frozen=True)
class _Findings:
    """The records that the file would overwrite, by the run that brought them."""

    records: Counter[UUID]
    others: Counter[UUID]
    """Of these, those that are other people or things."""

    def of(self, run: UUID, *, all_records: bool) -> int:
        return self.records[run] if all_records else self.others[run]


class OverwriteCheck:
    def __init__(self, context: JobContext, args: ImportArgs, importer: Importer, progress: ImportProgress) -> None:
        self._context, self._args = context, args
        self._importer, self._progress = importer, progress
        self._user: UUID | None = None

    async def run(self, file: BinaryIO, layout: Layout) -> Failed | None:
        """Return the outcome if the import must stop. It is checked once, before the first row is written."""
        table = self._importer.table
        if self._progress.checked or self._args.allow_overwrite:
            return None
        if table is not None:
            failed = await self._check(table, file, layout)
        else:
            failed = await find_overwritten(self._context, self._args, self._importer, self._progress, file, layout)
        async with self._context.step() as step:
            self._progress.checked = failed is None
            step.checkpoint = self._progress.to_checkpoint()
        return failed

    async def _check(self, table: ImportTable, file: BinaryIO, layout: Layout) -> Failed | None:
        source = self._args.source
        async with connection(self._context.resources.pool) as conn:
            if not await overwrites.has_records(conn, table, source):
                return None
            earlier = [
                r for r in await runs.list_of_source(conn, self._context.job.kind, source) if not self._is_own(r)
            ]
            self._user = await jobs.get_creator_id(conn, self._context.id)
            mine = FileIdentity(self._args.place, self._progress.columns, self._user)
            foreign = [r.run for r in earlier if not is_same_series(identity(r), mine)]
            if foreign:
                foreign = await overwrites.list_with_records(conn, table, source, foreign)
        found = await self._read(table, file, layout, first_only=not foreign)
        if not foreign:
            if sum(found.others.values()) <= MOSTLY * sum(found.records.values()):
                return None
            found = await self._read(table, file, layout, first_only=False)
        return await self._judge(table, found, {r.run: r for r in earlier})

    def _is_own(self, run: ImportRunRecord) -> bool:
        """Whether the run is of this job, or of another part of its file."""
        return run.job_id == self._context.id or run.run == self._progress.run

    async def _read(self, table: ImportTable, file: BinaryIO, layout: Layout, *, first_only: bool) -> _Findings:
        """Read the file, or its first chunk, and count what it would overwrite. Nothing is written."""
        found = _Findings(Counter(), Counter())
        check = UUID(int=self._progress.run.int ^ 1)  # not the run's own: what is only checked is not imported
        async with self._context.step() as step:  # what an attempt left that was killed
            await seen_records.delete_run(step.conn, check)
        reader = await asyncio.to_thread(self._importer.reader, file, layout, self._progress.position)
        while True:
            try:
                chunk = await asyncio.to_thread(reader.chunk)
            except Unreadable:  # the import itself reports it
                break
            async with self._context.step() as step:
                counted = await overwrites.count_overwritten(step.conn, table, chunk.rows, self._args.source, check)
                for overwrite in counted:
                    found.records[overwrite.run] += overwrite.records
                    found.others[overwrite.run] += overwrite.others
            if chunk.last or first_only:
                break
        async with self._context.step() as step:
            await seen_records.delete_run(step.conn, check)
        return found

    async def _judge(
        self,
        table: ImportTable,
        found: _Findings,
        earlier: dict[UUID, ImportRunRecord],
    ) -> Failed | None:
        args = self._args
        layouts = {run for run, r in earlier.items() if not has_same_columns(r.columns, self._progress.columns)}
        counted = Counter({run: n for run in found.records if (n := found.of(run, all_records=run in layouts))})
        overwritten = counted.total()
        if not overwritten:
            return None
        async with connection(self._context.resources.pool) as conn:
            of = await overwrites.count_of_runs(conn, table, args.source, list(counted))
        read = max(1, self._context.total or 0)
        if max(overwritten / max(1, of), overwritten / read) <= args.max_overwrite_rate:
            return None
        main = earlier.get(counted.most_common(1)[0][0])
        is_own = main is not None and main.created_by == self._user
        self._progress.overwrite = {"records": overwritten, "of": of} | (
            {"fileName": main.file_name if is_own else None, "importedAt": main.started_at.isoformat()} if main else {}
        )
        reason = self._reason(overwritten, of, main)
        if args.dry_run:
            self._progress.overwrite["stops"] = reason
            return None
        return Failed(reason)

    def _reason(self, overwritten: int, of: int, main: ImportRunRecord | None) -> str:
        args = self._args
        brought, why = "of another file", "the records with the same ids are other people or things"
        if main is not None:
            name = (main.file_name or "another file") if main.created_by == self._user else "another user's file"
            brought = f"imported from {name} on {main.started_at:%Y-%m-%d}"
            if not has_same_columns(main.columns, self._progress.columns):
                why = "that file has other columns"
            elif main.place and args.place and main.place != args.place:
                why = f"that file is about {main.place}, this one about {args.place}"
        return (
            f"The import would overwrite {overwritten:,} of {of:,} records {brought} (source {args.source!r}): {why}."
            " Nothing was changed. If the file is of another county or list, send it with source=<a name of its own>;"
            " to replace the records, send it with allowOverwrite=true."
        )


def identity(run: ImportRunRecord) -> FileIdentity:
    """Return what tells the file of a run from others."""
    return FileIdentity(run.place, run.columns, run.created_by)
