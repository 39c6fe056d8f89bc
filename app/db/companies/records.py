"""Companies, what each source says of them, and the texts that it was read from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from uuid_utils.compat import uuid7

from app.db.core.pool import Connection
from app.domain.companies.input import NewCompany
from app.domain.companies.kinds import ENRICHMENT_SOURCES
from app.domain.text.storable import storable

COLUMNS = """id, external_id, name, website, registry_number, place_id, business_id, attributes, created_at,
updated_at"""


@dataclass(frozen=True)
class Kept:
    row: asyncpg.Record
    is_new: bool


UPSERT = f"""
INSERT INTO companies AS c (id, external_id, name, website, registry_number, place_id, attributes, created_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (external_id) DO UPDATE SET
    name = excluded.name, website = coalesce(excluded.website, c.website),
    registry_number = coalesce(excluded.registry_number, c.registry_number),
    place_id = coalesce(excluded.place_id, c.place_id), attributes = c.attributes || excluded.attributes,
    updated_at = now()
RETURNING {COLUMNS}, xmax = 0 AS is_new
"""


async def upsert(conn: Connection, new: NewCompany, user_id: UUID) -> Kept:
    """Keep a company; one whose external id is known is updated by what is given."""
    row = await conn.fetchrow(
        UPSERT,
        uuid7(),
        new.external_id,
        new.name,
        new.website,
        new.registry_number,
        new.place_id,
        orjson.dumps(new.attributes).decode(),
        user_id,
    )
    assert row is not None  # it was inserted or updated
    return Kept(row, row["is_new"])


async def ensure(conn: Connection, external_id: str, name: str | None, user_id: UUID) -> asyncpg.Record:
    """The company that the client knows by this id; made if there is none, with its id for a name unless one is given.

    A name that is given replaces one that was only the id.
    """
    row = await conn.fetchrow(
        f"""INSERT INTO companies AS c (id, external_id, name, created_by) VALUES ($1, $2, coalesce($3, $2), $4)
            ON CONFLICT (external_id) DO UPDATE
            SET name = CASE WHEN c.name = c.external_id THEN excluded.name ELSE c.name END
            RETURNING {COLUMNS}""",
        uuid7(),
        external_id,
        name,
        user_id,
    )
    assert row is not None
    return row


async def find(conn: Connection, key: str) -> asyncpg.Record | None:
    """By our id, a business' id or the client's own."""
    return await conn.fetchrow(
        f"""SELECT {COLUMNS} FROM companies
            WHERE external_id = $1 OR ($2::uuid IS NOT NULL AND (id = $2 OR business_id = $2))
            ORDER BY external_id = $1 DESC NULLS LAST LIMIT 1""",
        key,
        _uuid(key),
    )


def is_uuid(text: str) -> bool:
    return _uuid(text) is not None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def get(conn: Connection, company_id: UUID) -> asyncpg.Record | None:
    return await conn.fetchrow(f"SELECT {COLUMNS} FROM companies WHERE id = $1", company_id)


async def existing(conn: Connection, ids: Sequence[UUID]) -> set[UUID]:
    rows = await conn.fetch("SELECT id FROM companies WHERE id = ANY($1)", ids)
    return {row["id"] for row in rows}


async def search(conn: Connection, text: str | None, *, limit: int, offset: int) -> tuple[list[asyncpg.Record], int]:
    """A page of companies by name, and their number; `text` is the beginning of a name."""
    condition = r"$1::text IS NULL OR lower(name) LIKE regexp_replace(lower($1), '([%_\\])', '\\\1', 'g') || '%'"
    rows = await conn.fetch(
        f"SELECT {COLUMNS} FROM companies WHERE {condition} ORDER BY lower(name), id LIMIT $2 OFFSET $3",
        text,
        limit,
        offset,
    )
    total: int = await conn.fetchval(f"SELECT count(*) FROM companies WHERE {condition}", text)
    return rows, total


async def update(conn: Connection, company_id: UUID, values: Mapping[str, Any]) -> asyncpg.Record | None:
    """Set what is given of name, website, registry_number, place_id and attributes."""
    given = {name: orjson.dumps(value).decode() if name == "attributes" else value for name, value in values.items()}
    return await conn.fetchrow(
        f"""UPDATE companies SET
                name = CASE WHEN 'name' = ANY($2) THEN $3 ELSE name END,
                website = CASE WHEN 'website' = ANY($2) THEN $4 ELSE website END,
                registry_number = CASE WHEN 'registry_number' = ANY($2) THEN $5 ELSE registry_number END,
                place_id = CASE WHEN 'place_id' = ANY($2) THEN $6 ELSE place_id END,
                attributes = CASE WHEN 'attributes' = ANY($2) THEN $7::jsonb ELSE attributes END,
                updated_at = now()
            WHERE id = $1 RETURNING {COLUMNS}""",
        company_id,
        list(given),
        *(given.get(name) for name in ("name", "website", "registry_number", "place_id", "attributes")),
    )


async def delete(conn: Connection, company_id: UUID) -> bool:
    return await conn.fetchval("DELETE FROM companies WHERE id = $1 RETURNING true", company_id) is not None


async def keep_texts(conn: Connection, texts: Iterable[str]) -> list[bytes]:
    """Store texts, each once; their SHA-256, in order."""
    stored = [storable(text) for text in texts]
    digests = [sha256(text.encode()).digest() for text in stored]
    await conn.execute(
        """INSERT INTO source_texts (sha256, text) SELECT DISTINCT ON (sha256) sha256, text
           FROM unnest($1::bytea[], $2::text[]) AS new (sha256, text) ORDER BY sha256 ON CONFLICT DO NOTHING""",
        digests,
        stored,
    )
    return digests


async def save_fields(
    conn: Connection, company_id: UUID, source: str, fields: Mapping[str, Any], url: str | None, fetched_at: datetime
) -> None:
    """What a source says now, in place of what it said before."""
    await conn.execute("DELETE FROM company_fields WHERE company_id = $1 AND source = $2", company_id, source)
    await conn.execute(
        """INSERT INTO company_fields (company_id, field, source, value, url, fetched_at)
           SELECT $1, field, $2, value, $5, $6 FROM unnest($3::text[], $4::jsonb[]) AS new (field, value)""",
        company_id,
        source,
        list(fields),
        [storable(orjson.dumps(value, default=str).decode().replace(r"\u0000", "")) for value in fields.values()],
        url,
        fetched_at,
    )


async def fields(conn: Connection, company_ids: Sequence[UUID]) -> dict[UUID, list[asyncpg.Record]]:
    """What every source says, by company; of each field the one whose word counts first."""
    rows = await conn.fetch(
        """SELECT company_id, field, source, value, url, fetched_at FROM company_fields WHERE company_id = ANY($1)
           ORDER BY company_id, field, coalesce(array_position($2::text[], source), 99), source""",
        company_ids,
        list(ENRICHMENT_SOURCES),
    )
    found: dict[UUID, list[asyncpg.Record]] = {}
    for row in rows:
        found.setdefault(row["company_id"], []).append(row)
    return found


@dataclass(frozen=True)
class Page:
    """A page of a company's site as it is now."""

    url: str
    title: str
    text: str
    fetched_at: datetime


async def last_versions(conn: Connection, company_id: UUID) -> dict[str, asyncpg.Record]:
    """The newest stored version of each of a company's pages, with its text."""
    rows = await conn.fetch(
        """SELECT DISTINCT ON (v.url) v.url, v.title, v.sha256, t.text, v.fetched_at
           FROM page_versions AS v JOIN source_texts AS t USING (sha256)
           WHERE v.company_id = $1 ORDER BY v.url, v.id DESC""",
        company_id,
    )
    return {row["url"]: row for row in rows}


async def keep_versions(conn: Connection, company_id: UUID, pages: Sequence[Page]) -> None:
    """Store pages whose text is not that of their newest version."""
    digests = await keep_texts(conn, [page.text for page in pages])
    await conn.execute(
        """INSERT INTO page_versions (company_id, url, title, sha256, fetched_at)
           SELECT $1, new.url, new.title, new.sha256, new.fetched_at
           FROM unnest($2::text[], $3::text[], $4::bytea[], $5::timestamptz[]) AS new (url, title, sha256, fetched_at)
           WHERE new.sha256 IS DISTINCT FROM (
               SELECT v.sha256 FROM page_versions AS v WHERE v.company_id = $1 AND v.url = new.url
               ORDER BY v.id DESC LIMIT 1)""",
        company_id,
        [page.url for page in pages],
        [storable(page.title) for page in pages],
        digests,
        [page.fetched_at for page in pages],
    )


async def of_business(conn: Connection, business_id: UUID, user_id: UUID) -> Kept | None:
    """The company that a business is, made where there is none; None where there is no such business."""
    row = await conn.fetchrow(
        f"""INSERT INTO companies AS c (id, name, website, place_id, business_id, attributes, created_by)
            SELECT $1, b.name, b.website, b.place_id, b.id, jsonb_strip_nulls(jsonb_build_object(
                       'category', b.category, 'phone', b.phone, 'address', b.address, 'city', b.city,
                       'state', b.state, 'zipCode', b.zip_code, 'country', b.country)), $3
            FROM businesses AS b WHERE b.id = $2
            ON CONFLICT (business_id) DO UPDATE
            SET website = coalesce(c.website, excluded.website), place_id = coalesce(c.place_id, excluded.place_id)
            RETURNING {COLUMNS}, xmax = 0 AS is_new""",
        uuid7(),
        business_id,
        user_id,
    )
    return Kept(row, row["is_new"]) if row else None


async def is_worked_on(conn: Connection, company_id: UUID) -> bool:
    return bool(
        await conn.fetchval(
            """SELECT EXISTS (SELECT FROM jobs WHERE status IN ('pending', 'processing') AND dedupe_key = $1::text
               AND kind IN ('company_research', 'company_enrichment', 'signal_detection'))""",
            str(company_id),
        )
    )


async def learn_ids(conn: Connection, company_id: UUID, registry_number: str | None, place_id: str | None) -> None:
    """Ids that a source has, where people gave none."""
    await conn.execute(
        """UPDATE companies SET registry_number = coalesce(registry_number, $2), place_id = coalesce(place_id, $3)
           WHERE id = $1""",
        company_id,
        registry_number,
        place_id,
    )
