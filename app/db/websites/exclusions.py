"""The exclusion list: businesses whose websites are not visited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from app.db.core import locks
from app.db.core.conditions import Conditions
from app.db.core.locks import Lock
from app.db.core.pages import Page, count_or_estimate
from app.db.core.pool import Connection
from app.domain.websites.businesses import ExclusionBy, normalise_name

COLUMNS = "id, by, value, reason, created_at"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """An entry of the exclusion list."""

    id: UUID
    by: str
    """The field that is compared with the value: an `ExclusionBy`."""
    value: str
    reason: str | None
    created_at: datetime


async def list_exclusions(
    conn: Connection, *, before: UUID | None = None, limit: int, offset: int = 0
) -> Page[Exclusion]:
    """Return one page of the exclusion list, newest first; `before` (a cursor) limits it to entries older than that."""
    total = await count_or_estimate(conn, "SELECT FROM business_exclusions", ())
    where = Conditions()
    where.add_if_given("id < {}", before)
    rows = await conn.fetch(
        f"""SELECT {COLUMNS} FROM business_exclusions WHERE {where}
            ORDER BY id DESC LIMIT {where.arg(limit + 1)} OFFSET {where.arg(offset)}""",
        *where.args,
    )
    return Page.of([Exclusion(**row) for row in rows], limit, total)


async def insert_exclusion(
    conn: Connection, by: ExclusionBy, value: str, reason: str | None, user_id: UUID
) -> tuple[Exclusion, bool]:
    """Add an entry and mark the businesses that it excludes. Returns the entry, and whether it is new.

    `value` must be normalised by `excluded_value`. Must run in a transaction.
    """
    await locks.acquire(conn, Lock.EXCLUSIONS)
    row = await conn.fetchrow(
        f"""INSERT INTO business_exclusions (id, by, value, reason, created_by) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (by, value) DO NOTHING RETURNING {COLUMNS}""",
        uuid7(),
        by,
        value,
        reason,
        user_id,
    )
    if row is None:  # an admin takes an entry of a user over, so that only admins can lift it
        await conn.execute(
            """UPDATE business_exclusions AS e SET created_by = $3, reason = coalesce($4, reason)
               WHERE by = $1 AND value = $2
               AND EXISTS (SELECT FROM users WHERE id = $3 AND role = 'admin')
               AND NOT EXISTS (SELECT FROM users WHERE id = e.created_by AND role = 'admin')""",
            by,
            value,
            user_id,
            reason,
        )
        existing = await conn.fetchrow(
            f"SELECT {COLUMNS} FROM business_exclusions WHERE by = $1 AND value = $2", by, value
        )
        assert existing is not None
        return Exclusion(**existing), False
    await _mark_excluded(conn, row["id"], by, value)
    return Exclusion(**row), True


async def _mark_excluded(conn: Connection, exclusion_id: UUID, by: ExclusionBy, value: str) -> None:
    match by:
        case ExclusionBy.PLACE_ID:
            condition = "place_id = $2"
        case ExclusionBy.DOMAIN:
            condition = r"website ~* ('^https?://([^/?#]*\.)?' || replace($2, '.', '\.') || '(:\d+)?(/|$)')"
        case ExclusionBy.NAME:  # names are normalised in Python
            businesses = await conn.fetch("SELECT id, name FROM businesses WHERE excluded_by IS NULL")
            ids = [business["id"] for business in businesses if normalise_name(business["name"]) == value]
            await conn.execute("UPDATE businesses SET excluded_by = $1 WHERE id = ANY($2)", exclusion_id, ids)
            return
    await conn.execute(
        f"UPDATE businesses SET excluded_by = $1 WHERE excluded_by IS NULL AND {condition}", exclusion_id, value
    )


async def count_exclusions(conn: Connection, user_id: UUID) -> int:
    """Return how many entries a user has made."""
    count: int = await conn.fetchval("SELECT count(*) FROM business_exclusions WHERE created_by = $1", user_id)
    return count


async def is_set_by_admin(conn: Connection, exclusion_id: UUID) -> bool:
    """Return whether an admin made the entry; False if there is none."""
    return bool(
        await conn.fetchval(
            """SELECT EXISTS (SELECT FROM business_exclusions AS e JOIN users AS u ON u.id = e.created_by
                              WHERE e.id = $1 AND u.role = 'admin')""",
            exclusion_id,
        )
    )


async def delete_exclusion(conn: Connection, exclusion_id: UUID) -> bool:
    """Delete an entry, so that its businesses are no longer excluded. Returns whether it existed."""
    status: str = await conn.execute("DELETE FROM business_exclusions WHERE id = $1", exclusion_id)
    return status == "DELETE 1"
