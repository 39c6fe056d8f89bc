"""Why a request could not be served at the moment: each cause has its own message."""

from __future__ import annotations

import errno

import asyncpg

from app.db.core.pool import TRY_AGAIN
from app.db.core.time_limit import OutOfTime
from app.db.core.turns import NoTurn
from app.errors import Busy, ServiceUnavailable, SlowQuery, StorageFailed

UNREACHABLE = "The database cannot be reached at the moment. Try again in a few seconds."
BUSY = "The platform is busy: no database connection came free in time. Try again in a few seconds."
OUT_OF_TIME = "The platform is busy: its database did not finish the request in time. Try again in a few seconds."
TOO_MANY_CONNECTIONS = "The database has no free connection for the platform. Try again in a few seconds."
SLOW_QUERY = "The database did not finish the query in time. Ask for less, for example with a narrower filter."
LOCKED = "Other requests are changing the same rows. Try again in a few seconds."
DATABASE_DISK_FULL = "The disk of the database is full: nothing can be stored. An administrator must free some space."
READ_ONLY = "The database accepts no changes at the moment, because it is read-only. Try again later."
DISK_FULL = "The disk of the platform is full, so the file was not stored. An administrator must free some space."
FOLDER_UNUSABLE = "The uploads folder cannot be used. An administrator must check that it exists and can be written."

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
UNUSABLE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.ENOTDIR, errno.EISDIR}
CAUSES: tuple[type[Exception], ...] = (
    *TRY_AGAIN,
    asyncpg.QueryCanceledError,
    asyncpg.DiskFullError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.LockNotAvailableError,
)
"""Exceptions that `explain` understands."""


def explain(error: Exception) -> ServiceUnavailable:
    """Return the error that tells the client the cause, without any path or address."""
    match error:
        case NoTurn():
            return Busy(BUSY, retry_after=2)
        case OutOfTime():
            return Busy(OUT_OF_TIME, retry_after=2)
        case asyncpg.TooManyConnectionsError():
            return Busy(TOO_MANY_CONNECTIONS, retry_after=5)
        case asyncpg.LockNotAvailableError() | asyncpg.DeadlockDetectedError() | asyncpg.SerializationError():
            return Busy(LOCKED, retry_after=2)
        case asyncpg.DiskFullError():
            return StorageFailed(DATABASE_DISK_FULL, retry_after=60)
        case asyncpg.ReadOnlySQLTransactionError():
            return StorageFailed(READ_ONLY, retry_after=10)
        case asyncpg.QueryCanceledError():
            return SlowQuery(SLOW_QUERY, retry_after=30)
        case OSError(errno=number) if number in FULL:
            return StorageFailed(DISK_FULL, retry_after=60)
        case OSError(errno=number, filename=path) if path is not None or number in UNUSABLE:
            return StorageFailed(FOLDER_UNUSABLE, retry_after=60)
        case ConnectionError():
            return ServiceUnavailable(UNREACHABLE, retry_after=2)
        case TimeoutError():  # of a statement: those of connecting are a ConnectionError
            return SlowQuery(SLOW_QUERY, retry_after=5)
    return ServiceUnavailable(UNREACHABLE, retry_after=2)
