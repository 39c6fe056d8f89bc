"""The rule that somebody can always administer the installation.

Call `lock_admins` before any change that could remove an admin, and `has_live_admin` after it. A live admin is an admin
who is not disabled and has a live key with the scope `admin`.
"""

from __future__ import annotations

from uuid import UUID

from uuid_utils.compat import uuid7

from app.db.accounts import keys
from app.db.core import locks
from app.db.core.locks import Lock
from app.db.core.pool import Connection

ADMIN_EMAIL = "admin@localhost"
ENVIRONMENT_KEY = "TRIGPOINT_ADMIN_KEY"
"""The environment variable, and the name under which its key is stored."""
MIN_ADMIN_KEY_CHARACTERS = 16


async def lock_admins(conn: Connection) -> None:
    """Until the transaction ends, let no other transaction change who administers the installation."""
    await locks.acquire(conn, Lock.ADMINS)


async def has_live_admin(conn: Connection) -> bool:
    """Return whether any admin can sign in."""
    return bool(
        await conn.fetchval(
            f"""SELECT EXISTS (SELECT FROM users AS u JOIN api_keys AS k ON k.user_id = u.id
                WHERE u.role = 'admin' AND 'admin' = ANY(k.scopes) AND {keys.LIVE})"""
        )
    )


async def ensure_admin(conn: Connection, key: str | None) -> str | None:
    """Make sure that an admin can sign in. Run it in a transaction.

    With `key`, the value of TRIGPOINT_ADMIN_KEY, that key belongs to admin@localhost, who becomes an admin and is
    enabled. A different key at the next start replaces it and revokes the former one; the same key changes nothing.
    Without `key`, nothing happens if there is a live admin; otherwise a key is created. Returns the created key, which
    cannot be shown again, or None.

    Raises ValueError if the key is too short, cannot travel in a header, or belongs to another user.
    """
    if key is not None and len(key) < MIN_ADMIN_KEY_CHARACTERS:
        raise ValueError(f"{ENVIRONMENT_KEY} must have at least {MIN_ADMIN_KEY_CHARACTERS} characters, not {len(key)}")
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
    key_hash = keys.hash_key(key)
    owner_id: UUID = await conn.fetchval(
        """INSERT INTO api_keys (id, user_id, name, prefix, key_hash) VALUES ($1, $2, $3, '', $4)
           ON CONFLICT (key_hash) DO UPDATE SET revoked_at = CASE WHEN api_keys.user_id = excluded.user_id
               THEN NULL ELSE api_keys.revoked_at END
           RETURNING user_id""",
        uuid7(),
        admin_id,
        ENVIRONMENT_KEY,
        key_hash,
    )
    if owner_id != admin_id:
        raise ValueError(f"{ENVIRONMENT_KEY} is already the key of another user")
    await conn.execute(
        """UPDATE api_keys SET revoked_at = now()
           WHERE user_id = $1 AND name = $2 AND key_hash <> $3 AND revoked_at IS NULL""",
        admin_id,
        ENVIRONMENT_KEY,
        key_hash,
    )
    return None
