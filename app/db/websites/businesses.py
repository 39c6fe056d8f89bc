"""Businesses: keeping them, finding them, and what their websites turned out to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from uuid_utils.compat import uuid7

from app.db.core import locks
from app.db.core.locks import Lock
from app.db.core.pool import NO_WAIT, Connection
from app.domain.websites.businesses import ExclusionBy, NewBusiness, plain
from app.domain.websites.extraction.hosts import domain_of, host_of

COLUMNS = """b.id, b.source, b.place_id, b.external_id, b.name, b.website, b.domain, b.phone, b.category, b.address,
b.city, b.state, b.zip_code, b.country, b.latitude, b.longitude, b.attribution, b.excluded_by, b.website_status,
b.website_checked_at, b.website_evidence, b.created_at, b.updated_at"""

FIELDS = {
    "place_id": "text", "external_id": "text", "name": "text", "website": "text", "domain": "text", "phone": "text",
    "category": "text", "address": "text", "city": "text", "state": "text", "zip_code": "text", "country": "text",
    "latitude": "float8", "longitude": "float8", "attribution": "text",
}  # fmt: skip
"""What a business is told with, in the order of SAVE's arguments."""


@dataclass(frozen=True)
class Saved:
    id: UUID
    key: str
    is_new: bool
    is_changed: bool
    """Where it is not new: whether anything of it is different from before."""
    is_excluded: bool
    website: str | None


_NAMES = ", ".join(FIELDS)
_MOVED = "(excluded.website IS NOT NULL AND excluded.website IS DISTINCT FROM b.website)"

_DIFFERS = " OR ".join(f"excluded.{name} IS NOT NULL AND excluded.{name} IS DISTINCT FROM b.{name}" for name in FIELDS)

SAVE = f"""
WITH given AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[],
                         {", ".join(f"${i}::{kind}[]" for i, kind in enumerate(FIELDS.values(), 7))})
        AS given (id, key, plain_name, hosts, {_NAMES})
), written AS (
    INSERT INTO businesses AS b (id, key, source, created_by, excluded_by, {_NAMES})
    SELECT id, key, $5, $6, (
        SELECT e.id FROM business_exclusions AS e
        WHERE (e.by = 'place_id' AND e.value = given.place_id) OR (e.by = 'name' AND e.value = given.plain_name)
           OR (e.by = 'domain' AND e.value = ANY(string_to_array(given.hosts, ' ')))
        LIMIT 1
    ), {_NAMES} FROM given ORDER BY key
    ON CONFLICT (key) DO UPDATE SET
        {", ".join(f"{name} = coalesce(excluded.{name}, b.{name})" for name in FIELDS)},
        excluded_by = excluded.excluded_by,
        website_status = CASE WHEN {_MOVED} THEN NULL ELSE b.website_status END,
        website_checked_at = CASE WHEN {_MOVED} THEN NULL ELSE b.website_checked_at END,
        website_evidence = CASE WHEN {_MOVED} THEN NULL ELSE b.website_evidence END,
        updated_at = now()
    WHERE {_DIFFERS}
        OR excluded.excluded_by IS DISTINCT FROM b.excluded_by
    RETURNING b.id, b.key, b.website, b.excluded_by, xmax = 0 AS is_new  -- xmax: an older version was replaced
)
SELECT given.key, coalesce(w.id, b.id) AS id, coalesce(w.is_new, false) AS is_new,
       w.id IS NOT NULL AND NOT w.is_new AS is_changed, coalesce(w.website, b.website) AS website,
       CASE WHEN w.id IS NULL THEN b.excluded_by ELSE w.excluded_by END IS NOT NULL AS is_excluded
FROM given LEFT JOIN written AS w USING (key) LEFT JOIN businesses AS b USING (key)
"""


async def save(
    conn: Connection, businesses: Sequence[NewBusiness], source: str, country: str, user_id: UUID
) -> dict[str, Saved]:
    """Keep businesses, by their keys; one that is known gets what is said of it now, and keeps what is not.

    No two may share a key. In a transaction. Another website makes what was known of the old one void.
    """
    await locks.acquire_shared(conn, Lock.EXCLUSIONS)
    hosts = [host_of(one.website or "") for one in businesses]
    columns: list[list[Any]] = [[getattr(one, name, None) for one in businesses] for name in FIELDS]
    named = dict(zip(FIELDS, columns, strict=True))
    named["domain"] = [domain_of(one.website or "") for one in businesses]
    named["country"] = [(one.country or country).lower() for one in businesses]
    rows = await conn.fetch(
        SAVE,
        [uuid7() for _ in businesses],
        [one.key for one in businesses],
        [plain(one.name) for one in businesses],
        [" ".join(suffixes(host)) for host in hosts],
        source,
        user_id,
        *named.values(),
    )
    return {
        row["key"]: Saved(row["id"], row["key"], row["is_new"], row["is_changed"], row["is_excluded"], row["website"])
        for row in rows
    }


def suffixes(host: str) -> list[str]:
    """The host and all it stands below: a.b.c, b.c, c."""
    labels = host.split(".")
    return [".".join(labels[at:]) for at in range(len(labels)) if host]


@dataclass(frozen=True)
class BusinessFilters:
    """All hold at once; None holds for every business."""

    website_status: str | None = None
    has_website: bool | None = None
    has_email: bool | None = None
    has_social: bool | None = None
    excluded: bool | None = None
    domain: str | None = None
    city: str | None = None
    state: str | None = None
    source: str | None = None
    text: str | None = None
    """Part of the name."""
    checked_before: datetime | None = None
    ids: Sequence[UUID] | None = None

    def where(self) -> tuple[str, list[Any]]:
        """The condition on `businesses AS b`, and its arguments from $1 on."""
        has = "EXISTS (SELECT FROM business_contacts AS c WHERE c.business_id = b.id AND c.kind = '{}') = ${{}}"
        pattern = None if self.text is None else f"%{self.text.translate(_LITERAL)}%"
        conditions = [
            ("b.website_status = ${}", self.website_status),
            ("(b.website IS NOT NULL) = ${}", self.has_website),
            (has.format("email"), self.has_email),
            (has.format("social"), self.has_social),
            ("(b.excluded_by IS NOT NULL) = ${}", self.excluded),
            ("b.domain = ${}", self.domain),
            ("lower(b.city) = lower(${})", self.city),
            ("lower(b.state) = lower(${})", self.state),
            ("b.source = ${}", self.source),
            ("b.name ILIKE ${}", pattern),
            ("(b.website_checked_at IS NULL OR b.website_checked_at < ${})", self.checked_before),
            ("b.id = ANY(${})", self.ids),
        ]
        given = [(sql, value) for sql, value in conditions if value is not None]
        text = " AND ".join(sql.format(number) for number, (sql, _) in enumerate(given, 1))
        return text or "true", [value for _, value in given]


_LITERAL = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})


async def search(
    conn: Connection, filters: BusinessFilters, *, limit: int, offset: int
) -> tuple[list[asyncpg.Record], int]:
    """A page of businesses, newest first, and how many there are in all."""
    where, args = filters.where()
    n = len(args)
    rows = await conn.fetch(
        f"""SELECT {COLUMNS}, {_COUNTS} FROM businesses AS b WHERE {where}
            ORDER BY b.id DESC LIMIT ${n + 1} OFFSET ${n + 2}""",
        *args,
        limit,
        offset,
    )
    total: int = await conn.fetchval(f"SELECT count(*) FROM businesses AS b WHERE {where}", *args)
    return rows, total


_COUNTS = """(SELECT coalesce(json_object_agg(kind, n), '{}') FROM (
    SELECT kind, count(*) AS n FROM business_contacts AS c WHERE c.business_id = b.id GROUP BY kind) AS k) AS found"""


async def page(conn: Connection, filters: BusinessFilters, *, after: UUID | None, limit: int) -> list[asyncpg.Record]:
    """The next businesses by their ids, with their contacts as JSON: what an export reads."""
    where, args = filters.where()
    n = len(args)
    return await conn.fetch(
        f"""SELECT {COLUMNS}, (
                SELECT json_agg(json_build_object('kind', c.kind, 'value', c.value, 'confidence', c.confidence)
                                ORDER BY c.confidence DESC, c.value)
                FROM business_contacts AS c WHERE c.business_id = b.id) AS contacts
            FROM businesses AS b WHERE {where} AND (${n + 1}::uuid IS NULL OR b.id > ${n + 1})
            ORDER BY b.id LIMIT ${n + 2}""",
        *args,
        after,
        limit,
    )


async def get(conn: Connection, business_id: UUID) -> asyncpg.Record | None:
    return await conn.fetchrow(f"SELECT {COLUMNS} FROM businesses AS b WHERE id = $1", business_id)


async def contacts(conn: Connection, business_id: UUID) -> list[asyncpg.Record]:
    """All that its pages say, the surest first."""
    return await conn.fetch(
        """SELECT kind, value, confidence, detail, evidence, first_seen_at, seen_at FROM business_contacts
           WHERE business_id = $1 ORDER BY kind, confidence DESC, value""",
        business_id,
    )


async def checks(conn: Connection, business_id: UUID, *, limit: int, offset: int) -> tuple[list[asyncpg.Record], int]:
    """Its validations, the newest first, and their number."""
    rows = await conn.fetch(
        """SELECT at, job_id, status, evidence FROM website_checks WHERE business_id = $1
           ORDER BY id DESC LIMIT $2 OFFSET $3""",
        business_id,
        limit,
        offset,
    )
    total: int = await conn.fetchval("SELECT count(*) FROM website_checks WHERE business_id = $1", business_id)
    return rows, total


async def to_visit(conn: Connection, business_id: UUID, job_id: UUID) -> asyncpg.Record | None:
    """What a job needs of its business, and when the job was made: what was read since then need not be read again."""
    return await conn.fetchrow(
        """SELECT b.name, b.website, b.domain, b.country, j.created_at
           FROM businesses AS b CROSS JOIN jobs AS j WHERE b.id = $1 AND j.id = $2""",
        business_id,
        job_id,
    )


async def record_check(
    conn: Connection, business_id: UUID, job_id: UUID, website: str, status: str, evidence: dict[str, Any]
) -> None:
    """Note a validation, in the history and, unless it has another website by now, on the business.

    The commit waits for no disk: that of the job's outcome, which comes after it, does for both. So below.
    """
    await conn.execute(
        f"""WITH noted AS (
               INSERT INTO website_checks (business_id, job_id, status, evidence) VALUES ($1, $2, $4, $5)
           )
           UPDATE businesses SET website_status = $4, website_checked_at = now(), website_evidence = $5
           FROM {NO_WAIT} WHERE id = $1 AND website = $3""",
        business_id,
        job_id,
        website,
        status,
        orjson.dumps(evidence, option=orjson.OPT_UTC_Z).decode(),
    )


@dataclass(frozen=True)
class Contact:
    """A finding to keep; `detail` and `evidence` are JSON text."""

    kind: str
    value: str
    confidence: float
    detail: str
    evidence: str


async def replace_contacts(
    conn: Connection, business_id: UUID, kinds: Sequence[str], contacts: Sequence[Contact]
) -> None:
    """What is found now is what there is, of these kinds; of what stays, the first sight is remembered."""
    await conn.execute(
        f"""WITH found AS (
               SELECT * FROM unnest($3::text[], $4::text[], $5::float8[], $6::jsonb[], $7::jsonb[])
                   AS f (kind, value, confidence, detail, evidence)
           ), gone AS (
               DELETE FROM business_contacts AS c WHERE business_id = $1 AND kind = ANY($2)
               AND NOT EXISTS (SELECT FROM found AS f WHERE f.kind = c.kind AND f.value = c.value)
           )
           INSERT INTO business_contacts (business_id, kind, value, confidence, detail, evidence)
           SELECT $1, found.* FROM found, {NO_WAIT}
           ON CONFLICT (business_id, kind, value) DO UPDATE SET confidence = excluded.confidence,
               detail = excluded.detail, evidence = excluded.evidence, seen_at = now()""",
        business_id,
        kinds,
        [one.kind for one in contacts],
        [one.value for one in contacts],
        [one.confidence for one in contacts],
        [one.detail for one in contacts],
        [one.evidence for one in contacts],
    )


async def stale(conn: Connection, days: float, after: UUID | None, limit: int) -> list[UUID]:
    """The next businesses by id whose website was not validated for so long, those left alone excepted."""
    rows = await conn.fetch(
        """SELECT id FROM businesses WHERE website IS NOT NULL AND excluded_by IS NULL
           AND (website_checked_at IS NULL OR website_checked_at < now() - make_interval(secs => $1))
           AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3""",
        days * 86_400,
        after,
        limit,
    )
    return [row["id"] for row in rows]


async def with_websites(
    conn: Connection, ids: Sequence[UUID] | None, after: UUID | None, limit: int
) -> list[asyncpg.Record]:
    """The next businesses by id that have a website and are not excluded: these, or all."""
    return await conn.fetch(
        """SELECT id FROM businesses WHERE website IS NOT NULL AND excluded_by IS NULL
           AND ($1::uuid[] IS NULL OR id = ANY($1)) AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3""",
        ids,
        after,
        limit,
    )


async def exclude(
    conn: Connection, by: ExclusionBy, value: str, reason: str | None, user_id: UUID
) -> tuple[asyncpg.Record, bool]:
    """Put a value on the list, and mark whom it means; the entry, and whether it is new."""
    await locks.acquire(conn, Lock.EXCLUSIONS)
    row = await conn.fetchrow(
        """INSERT INTO business_exclusions (id, by, value, reason, created_by) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (by, value) DO NOTHING RETURNING id, by, value, reason, created_at""",
        uuid7(),
        by,
        value,
        reason,
        user_id,
    )
    if row is None:
        known = await conn.fetchrow(
            "SELECT id, by, value, reason, created_at FROM business_exclusions WHERE by = $1 AND value = $2", by, value
        )
        assert known is not None
        return known, False
    match by:
        case ExclusionBy.PLACE_ID:
            condition = "place_id = $2"
        case ExclusionBy.DOMAIN:
            condition = r"website ~* ('^https?://([^/?#]*\.)?' || replace($2, '.', '\.') || '(:\d+)?(/|$)')"
        case ExclusionBy.NAME:
            named = await conn.fetch("SELECT id, name FROM businesses WHERE excluded_by IS NULL")
            ids = [one["id"] for one in named if plain(one["name"]) == value]
            await conn.execute("UPDATE businesses SET excluded_by = $1 WHERE id = ANY($2)", row["id"], ids)
            return row, True
    await conn.execute(
        f"UPDATE businesses SET excluded_by = $1 WHERE excluded_by IS NULL AND {condition}", row["id"], value
    )
    return row, True


async def exclusions(conn: Connection, *, limit: int, offset: int) -> tuple[list[asyncpg.Record], int]:
    rows = await conn.fetch(
        """SELECT id, by, value, reason, created_at FROM business_exclusions ORDER BY id DESC LIMIT $1 OFFSET $2""",
        limit,
        offset,
    )
    total: int = await conn.fetchval("SELECT count(*) FROM business_exclusions")
    return rows, total


async def include(conn: Connection, exclusion_id: UUID) -> bool:
    """Take an entry off the list; False where there is none. Whom it meant is free again."""
    done: str = await conn.execute("DELETE FROM business_exclusions WHERE id = $1", exclusion_id)
    return done == "DELETE 1"
