"""Signals of companies, each stored once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from app.db.companies.source_texts import insert_texts
from app.db.core.pool import Connection
from app.domain.companies.signals import Signal, SignalCandidate
from app.domain.text.storable import storable

COLUMNS = "id, company_id, kind, title, quote, url, sha256, occurred_on, strength, detected_at"


def signal_from_row(row: asyncpg.Record) -> Signal:
    """Build a signal from a row that has, perhaps among others, the columns COLUMNS of `signals`."""
    return Signal(
        id=row["id"],
        company_id=row["company_id"],
        kind=row["kind"],
        title=row["title"],
        quote=row["quote"],
        url=row["url"],
        sha256=row["sha256"].hex(),
        occurred_on=row["occurred_on"],
        strength=row["strength"],
        detected_at=row["detected_at"],
    )


async def insert_new(
    conn: Connection, company_id: UUID, job_id: UUID, candidates: Sequence[SignalCandidate]
) -> list[Signal]:
    """Insert the candidates that are not stored yet, by company, kind and fingerprint; return those inserted."""
    digests = await insert_texts(conn, [candidate.text for candidate in candidates])
    rows = await conn.fetch(
        f"""INSERT INTO signals (id, company_id, job_id, kind, fingerprint, title, quote, url, sha256, occurred_on,
                                 strength)
            SELECT new.id, $1, $2, new.kind, new.fingerprint, new.title, new.quote, new.url, new.sha256,
                   new.occurred_on, new.strength
            FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bytea[],
                        $10::date[], $11::float8[])
                AS new (id, kind, fingerprint, title, quote, url, sha256, occurred_on, strength)
            ON CONFLICT (company_id, kind, fingerprint) DO NOTHING RETURNING {COLUMNS}""",
        company_id,
        job_id,
        [uuid7() for _ in candidates],
        [candidate.kind for candidate in candidates],
        [candidate.fingerprint for candidate in candidates],
        [storable(candidate.title) for candidate in candidates],
        [storable(candidate.quote) for candidate in candidates],
        [storable(candidate.url) for candidate in candidates],
        digests,
        [candidate.occurred_on for candidate in candidates],
        [candidate.strength for candidate in candidates],
    )
    return [signal_from_row(row) for row in rows]


async def list_signals(
    conn: Connection, *, company_id: UUID | None, kind: str | None, limit: int, offset: int
) -> tuple[list[Signal], int]:
    """Return a page of signals, newest first, and how many there are in all; None means any company or kind."""
    condition = "($1::uuid IS NULL OR company_id = $1) AND ($2::text IS NULL OR kind = $2)"
    rows = await conn.fetch(
        f"SELECT {COLUMNS} FROM signals WHERE {condition} ORDER BY detected_at DESC, id DESC LIMIT $3 OFFSET $4",
        company_id,
        kind,
        limit,
        offset,
    )
    total: int = await conn.fetchval(f"SELECT count(*) FROM signals WHERE {condition}", company_id, kind)
    return [signal_from_row(row) for row in rows], total
