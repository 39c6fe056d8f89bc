"""Teams, their members, and the channels by which they hear of signals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from uuid_utils.compat import uuid7

from app.db.core.pool import Connection

SELECT = """
SELECT t.id, t.name, t.created_at,
       coalesce((SELECT json_agg(json_build_object('id', u.id, 'email', u.email, 'name', u.name) ORDER BY u.email)
                 FROM team_members AS m JOIN users AS u ON u.id = m.user_id WHERE m.team_id = t.id), '[]') AS members,
       coalesce((SELECT json_agg(json_build_object('id', c.id, 'kind', c.kind, 'target', c.target,
                                                   'signals', c.signals) ORDER BY c.id)
                 FROM team_channels AS c WHERE c.team_id = t.id), '[]') AS channels
FROM teams AS t
WHERE ($1::uuid IS NULL OR t.id = $1)
  AND ($2::uuid IS NULL OR EXISTS (SELECT FROM team_members AS m WHERE m.team_id = t.id AND m.user_id = $2))
"""


async def select(conn: Connection, member: UUID | None, *, limit: int, offset: int) -> tuple[list[asyncpg.Record], int]:
    """A page of teams by name, of one member's with `member`, and their number."""
    rows = await conn.fetch(f"{SELECT} ORDER BY t.name LIMIT $3 OFFSET $4", None, member, limit, offset)
    total: int = await conn.fetchval(
        """SELECT count(*) FROM teams AS t
           WHERE $1::uuid IS NULL
              OR EXISTS (SELECT FROM team_members AS m WHERE m.team_id = t.id AND m.user_id = $1)""",
        member,
    )
    return rows, total


async def get(conn: Connection, team_id: UUID, member: UUID | None) -> asyncpg.Record | None:
    return await conn.fetchrow(SELECT, team_id, member)


async def insert(conn: Connection, name: str, user_id: UUID) -> UUID | None:
    """The new team's id; None where the name is taken."""
    team_id: UUID | None = await conn.fetchval(
        "INSERT INTO teams (id, name, created_by) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING RETURNING id",
        uuid7(),
        name,
        user_id,
    )
    return team_id


async def rename(conn: Connection, team_id: UUID, name: str) -> None:
    """Raises UniqueViolationError where the name is taken."""
    await conn.execute("UPDATE teams SET name = $2 WHERE id = $1", team_id, name)


async def set_members(conn: Connection, team_id: UUID, members: Sequence[UUID]) -> set[UUID]:
    """These and no others; answers those that are no users."""
    await conn.execute("DELETE FROM team_members WHERE team_id = $1", team_id)
    rows = await conn.fetch(
        """INSERT INTO team_members (team_id, user_id) SELECT $1, id FROM users WHERE id = ANY($2)
           RETURNING user_id""",
        team_id,
        members,
    )
    return set(members) - {row["user_id"] for row in rows}


async def set_channels(conn: Connection, team_id: UUID, channels: Sequence[Mapping[str, Any]]) -> None:
    """These and no others; one that stays keeps its id and secret, so that nothing is told to it twice."""
    await conn.execute(
        """DELETE FROM team_channels AS c WHERE c.team_id = $1
           AND NOT EXISTS (SELECT FROM unnest($2::text[], $3::text[]) AS n (kind, target)
                           WHERE n.kind = c.kind AND n.target = c.target)""",
        team_id,
        [one["kind"] for one in channels],
        [one["target"] for one in channels],
    )
    await conn.executemany(
        """INSERT INTO team_channels (id, team_id, kind, target, secret, signals) VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (team_id, kind, target) DO UPDATE SET signals = excluded.signals""",
        [(uuid7(), team_id, one["kind"], one["target"], one.get("secret"), one.get("signals")) for one in channels],
    )


async def secrets(conn: Connection, team_id: UUID) -> dict[str, str]:
    """Of the team's webhooks, by address."""
    rows = await conn.fetch(
        "SELECT target, secret FROM team_channels WHERE team_id = $1 AND secret IS NOT NULL", team_id
    )
    return {row["target"]: row["secret"] for row in rows}


async def delete(conn: Connection, team_id: UUID) -> bool:
    return await conn.fetchval("DELETE FROM teams WHERE id = $1 RETURNING true", team_id) is not None


def show(row: asyncpg.Record) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": row["name"],
        "members": orjson.loads(row["members"]),
        "channels": orjson.loads(row["channels"]),
        "createdAt": row["created_at"],
    }
