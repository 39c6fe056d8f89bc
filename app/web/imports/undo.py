"""Undoing an import: a job reverts what it inserted or changed."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from app.db.core import audit
from app.db.core.pool import Connection
from app.db.imports import runs
from app.db.imports.changes import KEPT
from app.db.imports.runs import UndoJob
from app.db.jobs import records as jobs
from app.db.jobs.creator import Creator
from app.domain.imports.kinds import IMPORT_UNDO, REFERENCE_IMPORT, ImportUndoArgs
from app.domain.jobs.polling import FIRST_MS, retry_after
from app.domain.jobs.status import TERMINAL, Status
from app.errors import Conflict, LimitReached
from app.web.accounts import auth
from app.web.http.models import ResponseModel
from app.web.http.operation import LOCATION, RETRY_AFTER, Reply, operation
from app.web.http.request_parsing import path_id
from app.web.http.responses import JSON
from app.web.jobs.access import lock_for_action
from app.web.platform import get_platform

ACTIVE = (Status.PENDING, Status.PROCESSING)


class ImportUndo(ResponseModel):
    """The job that undoes an import. Its result has the counts, too."""

    success: Literal[True] = True
    job_id: UUID
    is_new: bool
    """False if the import is being undone or was undone already."""
    message: str
    removed: int | None = None
    """Records that the import had inserted; null until the job is completed."""
    restored: int | None = None
    """Records that have their previous values again."""
    kept: int | None = None
    """Records that a later import changed, or that are gone."""
    households_removed: int | None = None
    households_restored: int | None = None


@operation(
    "undoImport",
    tag="Imports",
    returns={
        200: Reply(ImportUndo, description="The import is being undone or was undone already."),
        202: Reply(ImportUndo, headers=[LOCATION, RETRY_AFTER]),
    },
    errors=[Conflict, LimitReached],
)
async def undo(request: Request) -> Response:
    """Create a job that reverts what an import inserted or changed.

    The import must have ended; it may have failed or have been cancelled. Records that a later import changed are kept.
    Records that it changed can be restored for 30 days. Undoing it again changes nothing.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    job_id = path_id(request)
    async with (
        platform.pending_limit.creator(user) as creator,
        platform.pool.acquire() as conn,
        conn.transaction(),
    ):
        status = await lock_for_action(conn, job_id, user)
        answer = await _undo(conn, job_id, status, creator)
        if answer.is_new:
            await audit.record(conn, "IMPORT_UNDO_QUEUED", {"was": status}, user_id=user.id, job_id=job_id)
    if not answer.is_new:
        return JSON(answer, 200)
    platform.dispatcher.schedule_pass()
    headers = {"Location": f"/api/v1/jobs/{answer.job_id}", "Retry-After": retry_after(FIRST_MS)}
    return JSON(answer, 202, headers)


async def _undo(conn: Connection, job_id: UUID, status: Status, creator: Creator) -> ImportUndo:
    """Create the job, or return the one that there is. Raises Conflict where there is nothing to undo."""
    of_job = await runs.list_of_job(conn, job_id)
    if status not in TERMINAL:
        raise Conflict(f"Job {job_id} has not ended. Cancel it first.", jobStatus=status)
    if not of_job:
        raise Conflict(f"Job {job_id} is not an import that wrote anything.", jobStatus=status)
    if of_job[0].kind == REFERENCE_IMPORT.kind:
        raise Conflict(
            f"Job {job_id} imported reference data. Remove it with DELETE /api/v1/reference/{of_job[0].run}.",
            jobStatus=status,
        )
    found = await runs.find_undo_job(conn, job_id)
    if found is not None and (
        found.status in ACTIVE or (found.status == "completed" and all(r.undone_at for r in of_job))
    ):
        return _present(found)
    if any(run.forgotten_at and run.updated for run in of_job):
        raise Conflict(
            f"The previous values of the records that job {job_id} changed were kept for {KEPT.days} days and are"
            " deleted. Import the earlier file again to restore them.",
            jobStatus=status,
        )
    total = sum(run.inserted + run.updated for run in of_job)
    new = IMPORT_UNDO.new_job(ImportUndoArgs(import_job_id=job_id), priority=3)
    [created] = await jobs.insert(conn, [new], creator)
    return ImportUndo(job_id=created.id, is_new=created.is_new, message=f"Undoing {total:,} changes")


def _present(job: UndoJob) -> ImportUndo:
    if job.status != "completed" or job.result is None:
        return ImportUndo(job_id=job.id, is_new=False, message="The import is being undone")
    result = job.result
    return ImportUndo(
        job_id=job.id,
        is_new=False,
        message="The import was undone already",
        removed=result.get("removed"),
        restored=result.get("restored"),
        kept=result.get("kept"),
        households_removed=result.get("householdsRemoved"),
        households_restored=result.get("householdsRestored"),
    )
