"""Businesses as they were before an import changed them, and reverting what it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.db.core.pool import Connection
from app.db.imports.undo import RevertedBatch

BUSINESSES_PER_BATCH = 500

RESTORED = (
    "place_id", "external_id", "name", "website", "domain", "phone", "category", "address", "city", "state", "zip_code",
    "country", "latitude", "longitude", "attribution", "website_status", "website_checked_at", "website_evidence",
    "updated_at",
)  # fmt: skip
"""The columns that an import may change."""


@dataclass(frozen=True, slots=True)
class KnownBusiness:
    key: str
    name: str
    domain: str | None
    address: str | None


async def list_known(conn: Connection, keys: Sequence[str]) -> list[KnownBusiness]:
    """Return the businesses that have these keys."""
    rows = await conn.fetch("SELECT key, name, domain, address FROM businesses WHERE key = ANY($1)", keys)
    return [KnownBusiness(**row) for row in rows]


async def keep_before(conn: Connection, run: UUID, keys: Sequence[str]) -> None:
    """Keep the businesses with these keys as they are, and lock them until the transaction ends."""
    await conn.execute(
        """WITH known AS (SELECT * FROM businesses WHERE key = ANY($2) ORDER BY key COLLATE "C" FOR UPDATE)
           INSERT INTO import_changes (table_name, record, run, before)
           SELECT 'businesses', id::text, $1, to_jsonb(known) FROM known ON CONFLICT DO NOTHING""",
        run,
        keys,
    )


async def note_written(
    conn: Connection, run: UUID, *, inserted: Sequence[UUID], updated: Sequence[UUID], unchanged: Sequence[UUID]
) -> None:
    """Note which businesses the run inserted and updated, and when. Nothing is kept of unchanged ones."""
    await conn.execute(
        """DELETE FROM import_changes
           WHERE table_name = 'businesses' AND run = $1 AND record = ANY(SELECT unnest($2::uuid[])::text)""",
        run,
        unchanged,
    )
    await conn.execute(
        """INSERT INTO import_changes (table_name, record, run, before)
           SELECT 'businesses', unnest($2::uuid[] || $3::uuid[])::text, $1, jsonb_build_object('written_at', now())
           ON CONFLICT (table_name, record, run) DO UPDATE SET before = import_changes.before || excluded.before""",
        run,
        inserted,
        updated,
    )


_REVERT = f"""
WITH batch AS MATERIALIZED (
    SELECT c.record, c.before, b.id FROM import_changes AS c
    LEFT JOIN businesses AS b ON b.id = c.record::uuid AND b.updated_at = (c.before ->> 'written_at')::timestamptz
    WHERE c.table_name = 'businesses' AND c.run = $1 AND c.record > $2 ORDER BY c.record LIMIT {BUSINESSES_PER_BATCH}
), mine AS MATERIALIZED (
    SELECT batch.* FROM batch JOIN businesses AS b USING (id)
    WHERE NOT EXISTS (SELECT FROM import_seen AS s WHERE s.run = ANY($3) AND s.record = b.key)
), removed AS (
    DELETE FROM businesses AS b USING mine WHERE b.id = mine.id AND NOT mine.before ? 'key' RETURNING 1
), restored AS (
    UPDATE businesses AS b SET {", ".join(f"{name} = r.{name}" for name in RESTORED)}
    FROM mine CROSS JOIN LATERAL jsonb_populate_record(NULL::businesses, mine.before) AS r
    WHERE b.id = mine.id AND mine.before ? 'key' RETURNING 1
)
SELECT (SELECT max(record) FROM batch) AS last, (SELECT count(*) FROM removed) AS removed,
       (SELECT count(*) FROM restored) AS restored, ARRAY[]::uuid[] AS households
"""


async def revert_batch(conn: Connection, run: UUID, after: str, later: Sequence[UUID]) -> RevertedBatch:
    """Remove and restore the next businesses that the run inserted and changed, unless they were changed since then,
    or one of the `later` runs had them, too."""
    row = await conn.fetchrow(_REVERT, run, after, later)
    assert row is not None
    return RevertedBatch(**row)
