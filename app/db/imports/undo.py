"""Revert what a run of an import wrote, a batch of records per transaction, in the order of their ids.

A record is reverted if the run was the last to write it, and no later one read it unchanged: one that it inserted is
deleted, one that it changed is restored. Others are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.db.core.locks import acquire, named_lock
from app.db.core.pool import Connection
from app.db.imports.missing_records import RETIRE_HOUSEHOLDS
from app.db.imports.staging import ALWAYS_BY_INDEX, ImportTable

RECORDS_PER_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class RevertedBatch:
    last: str | None
    """The id of the last record that was visited; None after the end."""
    removed: int
    restored: int
    households: list[UUID]
    """Those that the records of the batch had, or have again."""


_RESTORED_COLUMNS = ("row_hash", "run", "missing_run", "retired_at", "created_at", "updated_at")

_REVERT = f"""
WITH batch AS MATERIALIZED (
    SELECT record_id, run, missing_run FROM {{table}} WHERE source = $1 AND record_id > $2
    ORDER BY record_id LIMIT {RECORDS_PER_BATCH}
), mine AS MATERIALIZED (
    SELECT b.record_id, c.before, {{household_before}} AS household_before
    FROM batch AS b LEFT JOIN LATERAL (
        SELECT c.before FROM import_changes AS c
        WHERE c.table_name = '{{table}}' AND c.record = b.record_id AND c.run = $3 OFFSET 0
    ) AS c ON true
    WHERE b.run = $3 AND NOT ($4 AND b.missing_run IS NULL) AND NOT EXISTS (
        SELECT FROM import_seen AS s WHERE s.run = ANY($5) AND s.record = b.record_id
    )
), removed AS (
    DELETE FROM {{table}} AS t USING mine
    WHERE mine.before IS NULL AND t.source = $1 AND t.record_id = mine.record_id
    RETURNING {{household}} AS household
), kept AS MATERIALIZED (
    SELECT mine.record_id, {{household}} AS household FROM mine JOIN {{table}} AS t
        ON t.source = $1 AND t.record_id = mine.record_id
    WHERE mine.before IS NOT NULL
), restored AS (
    UPDATE {{table}} AS t SET {{assignments}}
    FROM mine CROSS JOIN LATERAL jsonb_populate_record(NULL::{{table}}, mine.before) AS r
    WHERE mine.before IS NOT NULL AND t.source = $1 AND t.record_id = mine.record_id
    RETURNING {{household}} AS household
), found AS (
    UPDATE {{table}} AS t SET missing_run = NULL, retired_at = NULL FROM batch AS b
    WHERE b.missing_run = $3 AND b.run <> $3 AND t.source = $1 AND t.record_id = b.record_id
    RETURNING {{household}} AS household
)
SELECT (SELECT max(record_id) FROM batch) AS last, (SELECT count(*) FROM removed) AS removed,
       (SELECT count(*) FROM restored) AS restored,
       array(SELECT household FROM (
           SELECT household FROM removed UNION SELECT household FROM kept UNION SELECT household FROM restored
           UNION SELECT household FROM found
       ) AS h WHERE household IS NOT NULL) AS households
"""

_HOUSEHOLD_BEFORE = """(
    SELECT coalesce(
        (SELECT h.id FROM households AS h WHERE h.id = (c.before ->> 'household_id')::uuid),
        (SELECT h.id FROM import_changes AS hc JOIN households AS h
             ON h.address_key = (hc.before ->> 'address_key')::uuid
         WHERE hc.table_name = 'households' AND hc.record = c.before ->> 'household_id' AND hc.run = $3)
    )
)"""
"""The household of the voter before; if another one took its address since then, that one."""


async def revert_batch(
    conn: Connection, table: ImportTable, source: str, run: UUID, after: str, *, later: Sequence[UUID], is_covered: bool
) -> RevertedBatch:
    """Revert what the run wrote among the records of its source after the id `after`.

    `later` are the runs since then. With `is_covered` one of them had all records that are not marked as missing.
    """
    await acquire(conn, named_lock("import", table.name))
    await conn.execute(ALWAYS_BY_INDEX)
    has_households = "household_id" in table.derived
    columns = [name for name in (*table.stored, *_RESTORED_COLUMNS) if name != "record_id"]
    assignments = [f"{name} = r.{name}" for name in columns]
    if has_households:
        assignments.append("household_id = mine.household_before")
    row = await conn.fetchrow(
        _REVERT.format(
            table=table.name,
            household=table.replaced,
            household_before=_HOUSEHOLD_BEFORE if has_households else "NULL::uuid",
            assignments=", ".join(assignments),
        ),
        source,
        after,
        run,
        is_covered,
        later,
    )
    assert row is not None
    return RevertedBatch(**row)


_RESTORE_HOUSEHOLDS = """
WITH gone AS MATERIALIZED (
    SELECT record, before FROM import_changes
    WHERE run = $1 AND table_name = 'households' AND before ? 'address_key' ORDER BY record
), restored AS (
    INSERT INTO households SELECT (jsonb_populate_record(NULL::households, before)).* FROM gone
    ON CONFLICT DO NOTHING RETURNING id
)
SELECT array(SELECT id FROM restored) AS ids
"""

_RESTORE_COUNTIES = """
UPDATE households AS h SET county = c.before ->> 'county', precinct_number = c.before ->> 'precinct_number',
    updated_at = now()
FROM import_changes AS c
WHERE c.run = $1 AND c.table_name = 'households' AND c.before ? 'new_county' AND h.id = c.record::uuid
  AND (h.county, h.precinct_number) IS NOT DISTINCT FROM (c.before ->> 'new_county', c.before ->> 'new_precinct')
"""

_REMOVE_HOUSEHOLDS = """
WITH removed AS (
    DELETE FROM households AS h
    WHERE h.id = ANY($1) AND h.created_run = $2 AND h.external_id IS NULL AND h.latitude IS NULL
      AND h.updated_at <= $3 AND (SELECT true FROM voters AS v WHERE v.household_id = h.id LIMIT 1) IS NULL
    RETURNING 1
)
SELECT count(*) FROM removed
"""

_UNRETIRE_HOUSEHOLDS = """
UPDATE households AS h SET retired_at = NULL, updated_at = now()
WHERE h.id = ANY($1) AND h.retired_at IS NOT NULL
  AND EXISTS (SELECT FROM voters AS v WHERE v.household_id = h.id AND v.retired_at IS NULL)
"""

_REMOVE_UNUSED = """
DELETE FROM households AS h
WHERE h.id IN (SELECT record::uuid FROM import_changes
               WHERE run = $1 AND table_name = 'households' AND before ? 'address_key')
  AND h.external_id IS NULL AND (SELECT true FROM voters AS v WHERE v.household_id = h.id LIMIT 1) IS NULL
"""


async def restore_households(conn: Connection, run: UUID) -> int:
    """Restore the households that the run deleted, and the counties that it changed. Returns how many were deleted."""
    row = await conn.fetchrow(_RESTORE_HOUSEHOLDS, run)
    assert row is not None
    await conn.execute(_RESTORE_COUNTIES, run)
    return len(row["ids"])


async def revert_households(conn: Connection, households: list[UUID], run: UUID, ended_at: datetime) -> int:
    """Remove those of the households that the run created and nobody uses, and return how many.

    Households with coordinates, and those that were changed after `ended_at`, are kept.
    """
    removed: int = await conn.fetchval(_REMOVE_HOUSEHOLDS, households, run, ended_at)
    await conn.execute(_UNRETIRE_HOUSEHOLDS, households)
    await conn.execute(RETIRE_HOUSEHOLDS, households)
    return removed


async def finish(conn: Connection, run: UUID) -> None:
    """Delete what was kept for the run, and the restored households that no voter came back to."""
    await conn.execute(_REMOVE_UNUSED, run)
    await conn.execute("DELETE FROM import_changes WHERE run = $1", run)
    await conn.execute("DELETE FROM import_seen WHERE run = $1", run)
