"""The state of a whole database, for a backup of it and for its restoration."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import SQLModel

import app.db.tables  # noqa: F401  # registers the tables
from app.db.core import locks
from app.db.core.connect import connect
from app.db.core.locks import Lock
from app.db.core.pool import Session
from app.db.core.schema import get_revision

NAME = "trigpoint backup"
OWN_TABLES = frozenset({*SQLModel.metadata.tables, "alembic_version"})
NO_LIMITS = ("statement_timeout", "idle_in_transaction_session_timeout", "transaction_timeout")


@dataclass(frozen=True)
class Snapshot:
    """One moment of a database, which pg_dump reads as well."""

    name: str
    """For `pg_dump --snapshot`."""
    revision: str | None
    server_version: str
    uploads: list[UUID]
    """Uploads whose file is in the storage at that moment."""


class BackupRuns(Exception):
    """Another backup of this database is running."""


@asynccontextmanager
async def open_snapshot(dsn: str) -> AsyncIterator[Snapshot]:
    """Hold a moment of the database, in which no file of an upload is about to be removed, and none is until the end.

    Raises BackupRuns, ValueError, OSError, TimeoutError and PostgresError.
    """
    # Two connections: a transaction that waits for the lock has already taken its snapshot.
    guard = await connect(dsn, name=NAME)
    try:
        async with guard.transaction():
            await _lift_limits(guard)
            if not await locks.try_acquire(guard, Lock.BACKUP_RUN):
                raise BackupRuns("another backup of this database is running")
            await locks.acquire(guard, Lock.BACKUP)
            reader = await connect(dsn, name=NAME)
            try:
                async with reader.transaction(isolation="repeatable_read", readonly=True):
                    await _lift_limits(reader)
                    yield await _read_snapshot(reader)
            finally:
                await reader.close()
    finally:
        await guard.close()


async def _lift_limits(conn: Session) -> None:
    for setting in NO_LIMITS:  # transaction_timeout is new in PostgreSQL 17
        await conn.execute(
            "SELECT set_config(name, '0', true) FROM pg_settings WHERE name = $1 AND setting <> '0'", setting
        )


async def _read_snapshot(conn: Session) -> Snapshot:
    name: str = await conn.fetchval("SELECT pg_export_snapshot()")
    revision = await get_revision(conn)
    rows = []
    if revision is not None:
        rows = await conn.fetch("SELECT id FROM uploads WHERE removed_at IS NULL ORDER BY id")
    version: str = await conn.fetchval("SELECT current_setting('server_version')")
    return Snapshot(name, revision, version, [row["id"] for row in rows])


@dataclass(frozen=True)
class Target:
    """What a database holds that is about to be replaced."""

    foreign_tables: list[str]
    """Tables that are not the platform's."""
    rows: dict[str, int]
    """How many users and jobs there are; empty without tables."""
    processes: int
    """Connections of the platform's processes."""


async def inspect_target(dsn: str) -> Target:
    """Return what stands in the way of a restoration. Raises ValueError, OSError, TimeoutError and PostgresError."""
    conn = await connect(dsn, name="trigpoint restore")
    try:
        tables = {
            row["name"]
            for row in await conn.fetch(
                """SELECT c.relname::text AS name FROM pg_class AS c
                   WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
                     AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')"""
            )
        }
        counted = [table for table in ("users", "jobs") if table in tables]
        rows = {table: await conn.fetchval(f"SELECT count(*) FROM {table}") for table in counted}
        processes = await conn.fetchval(
            """SELECT count(*) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()
                 AND (application_name LIKE 'trigpoint %' OR application_name = 'pg_dump')"""
        )
    finally:
        await conn.close()
    return Target(sorted(tables - OWN_TABLES), rows, processes)


EMPTY_SCHEMA = """
SET LOCAL client_min_messages = warning;
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
"""
"""Before the tables of a backup are made: whatever a newer or older version had is gone."""
