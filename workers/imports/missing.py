"""After a whole file was imported: count the records that it no longer has, and retire them if that was requested."""

from __future__ import annotations

from uuid import UUID

from app.db.core.pool import connection
from app.db.imports import missing_records, runs
from app.db.imports.staging import ImportTable
from app.db.jobs import records as jobs
from app.domain.imports.file_series import FileIdentity, is_same_series
from app.domain.imports.kinds import ImportArgs, RecordOptions
from app.domain.jobs.outcomes import Failed
from workers.core.context import JobContext
from workers.imports.overwrite_check import identity
from workers.imports.progress import ImportProgress


async def find_missing(
    context: JobContext, args: ImportArgs, table: ImportTable | None, progress: ImportProgress
) -> Failed | None:
    """Count and mark the records of earlier versions of the file that this one does not have.

    A part of a file is not compared. Returns the outcome if so many would be retired that the file may be cut off.
    """
    state = progress.missing
    if progress.completed:
        return Failed(state.refused) if state.refused else None
    if table is None or args.part is not None or not isinstance(args, RecordOptions):
        return None
    async with connection(context.resources.pool) as conn:
        user = await jobs.get_creator_id(conn, context.id)
        mine = FileIdentity(args.place, progress.columns, user)
        others = [
            run for run in await runs.list_of_source(conn, context.job.kind, args.source) if run.run != progress.run
        ]
        earlier = [run.run for run in others if is_same_series(identity(run), mine)]
        state.covers_all = len(earlier) == len(others)
    search = _Search(context, args, table, progress, earlier)
    await search.count()
    if args.dry_run or not state.missing:
        return None
    limit = args.max_retire_rate
    if args.retire_missing and state.missing > limit * state.known:
        state.refused = (
            f"The file has no row for {state.missing:,} of {state.known:,} records of source {args.source!r}, more than"
            f" maxRetireRate ({limit:.0%}) allows to retire: it may be cut off. Its rows were imported, and nothing was"
            " retired. If the file is complete, send it again with maxRetireRate=1."
        )
        await search.mark(retire=False)
        return Failed(state.refused)
    await search.mark(retire=args.retire_missing)
    return None


class _Search:
    def __init__(
        self, context: JobContext, args: ImportArgs, table: ImportTable, progress: ImportProgress, earlier: list[UUID]
    ) -> None:
        self._context, self._args, self._table = context, args, table
        self._progress, self._earlier = progress, earlier

    async def count(self) -> None:
        """Count the records that are missing, from where an interrupted count stopped."""
        state = self._progress.missing
        if not state.counted and not state.after and self._earlier and await self._has_all():
            self._earlier = []
        while not state.counted:
            async with self._context.step() as step:
                if self._earlier:
                    batch = await missing_records.count_batch(
                        step.conn, self._table, self._args.source, self._progress.run, self._earlier, state.after
                    )
                    state.known += batch.known
                    state.missing += batch.missing
                    state.disappeared = (state.disappeared or 0) + batch.disappeared
                    state.after, state.counted = batch.last or "", batch.last is None
                else:
                    state.disappeared, state.counted = 0, True
                step.checkpoint = self._progress.to_checkpoint()

    async def _has_all(self) -> bool:
        """Whether the file has as many records as its source: then none is missing, and they need no visit."""
        counts = self._progress.counts
        seen = counts["updated"] + counts["unchanged"] + (0 if self._args.dry_run else counts["inserted"])
        async with connection(self._context.resources.pool) as conn:
            return seen == await missing_records.count_current(conn, self._table, self._args.source)

    async def mark(self, *, retire: bool) -> None:
        """Mark the missing records, and retire them if `retire` is set."""
        state = self._progress.missing
        while not state.marked:
            async with self._context.step() as step:
                last = await missing_records.mark_batch(
                    step.conn,
                    self._table,
                    self._args.source,
                    self._progress.run,
                    self._earlier,
                    state.after,
                    retire=retire,
                )
                state.after, state.marked = last or "", last is None
                if state.marked and retire:
                    state.retired = state.missing
                step.checkpoint = self._progress.to_checkpoint()
