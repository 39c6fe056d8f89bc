"""The records that the arguments of jobs name: which of them exist, and what they are called."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from uuid import UUID

from app.db.core.pool import Connection
from app.domain.jobs.spec import MAX_TITLE_CHARACTERS, NewJob, RecordType

_QUERIES = MappingProxyType(
    {
        RecordType.BUSINESS: "SELECT id::text FROM businesses WHERE id = ANY($1::text[]::uuid[])",
        RecordType.CITY: "SELECT slug FROM cities WHERE slug = ANY($1)",
        RecordType.COMPANY: "SELECT id::text FROM companies WHERE id = ANY($1::text[]::uuid[])",
        RecordType.WEBSITE: """SELECT id::text FROM businesses
                               WHERE id = ANY($1::text[]::uuid[]) AND website IS NOT NULL AND excluded_by IS NULL""",
    }
)
"""These records are common to all users."""


async def find_existing(conn: Connection, type_: RecordType, ids: Collection[str], user_id: UUID) -> set[str]:
    """Return those of the ids of which there is a record that the user may use."""
    if type_ is RecordType.UPLOAD:
        query = """SELECT id::text FROM uploads
                   WHERE id = ANY($1::text[]::uuid[]) AND created_by = $2 AND kept_until IS NULL"""
        rows = await conn.fetch(query, list(ids), user_id)
    else:
        rows = await conn.fetch(_QUERIES[type_], list(ids))
    return {row[0] for row in rows}


_NAMES = MappingProxyType(
    {
        RecordType.BUSINESS: "SELECT id::text, name FROM businesses WHERE id = ANY($1::text[]::uuid[])",
        RecordType.COMPANY: "SELECT id::text, name FROM companies WHERE id = ANY($1::text[]::uuid[])",
    }
)


async def full_titles(conn: Connection, jobs: Sequence[NewJob]) -> list[str]:
    """Return the titles of jobs with the names of the records that they are about: "Email scraping · Acme Ltd"."""
    names: dict[tuple[RecordType, str], str] = {}
    for type_, query in _NAMES.items():
        ids = {reference.id for job in jobs for reference in job.references if reference.type is type_}
        if ids:
            names |= {(type_, row[0]): row[1] for row in await conn.fetch(query, list(ids))}
    return [_full_title(job, names) for job in jobs]


def _full_title(job: NewJob, names: Mapping[tuple[RecordType, str], str]) -> str:
    found = [name for reference in job.references if (name := names.get((reference.type, reference.id)))]
    if not found:
        return job.title
    more = f" and {len(found) - 1:,} more" if len(found) > 1 else ""
    return f"{job.title} · {found[0]}"[: MAX_TITLE_CHARACTERS - len(more)] + more
