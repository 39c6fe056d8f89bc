"""import_undo: reverts what an import inserted or changed, as long as no later import changed it again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.db.core.pool import connection
from app.db.imports import business_changes, runs, undo
from app.db.imports.parcels import PARCELS
from app.db.imports.pois import POIS
from app.db.imports.runs import ImportRunRecord
from app.db.imports.staging import ImportTable
from app.db.imports.voters import VOTERS
from app.db.jobs import records as jobs
from app.domain.imports import kinds
from app.domain.imports.file_series import FileIdentity, is_same_series
from app.domain.imports.kinds import ImportUndoArgs
from app.domain.jobs.outcomes import Failed, Outcome
from workers.core.context import JobContext
from workers.imports.parcel_index import index_parcels

SPEC = kinds.IMPORT_UNDO
TABLES: dict[str, ImportTable] = {
    kinds.VOTER_IMPORT.kind: VOTERS,
    kinds.PARCEL_IMPORT.kind: PARCELS,
    kinds.POI_IMPORT.kind: POIS,
}
COUNTS = ("removed", "restored", "kept", "householdsRemoved", "householdsRestored")


async def run(context: JobContext, args: ImportUndoArgs) -> dict[str, Any] | Outcome:
    """Return how many records were removed, restored, and kept because a later import changed them."""
    async with connection(context.resources.pool) as conn:
        to_undo = await runs.list_of_job(conn, args.import_job_id)
        ended_at = await jobs.get_completed_at(conn, args.import_job_id)
    if not to_undo or ended_at is None:
        return Failed("The import does not exist any more, or it has not ended.")
    state = context.checkpoint or {"undone": [], "after": None, "partialResult": dict.fromkeys(COUNTS, 0)}
    for one in to_undo:
        if str(one.run) not in state["undone"]:
            await _RunUndo(context, one, state).revert(ended_at)
    return dict(state["partialResult"])


class _RunUndo:
    """Reverts one run of the import, from where an interrupted attempt stopped."""

    def __init__(self, context: JobContext, run: ImportRunRecord, state: dict[str, Any]) -> None:
        self._context, self._run, self._state = context, run, state

    async def revert(self, ended_at: datetime) -> None:
        state, counts, run = self._state, self._state["partialResult"], self._run.run
        table = TABLES.get(self._run.kind)
        async with connection(self._context.resources.pool) as conn:
            later = await runs.list_later(conn, run)
        mine = FileIdentity(self._run.place, self._run.columns, self._run.created_by)
        is_covered = any(
            one.is_complete and is_same_series(FileIdentity(one.place, one.columns, one.created_by), mine)
            for one in later
        )
        ids = [one.run for one in later]
        if state["after"] is None:
            async with self._context.step() as step:
                await runs.mark_undone(step.conn, run)
                if table is VOTERS:
                    counts["householdsRestored"] += await undo.restore_households(step.conn, run)
                state |= {"after": "", "removed": 0, "restored": 0}
                step.total = (self._context.total or 0) + self._run.inserted + self._run.updated
                step.checkpoint = state
        more = True
        while more:
            async with self._context.step() as step:
                if table is None:
                    batch = await business_changes.revert_batch(step.conn, run, state["after"], ids)
                else:
                    batch = await undo.revert_batch(
                        step.conn, table, self._run.source, run, state["after"], later=ids, is_covered=is_covered
                    )
                if table is VOTERS and batch.households:
                    removed = await undo.revert_households(step.conn, batch.households, run, ended_at)
                    counts["householdsRemoved"] += removed
                for name, count in (("removed", batch.removed), ("restored", batch.restored)):
                    counts[name] += count
                    state[name] += count
                state["after"], more = batch.last or state["after"], batch.last is not None
                step.processed = batch.removed + batch.restored
                step.checkpoint = state
        async with self._context.step() as step:
            kept = self._run.inserted + self._run.updated - state["removed"] - state["restored"]
            counts["kept"] += max(0, kept)
            await undo.finish(step.conn, run)
            if table is PARCELS:
                await index_parcels(step.conn, self._run.source, self._context.id)
            state["undone"].append(str(run))
            state["after"] = None
            step.processed = max(0, kept)
            step.checkpoint = state
