"""Write voters and the households they live in."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.db.core.pool import Connection
from app.db.imports import staging
from app.db.imports.staging import ImportTable, WriteCounts
from app.domain.imports.voters import COLUMNS, HOUSEHOLD_COLUMNS

_TYPES = {
    "birth_date": "date",
    "birth_year": "smallint",
    "registered_on": "date",
    "protected": "boolean",
    "extra": "jsonb",
    "address_key": "uuid",
}
VOTERS = ImportTable(
    "voters",
    {name: _TYPES.get(name, "text") for name in COLUMNS},
    derived={"household_id": "h.id"},
    join="""LEFT JOIN LATERAL (
        SELECT h.id FROM households AS h WHERE h.address_key = i.address_key OFFSET 0
    ) AS h ON true""",
    transient=frozenset({"address_key"}),
    replaced="t.household_id",
)

_STAGE_HOUSEHOLDS = """
CREATE TEMP TABLE IF NOT EXISTS incoming_households (
    id uuid, address_key uuid, address text, unit text, city text, state text, zip_code text, country text,
    county text, precinct_number text
) ON COMMIT DELETE ROWS
"""

_UPSERT_HOUSEHOLDS = f"""
WITH written AS (
    INSERT INTO households AS h ({", ".join(HOUSEHOLD_COLUMNS)})
    SELECT {", ".join(HOUSEHOLD_COLUMNS)} FROM incoming_households
    WHERE address_key IN (SELECT address_key FROM incoming_voters)
    ON CONFLICT (address_key) DO UPDATE
        SET county = excluded.county, precinct_number = excluded.precinct_number, updated_at = now()
        WHERE (h.county, h.precinct_number) IS DISTINCT FROM (excluded.county, excluded.precinct_number)
    RETURNING xmax = 0 AS is_new
)
SELECT count(*) FILTER (WHERE is_new) FROM written
"""

_COUNT_NEW_HOUSEHOLDS = """
WITH remembered AS (
    INSERT INTO import_seen (run, record)
    SELECT $1, 'household ' || n.address_key FROM incoming_households AS n
    WHERE (address_key IN (SELECT address_key FROM incoming_voters)) IS TRUE  -- hashed, not joined
      AND (SELECT true FROM households AS h WHERE h.address_key = n.address_key) IS NULL
    ON CONFLICT DO NOTHING RETURNING 1
)
SELECT count(*) FROM remembered
"""

_DELETE_EMPTIED = """
DELETE FROM households AS h
WHERE h.id = ANY($1) AND h.address_key IS NOT NULL AND h.external_id IS NULL
  AND (SELECT true FROM voters AS v WHERE v.household_id = h.id LIMIT 1) IS NULL
"""


@dataclass(frozen=True, slots=True)
class VoterWriteCounts:
    voters: WriteCounts
    households_created: int


async def upsert_chunk(
    conn: Connection, rows: bytes, households: bytes, source: str, run: UUID, *, dry: bool
) -> VoterWriteCounts:
    """Write a chunk of voters and their households; `dry` only counts. Households without a voter left are deleted.

    `rows` and `households` are lines of COPY's text format, as `Chunk` has them.
    """
    await staging.stage(conn, VOTERS, rows)
    await conn.execute(_STAGE_HOUSEHOLDS)
    await staging.copy_rows(conn, "incoming_households", HOUSEHOLD_COLUMNS, households)
    known = await staging.remove_known(conn, VOTERS, source, run, dry=dry)
    created = await (conn.fetchval(_COUNT_NEW_HOUSEHOLDS, run) if dry else conn.fetchval(_UPSERT_HOUSEHOLDS))
    inserted, updated = await staging.upsert_staged(conn, VOTERS, source, run, dry=dry)
    if known.replaced:
        await conn.execute(_DELETE_EMPTIED, known.replaced)
    return VoterWriteCounts(WriteCounts(inserted, updated, known.unchanged, known.duplicates), created)
