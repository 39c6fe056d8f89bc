"""Entries of registers that may be a company's, and what people decided on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from uuid_utils.compat import uuid7

from app.db.companies.fields import replace_fields
from app.db.core.conditions import Conditions
from app.db.core.pages import Page, count_or_estimate
from app.db.core.pool import Connection
from app.domain.companies.identity.candidates import EntryCandidate
from app.domain.text.json_guard import load_stored_object
from app.domain.text.storable import storable

COLUMNS = """k.id, k.company_id, c.name AS company_name, c.external_id, k.source, k.entry_id, k.name, k.url, k.fields,
k.marks, k.reasons, k.status, k.found_at, k.decided_at"""
ID_COLUMNS = {"companies_house": "registry_number", "google_places": "place_id"}
"""The column of a company that holds its id at a source; also the name of the field that states it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored candidate with the company that it may be."""

    id: UUID
    company_id: UUID
    company_name: str
    external_id: str | None
    """The client's own id of the company."""
    source: str
    entry_id: str
    name: str
    url: str
    fields: dict[str, Any]
    """What the entry states."""
    marks: list[str]
    """Which marks beside the name agree."""
    reasons: list[str]
    """Why a person has to decide."""
    status: str
    found_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class CandidatePlace:
    """The place of a candidate in the order in which they were found."""

    found_at: datetime
    id: UUID


@dataclass(frozen=True)
class CandidateFilters:
    """Filters that are joined by AND; None matches every candidate."""

    company_id: UUID | None = None
    status: str | None = None

    def conditions(self) -> Conditions:
        """Return the conditions on `company_candidates AS k`."""
        where = Conditions()
        where.add_if_given("k.company_id = {}", self.company_id)
        where.add_if_given("k.status = {}", self.status)
        return where


@dataclass(frozen=True, slots=True)
class Decisions:
    """The ids of entries on which people decided for a company."""

    confirmed: frozenset[str]
    rejected: frozenset[str]


def _candidate(row: asyncpg.Record) -> Candidate:
    return Candidate(**{**row, "fields": load_stored_object(row["fields"])})


async def replace_pending(
    conn: Connection, company_id: UUID, source: str, candidates: Sequence[EntryCandidate]
) -> None:
    """Store the candidates of a source, in place of those on which nobody decided; decisions are kept."""
    await conn.execute(
        """DELETE FROM company_candidates
           WHERE company_id = $1 AND source = $2 AND status = 'pending' AND entry_id <> ALL($3)""",
        company_id,
        source,
        [candidate.entry_id for candidate in candidates],
    )
    for candidate in candidates:
        await conn.execute(
            """INSERT INTO company_candidates AS k
                   (id, company_id, source, entry_id, name, url, fields, marks, reasons)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
               ON CONFLICT (company_id, source, entry_id) DO UPDATE SET
                   name = excluded.name, url = excluded.url, fields = excluded.fields, marks = excluded.marks,
                   reasons = excluded.reasons
               WHERE k.status = 'pending'""",
            uuid7(),
            company_id,
            source,
            candidate.entry_id,
            storable(candidate.name),
            storable(candidate.url),
            storable(orjson.dumps(candidate.fields, default=str).decode().replace(r"\u0000", "")),
            list(candidate.match.marks),
            [storable(reason) for reason in candidate.match.reasons],
        )


async def list_candidates(
    conn: Connection, filters: CandidateFilters, *, before: CandidatePlace | None = None, limit: int, offset: int = 0
) -> Page[Candidate]:
    """Return a page of candidates, those found last first, of those found before `before`."""
    where = filters.conditions()
    total = await count_or_estimate(conn, f"SELECT FROM company_candidates AS k WHERE {where}", where.args)
    if before is not None:
        where.add("(k.found_at, k.id) < ({}, {})", before.found_at, before.id)
    rows = await conn.fetch(
        f"""SELECT {COLUMNS} FROM company_candidates AS k JOIN companies AS c ON c.id = k.company_id WHERE {where}
            ORDER BY k.found_at DESC, k.id DESC LIMIT {where.arg(limit + 1)} OFFSET {where.arg(offset)}""",
        *where.args,
    )
    return Page.of([_candidate(row) for row in rows], limit, total)


async def list_decisions(conn: Connection, company_id: UUID) -> Decisions:
    """Return which entries people confirmed or rejected for a company."""
    rows = await conn.fetch(
        "SELECT entry_id, status FROM company_candidates WHERE company_id = $1 AND status <> 'pending'", company_id
    )
    return Decisions(
        frozenset(row["entry_id"] for row in rows if row["status"] == "confirmed"),
        frozenset(row["entry_id"] for row in rows if row["status"] == "rejected"),
    )


async def decide(conn: Connection, candidate_id: UUID, *, is_company: bool, user_id: UUID) -> Candidate | None:
    """Record a person's decision and do what follows from it; None if there is no such candidate.

    What a confirmed entry states becomes fields of the company, and its id the company's. The company's other
    candidates of this source are rejected. Fields and ids from a rejected entry are removed.
    """
    row = await conn.fetchrow(
        f"""WITH k AS (
                UPDATE company_candidates SET status = $2, decided_by = $3, decided_at = now() WHERE id = $1 RETURNING *
            ) SELECT {COLUMNS} FROM k JOIN companies AS c ON c.id = k.company_id""",
        candidate_id,
        "confirmed" if is_company else "rejected",
        user_id,
    )
    if row is None:
        return None
    candidate = _candidate(row)
    await (_take if is_company else _remove)(conn, candidate, user_id)
    return candidate


async def _take(conn: Connection, candidate: Candidate, user_id: UUID) -> None:
    await conn.execute(
        """UPDATE company_candidates SET status = 'rejected', decided_by = $4, decided_at = now()
           WHERE company_id = $1 AND source = $2 AND id <> $3 AND status <> 'rejected'""",
        candidate.company_id,
        candidate.source,
        candidate.id,
        user_id,
    )
    await replace_fields(
        conn, candidate.company_id, candidate.source, candidate.fields, candidate.url, candidate.found_at
    )
    if column := ID_COLUMNS.get(candidate.source):
        await conn.execute(
            f"UPDATE companies SET {column} = $2, updated_at = now() WHERE id = $1",
            candidate.company_id,
            candidate.entry_id,
        )


async def _remove(conn: Connection, candidate: Candidate, user_id: UUID) -> None:
    column = ID_COLUMNS.get(candidate.source)
    if column is None:
        return
    await conn.execute(
        f"UPDATE companies SET {column} = NULL, updated_at = now() WHERE id = $1 AND {column} = $2",
        candidate.company_id,
        candidate.entry_id,
    )
    await conn.execute(
        """DELETE FROM company_fields AS f WHERE company_id = $1 AND source = $2 AND EXISTS (
               SELECT FROM company_fields AS other WHERE other.company_id = $1 AND other.source = $2
               AND other.field = $3 AND other.value = to_jsonb($4::text))""",
        candidate.company_id,
        candidate.source,
        column,
        candidate.entry_id,
    )
