"""Whether the schema of the database is the one that this version of the code needs."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from app.db.core.pool import Connection

MIGRATIONS = Path(__file__).resolve().parents[3] / "migrations"
_REVISIONS = re.compile(r'^revision = "(\w{1,32})"\ndown_revision = ("\w{1,32}"|None)$', re.MULTILINE)


class SchemaMismatch(Exception):
    """The schema does not fit the code. The message says what to do."""


@cache
def known_revisions() -> tuple[str, ...]:
    """Return the revisions that this version knows, the oldest first. Reads the files itself: Alembic takes 100 ms."""
    texts = (path.read_text() for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    next_of = {found[2]: found[1] for text in texts if (found := _REVISIONS.search(text))}
    line: list[str] = []
    while (revision := next_of.get(f'"{line[-1]}"' if line else "None")) is not None:
        line.append(revision)
    return tuple(line)


async def get_revision(conn: Connection) -> str | None:
    """Return the revision of the database's schema; None if it has never been migrated."""
    if await conn.fetchval("SELECT to_regclass('alembic_version') IS NULL"):
        return None
    revision: str | None = await conn.fetchval("SELECT max(version_num) FROM alembic_version")
    return revision


async def check_schema(conn: Connection) -> None:
    """Raise SchemaMismatch unless the schema has the newest revision that this version knows."""
    mismatch = describe_mismatch(await get_revision(conn))
    if mismatch:
        raise SchemaMismatch(mismatch)


async def find_write_fault(conn: Connection) -> str | None:
    """Return why nothing can be stored in this database at the moment; None if it can.

    A schema newer than the code is fine for a process that runs already: it is being replaced.
    """
    if await conn.fetchval("SELECT current_setting('transaction_read_only')::bool"):
        return "Postgres is read-only: DATABASE_URL must name the primary"
    revision = await get_revision(conn)
    return describe_mismatch(revision) if revision is None or revision in known_revisions() else None


def describe_mismatch(revision: str | None) -> str | None:
    """Return why a schema of this revision does not fit, and what to do; None if it fits."""
    known = known_revisions()
    if revision == known[-1]:
        return None
    if revision is None:
        return "the database is not migrated: run `trigpoint migrate`"
    if revision in known:
        return (
            f"the schema is older than the code: it is at revision {revision}, and {known[-1]} is needed: "
            "run `trigpoint migrate`"
        )
    return (
        f"the schema is newer than the code: it is at revision {revision}, and this version knows none after "
        f"{known[-1]}: start the newer version, or run its `trigpoint migrate down {known[-1]}`"
    )
