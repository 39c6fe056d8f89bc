"""Users of the installation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from uuid_utils.compat import uuid7

from app.db.core.pages import Page, Total
from app.db.core.pool import Connection

Role = Literal["admin", "user"]
COLUMNS = "id, email, name, role, created_at, disabled_at"


@dataclass(frozen=True, slots=True)
class User:
    id: UUID
    email: str
    """In lower case."""
    name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None

    @property
    def is_admin(self) -> bool:
        """Whether the user is an administrator."""
        return self.role == "admin"


async def insert(conn: Connection, email: str, name: str, role: str) -> User | None:
    """Insert a user and return it, or None if the e-mail address is taken. `email` must be in lower case."""
    row = await conn.fetchrow(
        f"""INSERT INTO users (id, email, name, role) VALUES ($1, $2, $3, $4)
            ON CONFLICT (email) DO NOTHING RETURNING {COLUMNS}""",
        uuid7(),
        email,
        name,
        role,
    )
    return User(**row) if row else None


async def get(conn: Connection, user_id: UUID) -> User | None:
    """Return the user, or None if there is none with this id."""
    row = await conn.fetchrow(f"SELECT {COLUMNS} FROM users WHERE id = $1", user_id)
    return User(**row) if row else None


async def list_users(conn: Connection, *, after: UUID | None = None, limit: int, offset: int = 0) -> Page[User]:
    """Return a page of users, the oldest first. `after` is the last user of the page before."""
    rows = await conn.fetch(
        f"SELECT {COLUMNS} FROM users WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2 OFFSET $3",
        after,
        limit + 1,
        offset,
    )
    total: int = await conn.fetchval("SELECT count(*) FROM users")
    return Page.of([User(**row) for row in rows], limit, Total(total, is_estimate=False))


async def update(
    conn: Connection, user_id: UUID, *, name: str | None, role: str | None, disabled: bool | None
) -> User | None:
    """Change the fields that are not None. Returns the user, or None if there is none with this id."""
    row = await conn.fetchrow(
        f"""UPDATE users SET name = coalesce($2, name), role = coalesce($3, role),
                disabled_at = CASE WHEN $4::boolean IS NULL THEN disabled_at
                                   WHEN $4 THEN coalesce(disabled_at, now()) END
            WHERE id = $1 RETURNING {COLUMNS}""",
        user_id,
        name,
        role,
        disabled,
    )
    return User(**row) if row else None
