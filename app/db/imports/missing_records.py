"""Records that earlier versions of a file had and a complete later one does not have: counted, marked and retired.

Records are visited in the order of their ids, a batch per transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.db.core.locks import acquire, named_lock
from app.db.core.pool import Connection
from app.db.imports.staging import ALWAYS_BY_INDEX, ImportTable

RECORDS_PER_BATCH = 5_000
REJECTED = "rejected "
"""Before the id of a rejected row in `import_seen`: the file has the record, though in a way that cannot be used."""


@dataclass(frozen=True, slots=True)
class MissingBatch:
    """Counts of a batch of records."""

    last: str | None
    """The id of the last record; None after the end."""
    known: int
    """Records of earlier versions of the file that are not retired."""
    disappeared: int
    """Of these, those that the last version had and this one does not have."""
    missing: int
    """Likewise, with those that earlier versions did not have either."""


_BATCH = f"""
WITH batch AS MATERIALIZED (
    SELECT record_id, run, missing_run, retired_at FROM {{table}}
    WHERE source = $1 AND record_id > $2 ORDER BY record_id LIMIT {RECORDS_PER_BATCH}
), known AS MATERIALIZED (
    SELECT record_id, missing_run, run <> $3 AND NOT EXISTS (
        SELECT FROM import_seen AS s WHERE s.run = $3 AND s.record = b.record_id
    ) AND NOT EXISTS (
        SELECT FROM import_seen AS s WHERE s.run = $3 AND s.record = '{REJECTED}' || b.record_id
    ) AS is_missing
    FROM batch AS b WHERE retired_at IS NULL AND (run = $3 OR run = ANY($4))
)
"""

_COUNT = (
    _BATCH
    + """
SELECT (SELECT max(record_id) FROM batch) AS last, count(*) AS known, count(*) FILTER (WHERE is_missing) AS missing,
       count(*) FILTER (WHERE is_missing AND missing_run IS NULL) AS disappeared
FROM known
"""
)

_MARK = (
    _BATCH
    + """
, marked AS (
    UPDATE {table} AS t SET missing_run = $3, retired_at = CASE WHEN $5 THEN now() END
    FROM known WHERE known.is_missing AND ($5 OR known.missing_run IS NULL)
      AND t.source = $1 AND t.record_id = known.record_id
    RETURNING {household} AS household_id
)
SELECT (SELECT max(record_id) FROM batch) AS last, array(SELECT DISTINCT household_id FROM marked) AS households
"""
)

RETIRE_HOUSEHOLDS = """
UPDATE households AS h SET retired_at = now(), updated_at = now()
WHERE h.id = ANY($1) AND h.retired_at IS NULL AND h.address_key IS NOT NULL AND h.external_id IS NULL
  AND EXISTS (SELECT FROM voters AS v WHERE v.household_id = h.id AND v.retired_at IS NOT NULL)
  AND NOT EXISTS (SELECT FROM voters AS v WHERE v.household_id = h.id AND v.retired_at IS NULL)
"""


async def count_current(conn: Connection, table: ImportTable, source: str) -> int:
    """Count the records of a source that are not retired."""
    counted: int = await conn.fetchval(
        f"SELECT count(*) FROM {table.name} WHERE source = $1 AND retired_at IS NULL", source
    )
    return counted


async def count_batch(
    conn: Connection, table: ImportTable, source: str, run: UUID, earlier: Sequence[UUID], after: str
) -> MissingBatch:
    """Count the records after the id `after` that `earlier` runs wrote and `run` has not seen."""
    await conn.execute(ALWAYS_BY_INDEX)
    row = await conn.fetchrow(_COUNT.format(table=table.name), source, after, run, earlier)
    assert row is not None
    return MissingBatch(row["last"], row["known"], row["disappeared"], row["missing"])


async def mark_batch(
    conn: Connection, table: ImportTable, source: str, run: UUID, earlier: Sequence[UUID], after: str, *, retire: bool
) -> str | None:
    """Mark such records as missing, and retire them if `retire` is set. Returns the last id; None after the end."""
    await acquire(conn, named_lock("import", table.name))
    await conn.execute(ALWAYS_BY_INDEX)
    statement = _MARK.format(table=table.name, household=table.replaced)
    row = await conn.fetchrow(statement, source, after, run, earlier, retire)
    assert row is not None
    if retire and (households := [id for id in row["households"] if id is not None]):
        await conn.execute(RETIRE_HOUSEHOLDS, households)
    last: str | None = row["last"]
    return last


async def note_rejected(conn: Connection, run: UUID, record_ids: Sequence[str]) -> None:
    """Note that the file has these records, although their rows were rejected."""
    await conn.execute(
        "INSERT INTO import_seen (run, record) SELECT $1, $2 || unnest($3::text[]) ON CONFLICT DO NOTHING",
        run,
        REJECTED,
        record_ids,
    )
