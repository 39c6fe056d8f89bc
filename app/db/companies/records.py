"""Companies as clients and jobs write them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from uuid_utils.compat import uuid7

from app.db.core.conditions import Conditions, escape_like
from app.db.core.pages import Page, count_or_estimate
from app.db.core.pool import Connection
from app.domain.companies.input import NewCompany
from app.domain.text.json_guard import load_stored_object

COLUMNS = """id, external_id, name, website, registry_number, place_id, business_id, attributes, created_at,
updated_at"""


@dataclass(frozen=True, slots=True)
class Company:
    """A company as clients and jobs wrote it."""

    id: UUID
    external_id: str | None
    """The client's own id."""
    name: str
    website: str | None
    registry_number: str | None
    place_id: str | None
    business_id: UUID | None
    attributes: dict[str, Any]
    """Further facts that the client gave."""
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class CompanyUpsert:
    """A company, and whether it was inserted."""

    company: Company
    is_new: bool


@dataclass(frozen=True, slots=True)
class CompanyPlace:
    """The place of a company in the order of names."""

    name: str
    """In lower case, as Postgres has it."""
    id: UUID


@dataclass(frozen=True, slots=True)
class ListedCompany:
    """A company in a list."""

    company: Company
    place: CompanyPlace


def _company(row: asyncpg.Record) -> Company:
    return Company(
        id=row["id"],
        external_id=row["external_id"],
        name=row["name"],
        website=row["website"],
        registry_number=row["registry_number"],
        place_id=row["place_id"],
        business_id=row["business_id"],
        attributes=load_stored_object(row["attributes"]),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


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


async def upsert(conn: Connection, new: NewCompany, user_id: UUID) -> CompanyUpsert:
    """Insert a company, or update the one with the same external id by the given values."""
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
    return CompanyUpsert(_company(row), row["is_new"])


async def upsert_for_business(conn: Connection, business_id: UUID, user_id: UUID) -> CompanyUpsert | None:
    """Return the company of a business, inserted if there is none; None if the business does not exist."""
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
    return CompanyUpsert(_company(row), row["is_new"]) if row else None


async def insert_if_missing(conn: Connection, external_id: str, name: str | None, user_id: UUID) -> Company:
    """Return the company with this external id, inserted if there is none.

    A new company without a name is named by its external id; a name that is given later replaces that.
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
    assert row is not None  # it was inserted or updated
    return _company(row)


async def get(conn: Connection, company_id: UUID) -> Company | None:
    """Return a company by its id; None if there is none."""
    row = await conn.fetchrow(f"SELECT {COLUMNS} FROM companies WHERE id = $1", company_id)
    return _company(row) if row else None


async def find(conn: Connection, key: str) -> Company | None:
    """Return a company by its external id, its own id or the id of its business; the external id goes first.

    `key` must not contain NUL.
    """
    row = await conn.fetchrow(
        f"""SELECT {COLUMNS} FROM companies
            WHERE external_id = $1 OR ($2::uuid IS NOT NULL AND (id = $2 OR business_id = $2))
            ORDER BY external_id = $1 DESC NULLS LAST LIMIT 1""",
        key,
        _uuid_or_none(key),
    )
    return _company(row) if row else None


def _uuid_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def list_companies(
    conn: Connection, name_prefix: str | None, *, after: CompanyPlace | None = None, limit: int, offset: int = 0
) -> Page[ListedCompany]:
    """Return a page of companies in the order of their names, of those behind `after`.

    `name_prefix` selects those whose name begins with it, in any case.
    """
    where = Conditions()
    if name_prefix is not None:
        where.add("lower(name) LIKE lower({})", f"{escape_like(name_prefix)}%")
    total = await count_or_estimate(conn, f"SELECT FROM companies WHERE {where}", where.args)
    if after is not None:  # the first comparison is for the index
        where.add("lower(name) >= {0} AND (lower(name), id) > ({0}, {1})", after.name, after.id)
    rows = await conn.fetch(
        f"""SELECT {COLUMNS}, lower(name) AS lower_name FROM companies WHERE {where}
            ORDER BY lower(name), id LIMIT {where.arg(limit + 1)} OFFSET {where.arg(offset)}""",
        *where.args,
    )
    listed = [ListedCompany(_company(row), CompanyPlace(row["lower_name"], row["id"])) for row in rows]
    return Page.of(listed, limit, total)


async def update(conn: Connection, company_id: UUID, values: Mapping[str, Any]) -> Company | None:
    """Set the given ones of name, website, registry_number, place_id and attributes; None if there is no company."""
    given = {name: orjson.dumps(value).decode() if name == "attributes" else value for name, value in values.items()}
    row = await conn.fetchrow(
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
    return _company(row) if row else None


async def set_missing_ids(
    conn: Connection, company_id: UUID, registry_number: str | None, place_id: str | None
) -> None:
    """Set the ids that a source knows, unless the company has such an id."""
    await conn.execute(
        """UPDATE companies SET registry_number = coalesce(registry_number, $2), place_id = coalesce(place_id, $3)
           WHERE id = $1""",
        company_id,
        registry_number,
        place_id,
    )


async def delete(conn: Connection, company_id: UUID) -> bool:
    """Delete a company with all that belongs to it; False if there is none."""
    return await conn.fetchval("DELETE FROM companies WHERE id = $1 RETURNING true", company_id) is not None


async def has_active_job(conn: Connection, company_id: UUID) -> bool:
    """Return whether a job that reads or writes this company alone is pending or processing."""
    return bool(
        await conn.fetchval(
            """SELECT EXISTS (SELECT FROM jobs WHERE status IN ('pending', 'processing') AND dedupe_key = $1::text
               AND kind IN ('company_research', 'company_enrichment', 'signal_detection'))""",
            str(company_id),
        )
    )
