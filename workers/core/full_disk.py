"""Full disks: jobs wait until somebody has freed some space, however long that takes, instead of failing."""

from __future__ import annotations

import errno

import asyncpg

from app.domain.jobs.outcomes import Snooze

WAIT_SECONDS = 30.0
FULL = {errno.ENOSPC, errno.EDQUOT}
MAX_CAUSES = 10


def wait_for_space(error: BaseException) -> Snooze | None:
    """Return the outcome of a handler that met a full disk; None for every other error.

    Its attempt goes on from the checkpoint, and such waits are not counted: they do not fail the job.
    """
    current: BaseException | None = error
    for _ in range(MAX_CAUSES):
        if current is None:
            return None
        if isinstance(current, asyncpg.DiskFullError):
            return Snooze(WAIT_SECONDS, "waits because the disk of Postgres is full: free some space")
        if isinstance(current, OSError) and current.errno in FULL:
            return Snooze(WAIT_SECONDS, "waits because a disk that the worker writes to is full: free some space")
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return None
