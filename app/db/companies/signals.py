"""Signals of companies, each stored once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from app.db.companies.source_texts import insert_texts
from app.db.core.conditions import Conditions
from app.db.core.pages import Page, count_or_estimate
from app.db.core.pool import Connection
from app.domain.companies.signals import Signal, SignalCandidate
from app.domain.text.storable import storable

COLUMNS = "id, company_id, kind, title, quote, url, sha256, occurred_on, strength, detected_at"


@dataclass(frozen=True)
class SignalFilters:
    """Filters that are joined by AND; None matches every signal."""

    company_id: UUID | None = None
    kind: str | None = None
    detected_after: datetime | None = None
    """At or after this time."""
    detected_before: datetime | None = None

    def conditions(self) -> Conditions:
        """Return the conditions on `signals`."""
        where = Conditions()
        where.add_if_given("company_id = {}", self.company_id)
        where.add_if_given("kind = {}", self.kind)
        where.add_if_given("detected_at >= {}", self.detected_after)
        where.add_if_given("detected_at < {}", self.detected_before)
        return where


@dataclass(frozen=True, slots=True)
class SignalPlace:
    """The place of a signal in the order of detection."""

    detected_at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class ExportedSignal:
    """A signal with the company that it is of."""

    signal: Signal
    company_name: str
    external_id: str | None
    """The client's own id of the company."""


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


@dataclass(frozen=True, slots=True)
class SourcedSignal:
    """A signal with the stored text that it was read from."""

    signal: Signal
    job_id: UUID
    text: str


async def get_with_source(conn: Connection, signal_id: UUID) -> SourcedSignal | None:
    """Return a signal with its source, None if there is none."""
    row = await conn.fetchrow(
        """SELECT s.*, t.text FROM signals AS s JOIN source_texts AS t USING (sha256) WHERE s.id = $1""", signal_id
    )
    return SourcedSignal(signal_from_row(row), row["job_id"], row["text"]) if row else None


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
    conn: Connection, filters: SignalFilters, *, before: SignalPlace | None = None, limit: int, offset: int = 0
) -> Page[Signal]:
    """Return a page of signals, newest first, of those older than `before`."""
    where = filters.conditions()
    total = await count_or_estimate(conn, f"SELECT FROM signals WHERE {where}", where.args)
    if before is not None:
        where.add("(detected_at, id) < ({}, {})", before.detected_at, before.id)
    rows = await conn.fetch(
        f"""SELECT {COLUMNS} FROM signals WHERE {where}
            ORDER BY detected_at DESC, id DESC LIMIT {where.arg(limit + 1)} OFFSET {where.arg(offset)}""",
        *where.args,
    )
    return Page.of([signal_from_row(row) for row in rows], limit, total)


async def list_for_export(
    conn: Connection, filters: SignalFilters, *, before: SignalPlace | None, limit: int
) -> list[ExportedSignal]:
    """Return the next signals, newest first, those older than `before`, with the names of their companies."""
    where = filters.conditions()
    if before is not None:
        where.add("(detected_at, id) < ({}, {})", before.detected_at, before.id)
    rows = await conn.fetch(
        f"""SELECT s.*, c.name AS company_name, c.external_id FROM (
                SELECT {COLUMNS} FROM signals WHERE {where}
                ORDER BY detected_at DESC, id DESC LIMIT {where.arg(limit)}
            ) AS s JOIN companies AS c ON c.id = s.company_id ORDER BY s.detected_at DESC, s.id DESC""",
        *where.args,
    )
    return [ExportedSignal(signal_from_row(row), row["company_name"], row["external_id"]) for row in rows]
