"""API keys: made, looked up, listed, revoked. Only a key's SHA-256 is stored; the key itself is shown once."""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from app.db.core.pool import Connection

ALPHABET = string.ascii_letters + string.digits
PREFIX_LENGTH = len("tp_") + 8
USE_NOTED_EVERY = "1 minute"

COLUMNS = "id, user_id, name, prefix, created_at, last_used_at, revoked_at"


@dataclass(frozen=True)
class NewKey:
    id: UUID
    text: str

    @property
    def prefix(self) -> str:
        return self.text[:PREFIX_LENGTH]


def new_text() -> str:
    """`tp_`, 8 characters by which people tell keys apart, `_`, and 256 random bits as 43 URL-safe characters."""
    return f"tp_{''.join(secrets.choice(ALPHABET) for _ in range(8))}_{secrets.token_urlsafe(32)}"


def digest(text: str) -> bytes:
    return sha256(text.encode()).digest()


async def insert(conn: Connection, user_id: UUID, name: str) -> NewKey:
    key = NewKey(uuid7(), new_text())
    await conn.execute(
        "INSERT INTO api_keys (id, user_id, name, prefix, key_hash) VALUES ($1, $2, $3, $4, $5)",
        key.id,
        user_id,
        name,
        key.prefix,
        digest(key.text),
    )
    return key


async def owner(conn: Connection, text: str) -> asyncpg.Record | None:
    """Whose live key this is: the key's id, the user's id, email, name and role, and whether `note_use` is due."""
    return await conn.fetchrow(
        f"""SELECT k.id AS key_id, u.id, u.email, u.name, u.role,
                   k.last_used_at IS NULL OR k.last_used_at < now() - interval '{USE_NOTED_EVERY}' AS use_due
            FROM api_keys AS k JOIN users AS u ON u.id = k.user_id
            WHERE k.key_hash = $1 AND k.revoked_at IS NULL AND u.disabled_at IS NULL""",
        digest(text),
    )


async def holder(conn: Connection, key_id: UUID) -> asyncpg.Record | None:
    """The hash of a live key, by its id, and whose it is."""
    return await conn.fetchrow(
        """SELECT k.key_hash, u.id, u.email, u.name, u.role FROM api_keys AS k JOIN users AS u ON u.id = k.user_id
           WHERE k.id = $1 AND k.revoked_at IS NULL AND u.disabled_at IS NULL""",
        key_id,
    )


async def live(conn: Connection, key_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the keys that still open the door."""
    rows = await conn.fetch(
        """SELECT k.id FROM api_keys AS k JOIN users AS u ON u.id = k.user_id
           WHERE k.id = ANY($1) AND k.revoked_at IS NULL AND u.disabled_at IS NULL""",
        list(key_ids),
    )
    return {row["id"] for row in rows}


async def note_use(conn: Connection, key_id: UUID) -> None:
    """Where another process notes the same moment, its word will do."""
    await conn.execute(
        """UPDATE api_keys SET last_used_at = now()
           WHERE id = (SELECT id FROM api_keys WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED)""",
        key_id,
    )


async def select(
    conn: Connection, user_id: UUID | None, *, limit: int, offset: int
) -> tuple[list[asyncpg.Record], int]:
    """A page of the keys of one user, or of all where that is null, the newest first; and their number."""
    rows = await conn.fetch(
        f"""SELECT {COLUMNS} FROM api_keys WHERE $1::uuid IS NULL OR user_id = $1
            ORDER BY id DESC LIMIT $2 OFFSET $3""",
        user_id,
        limit,
        offset,
    )
    total: int = await conn.fetchval("SELECT count(*) FROM api_keys WHERE $1::uuid IS NULL OR user_id = $1", user_id)
    return rows, total


async def revoke(conn: Connection, key_id: UUID, user_id: UUID | None) -> UUID | None:
    """The id of the key's owner; None where there is no such live key, or it is not `user_id`'s (null: anybody's)."""
    owner_id: UUID | None = await conn.fetchval(
        """UPDATE api_keys SET revoked_at = now()
           WHERE id = $1 AND revoked_at IS NULL AND ($2::uuid IS NULL OR user_id = $2) RETURNING user_id""",
        key_id,
        user_id,
    )
    return owner_id
