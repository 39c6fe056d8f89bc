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
_ALIKE = (
    "lower(t.last_name) = lower(i.last_name)",
    "lower(t.first_name) = lower(i.first_name)",
    "t.birth_date = i.birth_date",
)
_EQUAL = " + ".join(f"coalesce(({condition})::int, 0)" for condition in _ALIKE)
_COMPARED = " + ".join(f"(({condition}) IS NOT NULL)::int" for condition in _ALIKE)
_SAME = f"""t.protected OR i.protected
    OR 2 * ({_EQUAL}) >= ({_COMPARED}) AND (({_COMPARED}) > 0 OR t.address IS NULL OR i.address IS NULL)
    OR coalesce(t.address = i.address AND (t.zip_code = i.zip_code OR t.city = i.city), false)"""
"""At least half of what can be compared of last name, first name and birth date; or the address."""
_REDUCED = """jsonb_build_object(
    'source', t.source, 'record_id', t.record_id, 'protected', true, 'status', t.status, 'county', t.county,
    'row_hash', t.row_hash, 'run', t.run, 'created_at', t.created_at, 'updated_at', t.updated_at
)"""
"""A voter who became protected stays protected, whatever is undone."""
VOTERS = ImportTable(
    "voters",
    {name: _TYPES.get(name, "text") for name in COLUMNS},
    derived={"household_id": "h.id"},
    join="""LEFT JOIN LATERAL (
        SELECT h.id FROM households AS h WHERE h.address_key = i.address_key OFFSET 0
    ) AS h ON true""",
    transient=frozenset({"address_key"}),
    replaced="t.household_id",
    same=_SAME,
    is_secret="i.protected",
    reduced=_REDUCED,
)

_STAGE_HOUSEHOLDS = """
CREATE TEMP TABLE IF NOT EXISTS incoming_households (
    id uuid, address_key uuid, address text, unit text, city text, state text, zip_code text, country text,
    county text, precinct_number text
) ON COMMIT DELETE ROWS
"""

_INSERT_HOUSEHOLDS = f"""
WITH written AS (
    INSERT INTO households AS h ({", ".join(HOUSEHOLD_COLUMNS)}, created_run)
    SELECT {", ".join(HOUSEHOLD_COLUMNS)}, $1 FROM incoming_households
    WHERE address_key IN (SELECT address_key FROM incoming_voters)
    ON CONFLICT (address_key) DO NOTHING RETURNING 1
)
SELECT count(*) FROM written
"""

_UPDATE_HOUSEHOLDS = """
WITH changed AS MATERIALIZED (
    SELECT h.*, n.county AS new_county, n.precinct_number AS new_precinct
    FROM incoming_households AS n CROSS JOIN LATERAL (
        SELECT h.id, h.county, h.precinct_number, h.retired_at FROM households AS h
        WHERE h.address_key = n.address_key OFFSET 0
    ) AS h
    WHERE n.address_key IN (SELECT address_key FROM incoming_voters)
      AND ((h.county, h.precinct_number) IS DISTINCT FROM (n.county, n.precinct_number) OR h.retired_at IS NOT NULL)
), kept AS (
    INSERT INTO import_changes (table_name, record, run, before)
    SELECT 'households', id::text, $1, jsonb_build_object(
        'county', county, 'precinct_number', precinct_number, 'new_county', new_county, 'new_precinct', new_precinct
    ) FROM changed
    ON CONFLICT DO NOTHING
)
UPDATE households AS h
SET county = c.new_county, precinct_number = c.new_precinct, retired_at = NULL, updated_at = now()
FROM changed AS c WHERE h.id = c.id
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
WITH gone AS (
    DELETE FROM households AS h
    WHERE h.id = ANY($1) AND h.address_key IS NOT NULL AND h.external_id IS NULL
      AND (SELECT true FROM voters AS v WHERE v.household_id = h.id LIMIT 1) IS NULL
    RETURNING h.*
)
INSERT INTO import_changes (table_name, record, run, before)
SELECT 'households', gone.id::text, $2, to_jsonb(gone) FROM gone WHERE NOT gone.id = ANY($3)
ON CONFLICT (table_name, record, run) DO UPDATE SET before = excluded.before
"""

_FORGET_PROTECTED = """
DELETE FROM import_changes AS c USING incoming_voters AS i, import_runs AS r
WHERE i.protected AND c.table_name = 'voters' AND c.record = i.record_id AND r.run = c.run AND r.source = $1
"""
"""What earlier imports kept of voters who are protected now."""


@dataclass(frozen=True, slots=True)
class VoterWriteCounts:
    voters: WriteCounts
    households_created: int


async def upsert_chunk(
    conn: Connection, rows: bytes, households: bytes, source: str, run: UUID, *, protected: int, dry: bool
) -> VoterWriteCounts:
    """Write a chunk of voters and their households; `dry` only counts. Households without a voter left are deleted.

    `rows` and `households` are lines of COPY's text format, as `Chunk` has them; `protected` of the voters are.
    """
    await staging.stage(conn, VOTERS, rows)
    await conn.execute(_STAGE_HOUSEHOLDS)
    await staging.copy_rows(conn, "incoming_households", HOUSEHOLD_COLUMNS, households)
    known = await staging.remove_known(conn, VOTERS, source, run, dry=dry)
    if dry:
        created = await conn.fetchval(_COUNT_NEW_HOUSEHOLDS, run)
    else:
        created = await conn.fetchval(_INSERT_HOUSEHOLDS, run)
        if created < households.count(b"\n"):
            await conn.execute(_UPDATE_HOUSEHOLDS, run)
        if known.changed and protected:
            await conn.execute(_FORGET_PROTECTED, source)
    inserted, updated = await staging.upsert_staged(conn, VOTERS, source, run, changed=known.changed, dry=dry)
    if known.replaced:
        await conn.execute(_DELETE_EMPTIED, known.replaced, run, known.secret)
    return VoterWriteCounts(WriteCounts(inserted, updated, known.unchanged, known.duplicates), created)
