"""Users, and the rule that somebody can always administer the installation.

`lock_admins` comes before any change that could take an admin away, `has_live_admin` after it: an admin who is not
disabled and has a key that is not revoked.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from app.db.accounts import keys
from app.db.core import locks
from app.db.core.locks import Lock
from app.db.core.pool import Connection

ADMIN_EMAIL = "admin@localhost"
ENVIRONMENT_KEY = "TRIGPOINT_ADMIN_KEY"
"""Also the name under which the key from the environment is stored."""
SHORTEST_ADMIN_KEY = 16

COLUMNS = "id, email, name, role, created_at, disabled_at"


@dataclass(frozen=True)
class User:
    """The one who asks."""

    id: UUID
    email: str
    name: str
    role: str

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"


async def insert(conn: Connection, email: str, name: str, role: str) -> asyncpg.Record | None:
    """The new user; None where the email is taken. `email` is in lower case."""
    return await conn.fetchrow(
        f"""INSERT INTO users (id, email, name, role) VALUES ($1, $2, $3, $4)
            ON CONFLICT (email) DO NOTHING RETURNING {COLUMNS}""",
        uuid7(),
        email,
        name,
        role,
    )


async def get(conn: Connection, user_id: UUID) -> asyncpg.Record | None:
    return await conn.fetchrow(f"SELECT {COLUMNS} FROM users WHERE id = $1", user_id)


async def select(conn: Connection, *, limit: int, offset: int) -> tuple[list[asyncpg.Record], int]:
    """A page of users in the order of their making, and their number."""
    rows = await conn.fetch(f"SELECT {COLUMNS} FROM users ORDER BY id LIMIT $1 OFFSET $2", limit, offset)
    total: int = await conn.fetchval("SELECT count(*) FROM users")
    return rows, total


async def update(
    conn: Connection, user_id: UUID, *, name: str | None, role: str | None, disabled: bool | None
) -> asyncpg.Record | None:
    """Change what is given; None where there is no such user."""
    return await conn.fetchrow(
        f"""UPDATE users SET name = coalesce($2, name), role = coalesce($3, role),
                disabled_at = CASE WHEN $4::boolean IS NULL THEN disabled_at
                                   WHEN $4 THEN coalesce(disabled_at, now()) END
            WHERE id = $1 RETURNING {COLUMNS}""",
        user_id,
        name,
        role,
        disabled,
    )


async def lock_admins(conn: Connection) -> None:
    """Only one transaction at a time may change who administers."""
    await locks.acquire(conn, Lock.ADMINS)


async def has_live_admin(conn: Connection) -> bool:
    return bool(
        await conn.fetchval(
            """SELECT EXISTS (SELECT FROM users AS u JOIN api_keys AS k ON k.user_id = u.id
               WHERE u.role = 'admin' AND u.disabled_at IS NULL AND k.revoked_at IS NULL)"""
        )
    )


async def ensure_admin(conn: Connection, key: str | None) -> str | None:
    """See to it that an admin can come in; answers a key made here, which nobody can be shown again, or None.

    With `key` (the environment's, of at least 16 characters) that key belongs to admin@localhost, who is an admin and
    not disabled: the environment rules. A different key there at the next start replaces it, and the former one is
    revoked; the same one at every start changes nothing. Without `key`, nothing is done where an admin has a live key
    (also one that an earlier environment gave), and else one is made.

    Raises ValueError for a key that is too short or another user's. To be run in a transaction.
    """
    if key is not None and len(key) < SHORTEST_ADMIN_KEY:
        raise ValueError(f"{ENVIRONMENT_KEY} must have at least {SHORTEST_ADMIN_KEY} characters, not {len(key)}")
    if key is not None and not (key.isascii() and key.isprintable() and " " not in key):
        raise ValueError(f"{ENVIRONMENT_KEY} must be printable ASCII without spaces, to travel in a header")
    await lock_admins(conn)
    if key is None and await has_live_admin(conn):
        return None
    admin_id: UUID = await conn.fetchval(
        """INSERT INTO users (id, email, name, role) VALUES ($1, $2, 'Admin', 'admin')
           ON CONFLICT (email) DO UPDATE SET role = 'admin', disabled_at = NULL RETURNING id""",
        uuid7(),
        ADMIN_EMAIL,
    )
    if key is None:
        return (await keys.insert(conn, admin_id, "first key")).text
    hashed = keys.digest(key)
    owner: UUID = await conn.fetchval(
        """INSERT INTO api_keys (id, user_id, name, prefix, key_hash) VALUES ($1, $2, $3, '', $4)
           ON CONFLICT (key_hash) DO UPDATE SET revoked_at = CASE WHEN api_keys.user_id = excluded.user_id
               THEN NULL ELSE api_keys.revoked_at END
           RETURNING user_id""",
        uuid7(),
        admin_id,
        ENVIRONMENT_KEY,
        hashed,
    )
    if owner != admin_id:
        raise ValueError(f"{ENVIRONMENT_KEY} is already the key of another user")
    await conn.execute(
        """UPDATE api_keys SET revoked_at = now()
           WHERE user_id = $1 AND name = $2 AND key_hash <> $3 AND revoked_at IS NULL""",
        admin_id,
        ENVIRONMENT_KEY,
        hashed,
    )
    return None
