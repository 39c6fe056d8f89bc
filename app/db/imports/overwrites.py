"""Find the records that an import would overwrite, and the source that already has a file's records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson

from app.db.core.pool import Connection
from app.db.imports.staging import ALWAYS_BY_INDEX, ImportTable, remove_known, stage


@dataclass(frozen=True, slots=True)
class Overwrite:
    """The records of one earlier run that a chunk would overwrite."""

    run: UUID
    records: int
    others: int
    """Of these, those that cannot be the same person or thing."""


async def count_overwritten(
    conn: Connection, table: ImportTable, rows: bytes, source: str, check: UUID
) -> list[Overwrite]:
    """Count the stored records that a chunk would change. `check` identifies the reading of the file."""
    await stage(conn, table, rows)
    await remove_known(conn, table, source, check, dry=True)
    found = await conn.fetch(
        f"""SELECT t.run, count(*) AS records, count(*) FILTER (WHERE NOT t.same) AS others
            FROM incoming_{table.name} AS i CROSS JOIN LATERAL (
                SELECT t.run, coalesce({table.same}, false) AS same FROM {table.name} AS t
                WHERE t.source = $1 AND t.record_id = i.record_id OFFSET 0
            ) AS t GROUP BY t.run""",
        source,
    )
    return [Overwrite(**row) for row in found]


@dataclass(frozen=True, slots=True)
class SourceMatch:
    """How many records of a sample a source has."""

    source: str
    known: int
    same: int
    """Of these, those that can be the same person or thing."""


async def match_sources(
    conn: Connection, table: ImportTable, sources: Sequence[str], records: Sequence[Mapping[str, str | None]]
) -> list[SourceMatch]:
    """Count the records of a sample, by the names of staged columns, that each source has already."""
    columns = ", ".join(f"{name} {sql_type}" for name, sql_type in table.columns.items())
    await conn.execute(ALWAYS_BY_INDEX)
    found = await conn.fetch(
        f"""SELECT s.source, count(*) AS known, count(*) FILTER (WHERE t.same) AS same
            FROM jsonb_to_recordset($2::jsonb) AS i ({columns}) CROSS JOIN unnest($1::text[]) AS s (source)
            CROSS JOIN LATERAL (
                SELECT coalesce({table.same}, false) AS same FROM {table.name} AS t
                WHERE t.source = s.source AND t.record_id = i.record_id OFFSET 0
            ) AS t GROUP BY s.source""",
        sources,
        orjson.dumps(records).decode(),
    )
    return [SourceMatch(**row) for row in found]


async def count_of_runs(conn: Connection, table: ImportTable, source: str, runs: Sequence[UUID]) -> int:
    """Count the records of a source that these runs last wrote."""
    counted: int = await conn.fetchval(
        f"SELECT count(*) FROM {table.name} WHERE source = $1 AND run = ANY($2)", source, runs
    )
    return counted


async def list_with_records(conn: Connection, table: ImportTable, source: str, runs: Sequence[UUID]) -> list[UUID]:
    """Return those of the runs that were the last to write some record of the source."""
    found = await conn.fetch(f"SELECT DISTINCT run FROM {table.name} WHERE source = $1 AND run = ANY($2)", source, runs)
    return [row["run"] for row in found]


async def has_records(conn: Connection, table: ImportTable, source: str) -> bool:
    """Whether there are records of the source."""
    return bool(await conn.fetchval(f"SELECT EXISTS (SELECT FROM {table.name} WHERE source = $1)", source))
