"""Writing a chunk of an import: COPY into a temporary table, sort out what is new, changed or known, write that.

One transaction a chunk, and one import of a table at a time in it (an advisory lock), so that the sorting out holds. A
record is known by (source, record_id), and unchanged where the hash of its row is. The first of several rows of one
record in a file counts; what a run wrote carries its id, and what it only met stands in `import_seen`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from uuid import UUID

import asyncpg
import orjson

from app.db.core.locks import acquire_sql, named_lock
from app.db.core.pool import Connection
from app.db.imports import uploads
from app.domain.imports.row_problems import Reject


@dataclass(frozen=True)
class Target:
    """A table that imports write, and the columns of the rows that come for it, by type, in the order they come."""

    table: str
    columns: Mapping[str, str]
    derived: Mapping[str, str] = field(default_factory=dict)
    """Further columns of the table, as SQL over `i`, the rows that came, and what `join` joins."""
    join: str = ""
    transient: frozenset[str] = frozenset()
    """Columns that come, but are none of the table's."""
    leaving: str = "NULL::uuid"
    """What of a stored row `t` the caller wants to know before another replaces it."""

    @property
    def stored(self) -> list[str]:
        return [name for name in self.columns if name not in self.transient]


@dataclass(frozen=True)
class Written:
    inserted: int
    updated: int
    unchanged: int
    duplicates: list[tuple[int, str]]
    """Line and record id of rows whose record stood in an earlier chunk."""


ALWAYS_BY_INDEX = "SET LOCAL enable_seqscan = off; SET LOCAL jit = off;"
"""Plans are made while the tables are small and kept while they grow; so the lookups below are LATERAL and OFFSET 0,
one by one through the primary key, and no statistics of the moment can make a scan of the whole table of them."""


async def stage(conn: Connection, target: Target, rows: bytes) -> None:
    """Have the rows in the temporary table `incoming_<table>`, and nobody else writing the target."""
    columns = ", ".join(f"{name} {sql_type}" for name, sql_type in target.columns.items())
    await conn.execute(
        f"""{acquire_sql(named_lock("import", target.table))};
            CREATE TEMP TABLE IF NOT EXISTS incoming_{target.table}
                (line int, {columns}, row_hash uuid) ON COMMIT DELETE ROWS;
            {ALWAYS_BY_INDEX}"""
    )
    await copy(conn, f"incoming_{target.table}", ["line", *target.columns, "row_hash"], rows)


async def copy(conn: Connection, table: str, columns: Sequence[str], rows: bytes) -> None:
    """COPY lines of the text format, the empty string as null."""
    if rows:
        await conn.copy_to_table(table, columns=columns, source=BytesIO(rows), format="text", null="")


SET_ASIDE = """
WITH met AS MATERIALIZED (
    SELECT i.line, i.record_id, t.leaving, t.row_hash = i.row_hash AS unchanged, t.run = $2 OR EXISTS (
        SELECT FROM import_seen AS s WHERE s.run = $2 AND s.record = i.record_id
    ) AS duplicate
    FROM incoming_{table} AS i CROSS JOIN LATERAL (
        SELECT t.run, t.row_hash, {leaving} AS leaving FROM {table} AS t
        WHERE t.source = $1 AND t.record_id = i.record_id OFFSET 0
    ) AS t
), gone AS (
    DELETE FROM incoming_{table} AS i USING met WHERE i.line = met.line AND (met.duplicate OR met.unchanged)
), noted AS (
    INSERT INTO import_seen (run, record) SELECT $2, record_id FROM met WHERE unchanged AND NOT duplicate
)
SELECT (SELECT count(*) FROM met WHERE unchanged AND NOT duplicate) AS unchanged,
       array(SELECT line FROM met WHERE duplicate ORDER BY line) AS lines,
       array(SELECT record_id FROM met WHERE duplicate ORDER BY line) AS records,
       array(SELECT DISTINCT leaving FROM met WHERE NOT (duplicate OR unchanged) AND leaving IS NOT NULL) AS leaving
"""

SET_ASIDE_DRY = """
WITH met AS MATERIALIZED (
    SELECT i.line, i.record_id, EXISTS (
        SELECT FROM import_seen AS s WHERE s.run = $2 AND s.record = i.record_id
    ) AS duplicate, (
        SELECT t.row_hash = i.row_hash FROM {table} AS t WHERE t.source = $1 AND t.record_id = i.record_id
    ) AS unchanged
    FROM incoming_{table} AS i
), gone AS (
    DELETE FROM incoming_{table} AS i USING met WHERE i.line = met.line AND (met.duplicate OR met.unchanged)
), noted AS (
    INSERT INTO import_seen (run, record) SELECT $2, record_id FROM met WHERE NOT duplicate
)
SELECT (SELECT count(*) FROM met WHERE unchanged AND NOT duplicate) AS unchanged,
       array(SELECT line FROM met WHERE duplicate ORDER BY line) AS lines,
       array(SELECT record_id FROM met WHERE duplicate ORDER BY line) AS records, ARRAY[]::uuid[] AS leaving
"""
"""Nothing of a dry run carries its id, so all that came is noted."""

WRITE = """
WITH written AS (
    INSERT INTO {table} AS t (source, {names}, row_hash, run)
    SELECT $1, {values}, i.row_hash, $2 FROM incoming_{table} AS i {join}
    ON CONFLICT (source, record_id) DO UPDATE
        SET {assignments}, row_hash = excluded.row_hash, run = excluded.run, updated_at = now()
    RETURNING xmax = 0 AS is_new  -- xmax is set where an older version of the row was replaced
)
SELECT count(*) FILTER (WHERE is_new) AS inserted, count(*) FILTER (WHERE NOT is_new) AS updated FROM written
"""

DRY = """
SELECT count(*) FILTER (WHERE t.known IS NULL) AS inserted, count(t.known) AS updated
FROM incoming_{table} AS i LEFT JOIN LATERAL (
    SELECT true AS known FROM {table} AS t WHERE t.source = $1 AND t.record_id = i.record_id OFFSET 0
) AS t ON true
"""


@dataclass(frozen=True)
class SetAside:
    """Staged rows that need no writing: how many are unchanged, and (line, record id) of the duplicates."""

    unchanged: int
    duplicates: list[tuple[int, str]]
    leaving: list[UUID]
    """What the target wanted to know of the rows that will be replaced."""


async def set_aside(conn: Connection, target: Target, source: str, run: UUID, *, dry: bool) -> SetAside:
    """Take from the staged rows what needs no writing."""
    statement = (SET_ASIDE_DRY if dry else SET_ASIDE).format(table=target.table, leaving=target.leaving)
    row = await conn.fetchrow(statement, source, run)
    assert row is not None
    return SetAside(row["unchanged"], list(zip(row["lines"], row["records"], strict=True)), row["leaving"])


async def write(conn: Connection, target: Target, source: str, run: UUID, *, dry: bool) -> tuple[int, int]:
    """Write the staged rows that are left; answers how many were inserted and updated."""
    if dry:
        row = await conn.fetchrow(DRY.format(table=target.table), source)
    else:
        assigned = [*((name, f"i.{name}") for name in target.stored), *target.derived.items()]
        statement = WRITE.format(
            table=target.table,
            join=target.join,
            assignments=", ".join(f"{name} = excluded.{name}" for name, _ in assigned if name != "record_id"),
            names=", ".join(name for name, _ in assigned),
            values=", ".join(value for _, value in assigned),
        )
        row = await conn.fetchrow(statement, source, run)
    assert row is not None
    return row["inserted"], row["updated"]


async def upsert(conn: Connection, target: Target, rows: bytes, source: str, run: UUID, *, dry: bool) -> Written:
    """All of it, for a table that has nothing further to it."""
    await stage(conn, target, rows)
    aside = await set_aside(conn, target, source, run, dry=dry)
    inserted, updated = await write(conn, target, source, run, dry=dry)
    return Written(inserted, updated, aside.unchanged, aside.duplicates)


async def unseen(conn: Connection, run: UUID, records: Sequence[str]) -> set[str]:
    """Which of these records come for the first time in this run; they are noted."""
    rows = await conn.fetch(
        "INSERT INTO import_seen (run, record) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING RETURNING record",
        run,
        records,
    )
    return {row["record"] for row in rows}


async def forget(conn: Connection, run: UUID) -> None:
    """The run is over: what it met is of no further use; nor is that of runs whose files are gone by now."""
    await conn.execute("DELETE FROM import_seen WHERE run = $1 OR run < $2", run, uploads.long_ago())


async def keep_rejects(conn: Connection, job_id: UUID, rejects: Sequence[Reject]) -> None:
    await conn.executemany(
        """INSERT INTO import_rejects (job_id, line, cells, code, error) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (job_id, line) DO NOTHING""",
        [(job_id, one.line, one.cells, str(one.code), one.error) for one in rejects],
    )


async def reject_header(conn: Connection, job_id: UUID) -> list[str] | None:
    """The columns of the file of an import job; None for a job that is none."""
    layout = await conn.fetchval(
        """SELECT u.layout FROM jobs AS j JOIN uploads AS u ON u.id = (j.data ->> 'uploadId')::uuid
           WHERE j.id = $1 AND j.kind IN ('voter_import', 'parcel_import', 'poi_import', 'business_import')""",
        job_id,
    )
    return None if layout is None else orjson.loads(layout)["header"]


async def rejects(conn: Connection, job_id: UUID, after: int, limit: int) -> list[asyncpg.Record]:
    """The next rejected rows by their lines."""
    return await conn.fetch(
        "SELECT line, cells, code, error FROM import_rejects WHERE job_id = $1 AND line > $2 ORDER BY line LIMIT $3",
        job_id,
        after,
        limit,
    )


async def forget_beyond(conn: Connection, job_id: UUID, line: int) -> None:
    """Drop what an earlier attempt reported of lines that are read again."""
    await conn.execute("DELETE FROM import_rejects WHERE job_id = $1 AND line > $2", job_id, line)
    await conn.execute("DELETE FROM job_errors WHERE job_id = $1 AND (detail->>'line')::int > $2", job_id, line)
