"""API keys. Only the SHA-256 of a key is stored; the key itself is shown once, when it is created."""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from uuid_utils.compat import uuid7

from app.db.accounts.users import User
from app.db.core.pool import Connection

ALPHABET = string.ascii_letters + string.digits
PREFIX_LENGTH = len("tp_") + 8
USE_RECORDED_EVERY = "1 minute"

COLUMNS = "id, user_id, name, prefix, created_at, last_used_at, revoked_at"


@dataclass(frozen=True, slots=True)
class ApiKey:
    id: UUID
    user_id: UUID
    name: str
    prefix: str
    """The beginning of the key, by which people recognise it; empty for the key from the environment."""
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewApiKey:
    id: UUID
    text: str
    """The key itself."""

    @property
    def prefix(self) -> str:
        """The beginning of the key, by which its owner recognises it."""
        return self.text[:PREFIX_LENGTH]


@dataclass(frozen=True, slots=True)
class LiveKey:
    """A key that is not revoked, of a user who is not disabled."""

    id: UUID
    key_hash: bytes
    use_due: bool
    """Whether `record_use` should be called for a use of the key now."""
    user: User


def generate_key() -> str:
    """Return a new key: `tp_`, 8 characters by which people recognise it, `_`, and 256 random bits in base64url."""
    return f"tp_{''.join(secrets.choice(ALPHABET) for _ in range(8))}_{secrets.token_urlsafe(32)}"


def hash_key(text: str) -> bytes:
    """Return the SHA-256 under which a key is stored."""
    return sha256(text.encode()).digest()


async def insert(conn: Connection, user_id: UUID, name: str) -> NewApiKey:
    """Create a key for an existing user."""
    key = NewApiKey(uuid7(), generate_key())
    await conn.execute(
        "INSERT INTO api_keys (id, user_id, name, prefix, key_hash) VALUES ($1, $2, $3, $4, $5)",
        key.id,
        user_id,
        name,
        key.prefix,
        hash_key(key.text),
    )
    return key


SELECT_LIVE = f"""
SELECT k.id AS key_id, k.key_hash,
       k.last_used_at IS NULL OR k.last_used_at < now() - interval '{USE_RECORDED_EVERY}' AS use_due,
       u.id, u.email, u.name, u.role, u.created_at, u.disabled_at
FROM api_keys AS k JOIN users AS u ON u.id = k.user_id
WHERE k.revoked_at IS NULL AND u.disabled_at IS NULL
"""


async def find_live(conn: Connection, text: str) -> LiveKey | None:
    """Return the live key with this text, or None."""
    return await _find_live(conn, "k.key_hash = $1", hash_key(text))


async def find_live_by_id(conn: Connection, key_id: UUID) -> LiveKey | None:
    """Return the live key with this id, or None."""
    return await _find_live(conn, "k.id = $1", key_id)


async def _find_live(conn: Connection, condition: str, value: UUID | bytes) -> LiveKey | None:
    row = await conn.fetchrow(f"{SELECT_LIVE} AND {condition}", value)
    if row is None:
        return None
    key_id, key_hash, use_due, *user = row.values()
    return LiveKey(key_id, key_hash, use_due, User(*user))


async def list_live_ids(conn: Connection, key_ids: Iterable[UUID]) -> set[UUID]:
    """Return which of these keys are live."""
    rows = await conn.fetch(
        """SELECT k.id FROM api_keys AS k JOIN users AS u ON u.id = k.user_id
           WHERE k.id = ANY($1) AND k.revoked_at IS NULL AND u.disabled_at IS NULL""",
        list(key_ids),
    )
    return {row["id"] for row in rows}


async def record_use(conn: Connection, key_id: UUID) -> None:
    """Set the time of the key's last use, unless another process is just doing so."""
    await conn.execute(
        """UPDATE api_keys SET last_used_at = now()
           WHERE id = (SELECT id FROM api_keys WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED)""",
        key_id,
    )


async def list_keys(conn: Connection, user_id: UUID | None, *, limit: int, offset: int) -> tuple[list[ApiKey], int]:
    """Return a page of a user's keys (of all keys if `user_id` is None), the newest first, and the number of all."""
    rows = await conn.fetch(
        f"""SELECT {COLUMNS} FROM api_keys WHERE $1::uuid IS NULL OR user_id = $1
            ORDER BY id DESC LIMIT $2 OFFSET $3""",
        user_id,
        limit,
        offset,
    )
    total: int = await conn.fetchval("SELECT count(*) FROM api_keys WHERE $1::uuid IS NULL OR user_id = $1", user_id)
    return [ApiKey(**row) for row in rows], total


async def revoke(conn: Connection, key_id: UUID, user_id: UUID | None) -> UUID | None:
    """Revoke a key of the user (of anybody if `user_id` is None).

    Returns the id of the key's owner, or None if the user has no such key or it is already revoked.
    """
    owner_id: UUID | None = await conn.fetchval(
        """UPDATE api_keys SET revoked_at = now()
           WHERE id = $1 AND revoked_at IS NULL AND ($2::uuid IS NULL OR user_id = $2) RETURNING user_id""",
        key_id,
        user_id,
    )
    return owner_id
