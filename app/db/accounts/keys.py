"""API keys. Only the SHA-256 of a key is stored; the key itself is shown once, when it is created."""

from __future__ import annotations

import secrets
import string
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from uuid_utils.compat import uuid7

from app.db.accounts.users import User
from app.db.core.pages import Page, Total
from app.db.core.pool import Connection

ALPHABET = string.ascii_letters + string.digits
PREFIX_LENGTH = len("tp_") + 8
USE_RECORDED_EVERY = "1 minute"

COLUMNS = "id, user_id, name, prefix, created_at, last_used_at, revoked_at, scopes, expires_at"


class Scope(StrEnum):
    """What requests with a key may do, as far as its user may."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"
    """Act as an administrator. Without it, the key of an administrator has the rights of an ordinary user."""


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
    scopes: Sequence[str]
    expires_at: datetime | None


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
    """A key that is neither revoked nor expired, of a user who is not disabled."""

    id: UUID
    key_hash: bytes
    use_due: bool
    """Whether `record_use` should be called for a use of the key now."""
    scopes: frozenset[str]
    expires_at: datetime | None
    user: User
    """With the role that the key's scopes allow."""


def generate_key() -> str:
    """Return a new key: `tp_`, 8 characters by which people recognise it, `_`, and 256 random bits in base64url."""
    return f"tp_{''.join(secrets.choice(ALPHABET) for _ in range(8))}_{secrets.token_urlsafe(32)}"


def hash_key(text: str) -> bytes:
    """Return the SHA-256 under which a key is stored."""
    return sha256(text.encode()).digest()


async def lock_and_count(conn: Connection, user_id: UUID) -> int:
    """Return how many live keys the user has. Until the transaction ends, others that call this wait."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"keys of {user_id}")
    count: int = await conn.fetchval(
        """SELECT count(*) FROM api_keys
           WHERE user_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())""",
        user_id,
    )
    return count


async def insert(
    conn: Connection,
    user_id: UUID,
    name: str,
    scopes: Collection[str] = tuple(Scope),
    expires_at: datetime | None = None,
) -> NewApiKey:
    """Create a key for an existing user."""
    key = NewApiKey(uuid7(), generate_key())
    await conn.execute(
        """INSERT INTO api_keys (id, user_id, name, prefix, key_hash, scopes, expires_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        key.id,
        user_id,
        name,
        key.prefix,
        hash_key(key.text),
        sorted(scopes),
        expires_at,
    )
    return key


LIVE = "k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now()) AND u.disabled_at IS NULL"
"""The condition that a key gives access, on `api_keys AS k JOIN users AS u`."""

USER_COLUMNS = """u.id, u.email, u.name, CASE WHEN 'admin' = ANY(k.scopes) THEN u.role ELSE 'user' END AS role,
                  u.created_at, u.disabled_at"""
"""The columns of `User`, with the role that the key's scopes allow."""
SELECT_LIVE = f"""
SELECT k.id AS key_id, k.key_hash,
       k.last_used_at IS NULL OR k.last_used_at < now() - interval '{USE_RECORDED_EVERY}' AS use_due,
       k.scopes, k.expires_at, {USER_COLUMNS}
FROM api_keys AS k JOIN users AS u ON u.id = k.user_id
WHERE {LIVE}
"""


async def find_live(conn: Connection, text: str) -> LiveKey | None:
    """Return the live key with this text, or None."""
    key_hash = hash_key(text)
    return (await find_live_by_hash(conn, [key_hash])).get(key_hash)


async def find_live_by_hash(conn: Connection, key_hashes: Sequence[bytes]) -> dict[bytes, LiveKey]:
    """Return the live keys among these hashes, by their hash."""
    found: dict[bytes, LiveKey] = {}
    for row in await conn.fetch(f"{SELECT_LIVE} AND k.key_hash = ANY($1)", key_hashes):
        key_id, key_hash, use_due, scopes, expires_at, *user = row.values()
        found[key_hash] = LiveKey(key_id, key_hash, use_due, frozenset(scopes), expires_at, User(*user))
    return found


async def record_use(conn: Connection, key_id: UUID) -> None:
    """Set the time of the key's last use, unless another process is just doing so."""
    await conn.execute(
        """UPDATE api_keys SET last_used_at = now()
           WHERE id = (SELECT id FROM api_keys WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED)""",
        key_id,
    )


async def list_keys(
    conn: Connection, user_id: UUID | None, *, before: UUID | None = None, limit: int, offset: int = 0
) -> Page[ApiKey]:
    """Return a page of a user's keys (of all keys if `user_id` is None), the newest first.

    `before` is the last key of the page before.
    """
    rows = await conn.fetch(
        f"""SELECT {COLUMNS} FROM api_keys
            WHERE ($1::uuid IS NULL OR user_id = $1) AND ($2::uuid IS NULL OR id < $2)
            ORDER BY id DESC LIMIT $3 OFFSET $4""",
        user_id,
        before,
        limit + 1,
        offset,
    )
    total: int = await conn.fetchval("SELECT count(*) FROM api_keys WHERE $1::uuid IS NULL OR user_id = $1", user_id)
    return Page.of([ApiKey(**row) for row in rows], limit, Total(total, is_estimate=False))


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
