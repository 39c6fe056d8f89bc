"""Migrate a database to a revision of the schema. Synchronous: run it before an event loop starts, or in a thread.

All migrations run in one transaction under an advisory lock: of several processes that migrate at once, one works and
the others wait, and then find nothing to do. No statement waits for a table for longer than LOCK_TIMEOUT_MS, because
everybody else would queue up behind it; the transaction is rolled back and repeated instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, TypeVar

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection as SyncConnection
from sqlalchemy import NullPool, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from app.db.core.connect import connect
from app.db.core.faults import describe_fault
from app.db.core.locks import Lock
from app.db.core.losses import Loss, Shape, find_losses, read_shape
from app.db.core.pool import Session
from app.db.core.schema import MIGRATIONS, describe_mismatch, known_revisions
from app.domain.text.server_urls import mask_url

T = TypeVar("T")
Say = Callable[[str], None]

LOCK_TIMEOUT_MS = 3_000
LOCK_TRIES = 20
RETRY_SECONDS = 1.0
POLL_SECONDS = 0.5


class MigrationFailed(Exception):
    """The schema was not changed. The message is one line with the reason and what to do."""


def upgrade(dsn: str, revision: str = "head", say: Say = lambda line: None) -> None:
    """Migrate up to a revision, by default the newest. `say` receives a line when it has to wait.

    Raises MigrationFailed, and ValueError for an invalid URL.
    """
    asyncio.run(_migrate(dsn, say, partial(_upgrade, revision=revision)))


def downgrade(dsn: str, revision: str, say: Say = lambda line: None) -> None:
    """Migrate down to a revision. Raises MigrationFailed, and ValueError for an invalid URL."""
    asyncio.run(_migrate(dsn, say, partial(_downgrade, revision=revision)))


def preview_downgrade(dsn: str, revision: str, say: Say = lambda line: None) -> list[Loss]:
    """Return what a migration down to this revision would delete: it is tried, and rolled back."""
    return asyncio.run(_migrate(dsn, say, partial(_losses_of, revision=revision), keep=False))


def read_revision(dsn: str) -> str | None:
    """Return the revision of the schema; None if the database has never been migrated. Raises MigrationFailed."""
    return asyncio.run(_migrate(dsn, lambda line: None, _revision, keep=False))


def create_engine(dsn: str) -> AsyncEngine:
    """Return SQLAlchemy's engine for this database, which connects as every other part of the platform does."""
    return create_async_engine("postgresql+asyncpg://", async_creator=partial(_connect, dsn), poolclass=NullPool)


async def _connect(dsn: str) -> Session:
    try:
        return await connect(dsn, name="trigpoint migrate")
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        reason = f"{describe_fault(error).reason} ({type(error).__name__}: {' '.join(str(error).split())})"
        raise MigrationFailed(f"DATABASE_URL ({mask_url(dsn)}): {reason}") from error


async def _migrate(dsn: str, say: Say, work: Callable[[SyncConnection], T], *, keep: bool = True) -> T:
    """Run `work` in a transaction that holds the lock, and repeat it while tables are in use."""
    engine = create_engine(dsn)
    try:
        for tries in range(LOCK_TRIES):
            try:
                async with _transaction(engine, say, keep=keep) as connection:
                    return await connection.run_sync(work)
            except DBAPIError as error:
                if not _is(error, asyncpg.LockNotAvailableError) or tries + 1 == LOCK_TRIES:
                    raise
            say("a table is in use by a long transaction; trying again")
            await asyncio.sleep(RETRY_SECONDS)
        raise AssertionError("the last try returns or raises")
    except CommandError as error:
        raise MigrationFailed(f"{error}; known revisions are {', '.join(known_revisions())}") from None
    except DBAPIError as error:
        raise MigrationFailed(f"nothing was changed: {_describe(error)}") from error
    finally:
        await engine.dispose()


@asynccontextmanager
async def _transaction(engine: AsyncEngine, say: Say, *, keep: bool) -> AsyncIterator[AsyncConnection]:
    async with engine.connect() as connection, connection.begin() as transaction:
        await _wait_for_lock(connection, say)
        for setting in (f"lock_timeout = {LOCK_TIMEOUT_MS}", "statement_timeout = 0", "transaction_timeout = 0"):
            async with connection.begin_nested() as savepoint:
                try:
                    await connection.execute(text(f"SET LOCAL {setting}"))
                except DBAPIError:  # transaction_timeout is new in PostgreSQL 17
                    await savepoint.rollback()
        yield connection
        if not keep:
            await transaction.rollback()


async def _wait_for_lock(connection: AsyncConnection, say: Say) -> None:
    """Hold the lock until the transaction ends. Asks again and again: a statement that waits could time out."""
    is_first = True
    while not (await connection.execute(text(f"SELECT pg_try_advisory_xact_lock({Lock.MIGRATION:d})"))).scalar():
        if is_first:
            say("another process is migrating this database; waiting for it")
        is_first = False
        await asyncio.sleep(POLL_SECONDS)


def _revision(connection: SyncConnection) -> str | None:
    if connection.execute(text("SELECT to_regclass('alembic_version') IS NULL")).scalar():
        return None
    revision: str | None = connection.execute(text("SELECT max(version_num) FROM alembic_version")).scalar()
    return revision


def _upgrade(connection: SyncConnection, revision: str) -> None:
    _refuse_unknown(connection)
    command.upgrade(_config(connection), revision)


def _downgrade(connection: SyncConnection, revision: str) -> None:
    _refuse_unknown(connection)
    command.downgrade(_config(connection), revision)


def _losses_of(connection: SyncConnection, revision: str) -> list[Loss]:
    before: Shape = read_shape(connection)
    savepoint = connection.begin_nested()
    _downgrade(connection, revision)
    after = read_shape(connection)
    savepoint.rollback()
    return find_losses(connection, before, after)


def _refuse_unknown(connection: SyncConnection) -> None:
    revision = _revision(connection)
    if revision is not None and revision not in known_revisions():
        raise MigrationFailed(describe_mismatch(revision) or f"unknown revision {revision}")


def _config(connection: SyncConnection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _is(error: DBAPIError, kind: type[Exception]) -> bool:
    return isinstance(getattr(error.orig, "__cause__", None), kind)


def _describe(error: DBAPIError) -> str:
    """Return a line about a statement that failed."""
    cause: Any = getattr(error.orig, "__cause__", None) or error.orig
    if isinstance(cause, asyncpg.LockNotAvailableError):
        return "a table is in use by a long transaction; end it (see pg_stat_activity), and migrate again"
    return f"{type(cause).__name__}: {' '.join(str(cause).split())}"
