"""Browser sessions. Their times are compared by the database's clock, so the clocks of API hosts may differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.db.accounts.keys import LIVE, USER_COLUMNS, Scope
from app.db.accounts.users import User
from app.db.core.pool import Connection

MAX_AGE = "14 days"
MAX_SESSIONS = 100
"""The maximum number of sessions of a user."""
SEEN_RECORDED_EVERY = "1 minute"
LIVE_SESSION = "s.ended_at IS NULL AND s.expires_at > now()"


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that has neither ended nor expired, of a live key."""

    id_hash: bytes
    key_id: UUID
    user: User
    seen_due: bool
    """Whether `record_seen` should be called for a use of the session now."""
    scopes: frozenset[str]
    """The scopes of its key."""
    expires_at: datetime | None
    """When its key expires."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A user who makes a request, and by which key or session."""

    user: User
    key_id: UUID
    """The key, also of a session."""
    session_hash: bytes | None = None
    """The digest of the session; None for a request with a key."""
    scopes: frozenset[str] = frozenset(Scope)
    """The scopes of the key."""
    expires_at: datetime | None = None
    """When the key expires."""


async def insert(conn: Connection, id_hash: bytes, key_id: UUID, user_id: UUID) -> None:
    """Insert a new session, and delete those of all users that expired more than a day ago.

    A user has at most MAX_SESSIONS; the oldest ones are deleted for new ones.
    """
    await conn.execute("DELETE FROM sessions WHERE expires_at < now() - interval '1 day'")
    await conn.execute(
        f"""INSERT INTO sessions (id_hash, key_id, user_id, expires_at)
            VALUES ($1, $2, $3, now() + interval '{MAX_AGE}')""",
        id_hash,
        key_id,
        user_id,
    )
    await conn.execute(
        f"""DELETE FROM sessions WHERE id_hash IN (
                SELECT id_hash FROM sessions WHERE user_id = $1 ORDER BY created_at DESC OFFSET {MAX_SESSIONS})""",
        user_id,
    )


async def find_live(conn: Connection, id_hash: bytes) -> LiveSession | None:
    """Return the live session with this digest, or None."""
    row = await conn.fetchrow(
        f"""SELECT s.key_id, s.last_seen_at < now() - interval '{SEEN_RECORDED_EVERY}' AS seen_due,
                   k.scopes, k.expires_at, {USER_COLUMNS}
            FROM sessions AS s JOIN api_keys AS k ON k.id = s.key_id JOIN users AS u ON u.id = k.user_id
            WHERE s.id_hash = $1 AND {LIVE_SESSION} AND {LIVE}""",
        id_hash,
    )
    if row is None:
        return None
    key_id, seen_due, scopes, expires_at, *user = row.values()
    return LiveSession(id_hash, key_id, User(*user), seen_due, frozenset(scopes), expires_at)


async def record_seen(conn: Connection, id_hash: bytes) -> None:
    """Set the time of the session's last use, unless another process is just doing so."""
    await conn.execute(
        """UPDATE sessions SET last_seen_at = now()
           WHERE id_hash = (SELECT id_hash FROM sessions WHERE id_hash = $1 FOR NO KEY UPDATE SKIP LOCKED)""",
        id_hash,
    )


async def end(conn: Connection, id_hash: bytes) -> None:
    """End a session."""
    await conn.execute("UPDATE sessions SET ended_at = now() WHERE id_hash = $1 AND ended_at IS NULL", id_hash)


async def end_all(conn: Connection, user_id: UUID) -> int:
    """End all sessions of a user. Returns how many were live."""
    done: str = await conn.execute(
        "UPDATE sessions SET ended_at = now() WHERE user_id = $1 AND ended_at IS NULL AND expires_at > now()", user_id
    )
    return int(done.removeprefix("UPDATE "))


async def list_live_users(
    conn: Connection, accesses: Iterable[tuple[UUID, bytes | None]]
) -> dict[tuple[UUID, bytes | None], User]:
    """Return the users, as they are now, of those accesses that are live.

    An access is the id of a key, and the digest of a session or None.
    """
    asked = list(accesses)
    rows = await conn.fetch(
        f"""SELECT k.id AS key_id, asked.id_hash, {USER_COLUMNS}
            FROM unnest($1::uuid[], $2::bytea[]) AS asked (key_id, id_hash)
            JOIN api_keys AS k ON k.id = asked.key_id JOIN users AS u ON u.id = k.user_id
            WHERE {LIVE} AND (asked.id_hash IS NULL OR EXISTS (
                SELECT FROM sessions AS s WHERE s.id_hash = asked.id_hash AND {LIVE_SESSION}))""",
        [key_id for key_id, _ in asked],
        [id_hash for _, id_hash in asked],
    )
    return {(row["key_id"], row["id_hash"]): User(*list(row.values())[2:]) for row in rows}
