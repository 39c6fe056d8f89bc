"""Write a chunk of an import: COPY it into a temporary table, remove unchanged and duplicate rows, upsert the rest.

One transaction per chunk. An advisory lock admits one import per table to it, so that what is read stays true until it
is written. A record is identified by (source, record_id), and unchanged if the hash of its row is. The first of several
rows of one record in a file counts: rows that a run wrote carry its id; those that it only saw are in `import_seen`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from uuid import UUID

from app.db.core.locks import acquire_sql, named_lock
from app.db.core.pool import Connection


@dataclass(frozen=True, slots=True)
class ImportTable:
    """A table that imports write."""

    name: str
    columns: Mapping[str, str]
    """The columns of the staged rows and their SQL types, in order."""
    derived: Mapping[str, str] = field(default_factory=dict)
    """Further columns of the table, as SQL over `i`, the staged rows, and what `join` joins."""
    join: str = ""
    transient: frozenset[str] = frozenset()
    """Staged columns that the table does not have."""
    replaced: str = "NULL::uuid"
    """SQL over a stored row `t`: a value that the caller needs before the row is replaced."""
    same: str = "true"
    """SQL over a stored row `t` and a staged one `i` of the same id: whether they can be the same person or thing."""
    is_secret: str = "false"
    """SQL over a staged row `i`: whether nothing of the stored row may be kept."""
    reduced: str = "to_jsonb(t)"
    """SQL over the stored row `t` of such a row: what is kept of it."""

    @property
    def stored(self) -> list[str]:
        """Staged columns that the table has."""
        return [name for name in self.columns if name not in self.transient]


@dataclass(frozen=True, slots=True)
class WriteCounts:
    """How many rows of a chunk were inserted, updated and so on."""

    inserted: int
    updated: int
    unchanged: int
    duplicates: list[tuple[int, str]]
    """Line and record id of rows whose record an earlier chunk had."""


ALWAYS_BY_INDEX = "SET LOCAL enable_seqscan = off; SET LOCAL jit = off;"
"""Plans are made while the tables are small and kept while they grow. So the lookups below are LATERAL and OFFSET 0,
one by one through the primary key; no statistics can turn them into a scan of the whole table."""


async def stage(conn: Connection, table: ImportTable, rows: bytes) -> None:
    """Copy the rows into the temporary table `incoming_<name>`, and lock out other imports of the table."""
    columns = ", ".join(f"{name} {sql_type}" for name, sql_type in table.columns.items())
    await conn.execute(
        f"""{acquire_sql(named_lock("import", table.name))};
            CREATE TEMP TABLE IF NOT EXISTS incoming_{table.name}
                (line int, {columns}, row_hash uuid) ON COMMIT DELETE ROWS;
            {ALWAYS_BY_INDEX}"""
    )
    await copy_rows(conn, f"incoming_{table.name}", ["line", *table.columns, "row_hash"], rows)


async def copy_rows(conn: Connection, table: str, columns: Sequence[str], rows: bytes) -> None:
    """COPY lines of the text format; the empty string is null."""
    if rows:
        await conn.copy_to_table(table, columns=columns, source=BytesIO(rows), format="text", null="")


_REMOVE_KNOWN = """
WITH known AS MATERIALIZED (
    SELECT i.line, i.record_id, t.replaced, t.unchanged AND t.row_hash = i.row_hash AS unchanged, t.run = $2 OR EXISTS (
        SELECT FROM import_seen AS s WHERE s.run = $2 AND s.record = i.record_id
    ) AS duplicate, {is_secret} AS is_secret
    FROM incoming_{table} AS i CROSS JOIN LATERAL (
        SELECT t.run, t.row_hash, {replaced} AS replaced, t.missing_run IS NULL AND t.retired_at IS NULL AS unchanged
        FROM {table} AS t
        WHERE t.source = $1 AND t.record_id = i.record_id OFFSET 0
    ) AS t
), removed AS (
    DELETE FROM incoming_{table} AS i USING known WHERE i.line = known.line AND (known.duplicate OR known.unchanged)
), remembered AS (
    INSERT INTO import_seen (run, record) SELECT $2, record_id FROM known WHERE unchanged AND NOT duplicate
)
SELECT (SELECT count(*) FROM known WHERE unchanged AND NOT duplicate) AS unchanged,
       array(SELECT line FROM known WHERE duplicate ORDER BY line) AS lines,
       array(SELECT record_id FROM known WHERE duplicate ORDER BY line) AS records,
       array(
           SELECT DISTINCT replaced FROM known WHERE NOT (duplicate OR unchanged) AND replaced IS NOT NULL
       ) AS replaced,
       array(
           SELECT DISTINCT replaced FROM known WHERE NOT (duplicate OR unchanged) AND replaced IS NOT NULL AND is_secret
       ) AS secret,
       (SELECT count(*) FROM known WHERE NOT (duplicate OR unchanged)) AS changed
"""

_REMOVE_KNOWN_DRY = """
WITH known AS MATERIALIZED (
    SELECT i.line, i.record_id, EXISTS (
        SELECT FROM import_seen AS s WHERE s.run = $2 AND s.record = i.record_id
    ) AS duplicate, (
        SELECT t.row_hash = i.row_hash AND t.missing_run IS NULL AND t.retired_at IS NULL FROM {table} AS t
        WHERE t.source = $1 AND t.record_id = i.record_id
    ) AS unchanged
    FROM incoming_{table} AS i
), removed AS (
    DELETE FROM incoming_{table} AS i USING known WHERE i.line = known.line AND (known.duplicate OR known.unchanged)
), remembered AS (
    INSERT INTO import_seen (run, record) SELECT $2, record_id FROM known WHERE NOT duplicate
)
SELECT (SELECT count(*) FROM known WHERE unchanged AND NOT duplicate) AS unchanged,
       array(SELECT line FROM known WHERE duplicate ORDER BY line) AS lines,
       array(SELECT record_id FROM known WHERE duplicate ORDER BY line) AS records, ARRAY[]::uuid[] AS replaced,
       ARRAY[]::uuid[] AS secret, 0 AS changed
"""
"""A dry run writes no rows that carry its id, so all of them go to `import_seen`."""

_UPSERT = """
WITH {kept}written AS (
    INSERT INTO {table} AS t (source, {names}, row_hash, run)
    SELECT $1, {values}, i.row_hash, $2 FROM incoming_{table} AS i {join}
    ON CONFLICT (source, record_id) DO UPDATE
        SET {assignments}, row_hash = excluded.row_hash, run = excluded.run, missing_run = NULL, retired_at = NULL,
            updated_at = now()
    RETURNING xmax = 0 AS is_new  -- xmax is set where an older version of the row was replaced
)
SELECT count(*) FILTER (WHERE is_new) AS inserted, count(*) FILTER (WHERE NOT is_new) AS updated FROM written
"""

_KEEP_BEFORE = """
before AS (
    INSERT INTO import_changes (table_name, record, run, before)
    SELECT '{table}', i.record_id, $2, CASE WHEN {is_secret} THEN t.reduced ELSE t.whole END
    FROM incoming_{table} AS i CROSS JOIN LATERAL (
        SELECT to_jsonb(t) AS whole, {reduced} AS reduced FROM {table} AS t
        WHERE t.source = $1 AND t.record_id = i.record_id OFFSET 0
    ) AS t
    ON CONFLICT DO NOTHING
), """
"""Reads the rows as they were before the statement."""

_COUNT = """
SELECT count(*) FILTER (WHERE t.known IS NULL) AS inserted, count(t.known) AS updated
FROM incoming_{table} AS i LEFT JOIN LATERAL (
    SELECT true AS known FROM {table} AS t WHERE t.source = $1 AND t.record_id = i.record_id OFFSET 0
) AS t ON true
"""


@dataclass(frozen=True, slots=True)
class KnownRows:
    """The staged rows that need no write."""

    unchanged: int
    duplicates: list[tuple[int, str]]
    """Line and record id."""
    replaced: list[UUID]
    """Values of `ImportTable.replaced` of the rows that will be replaced."""
    secret: list[UUID]
    """Of these, those of rows of which nothing may be kept."""
    changed: int
    """How many of the rows that are left replace a stored one; 0 for a dry run."""


async def remove_known(conn: Connection, table: ImportTable, source: str, run: UUID, *, dry: bool) -> KnownRows:
    """Remove from the staged rows those that are unchanged or duplicates."""
    statement = (_REMOVE_KNOWN_DRY if dry else _REMOVE_KNOWN).format(
        table=table.name, replaced=table.replaced, is_secret=table.is_secret
    )
    row = await conn.fetchrow(statement, source, run)
    assert row is not None
    return KnownRows(
        row["unchanged"],
        list(zip(row["lines"], row["records"], strict=True)),
        row["replaced"],
        row["secret"],
        row["changed"],
    )


async def upsert_staged(
    conn: Connection, table: ImportTable, source: str, run: UUID, *, changed: int, dry: bool
) -> tuple[int, int]:
    """Upsert the staged rows that are left, and keep the `changed` ones as they were before.

    Returns how many were inserted and updated.
    """
    if dry:
        row = await conn.fetchrow(_COUNT.format(table=table.name), source)
    else:
        assigned = [*((name, f"i.{name}") for name in table.stored), *table.derived.items()]
        kept = _KEEP_BEFORE.format(table=table.name, is_secret=table.is_secret, reduced=table.reduced)
        statement = _UPSERT.format(
            table=table.name,
            kept=kept if changed else "",
            join=table.join,
            assignments=", ".join(f"{name} = excluded.{name}" for name, _ in assigned if name != "record_id"),
            names=", ".join(name for name, _ in assigned),
            values=", ".join(value for _, value in assigned),
        )
        row = await conn.fetchrow(statement, source, run)
    assert row is not None
    return row["inserted"], row["updated"]


async def upsert_chunk(
    conn: Connection, table: ImportTable, rows: bytes, source: str, run: UUID, *, dry: bool
) -> WriteCounts:
    """Write a chunk of a table that nothing else depends on; `dry` only counts."""
    await stage(conn, table, rows)
    known = await remove_known(conn, table, source, run, dry=dry)
    inserted, updated = await upsert_staged(conn, table, source, run, changed=known.changed, dry=dry)
    return WriteCounts(inserted, updated, known.unchanged, known.duplicates)
