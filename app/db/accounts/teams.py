"""Teams, their members, and the channels that notify them of signals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from uuid_utils.compat import uuid7

from app.db.core.pages import NamePlace, Page, Total
from app.db.core.pool import Connection


@dataclass(frozen=True, slots=True)
class TeamMember:
    id: UUID
    """The user's id."""
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class TeamChannel:
    id: UUID
    kind: str
    """`webhook` or `email`."""
    target: str
    """URL or e-mail address."""
    signals: list[str] | None
    """Kinds of signals that it is notified of; None means all."""


@dataclass(frozen=True, slots=True)
class NewTeamChannel:
    kind: str
    target: str
    signals: Sequence[str] | None
    secret: str | None
    """Signs the messages to a webhook."""


@dataclass(frozen=True, slots=True)
class Team:
    id: UUID
    name: str
    created_at: datetime
    members: list[TeamMember]
    """By e-mail address."""
    channels: list[TeamChannel]
    """The oldest first."""


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


def _team(row: asyncpg.Record) -> Team:
    members: list[dict[str, Any]] = orjson.loads(row["members"])
    channels: list[dict[str, Any]] = orjson.loads(row["channels"])
    return Team(
        id=row["id"],
        name=row["name"],
        created_at=row["created_at"],
        members=[TeamMember(**{**member, "id": UUID(member["id"])}) for member in members],
        channels=[TeamChannel(**{**channel, "id": UUID(channel["id"])}) for channel in channels],
    )


async def list_teams(
    conn: Connection, member: UUID | None, *, after: NamePlace | None = None, limit: int, offset: int = 0
) -> Page[Team]:
    """Return a page of teams by name, only those with this member unless it is None."""
    place = (None, None) if after is None else (after.name, after.id)
    rows = await conn.fetch(
        f"""{SELECT} AND ($3::text IS NULL OR (t.name, t.id) > ($3, $4::uuid))
            ORDER BY t.name, t.id LIMIT $5 OFFSET $6""",
        None,
        member,
        *place,
        limit + 1,
        offset,
    )
    total: int = await conn.fetchval(
        """SELECT count(*) FROM teams AS t
           WHERE $1::uuid IS NULL
              OR EXISTS (SELECT FROM team_members AS m WHERE m.team_id = t.id AND m.user_id = $1)""",
        member,
    )
    return Page.of([_team(row) for row in rows], limit, Total(total, is_estimate=False))


async def get(conn: Connection, team_id: UUID, member: UUID | None) -> Team | None:
    """Return the team, or None if it does not exist or has no such member (None: any)."""
    row = await conn.fetchrow(SELECT, team_id, member)
    return _team(row) if row else None


async def insert(conn: Connection, name: str, user_id: UUID) -> UUID | None:
    """Create a team without members. Returns its id, or None if the name is taken."""
    team_id: UUID | None = await conn.fetchval(
        "INSERT INTO teams (id, name, created_by) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING RETURNING id",
        uuid7(),
        name,
        user_id,
    )
    return team_id


async def update_name(conn: Connection, team_id: UUID, name: str) -> None:
    """Rename the team. Raises asyncpg.UniqueViolationError if the name is taken."""
    await conn.execute("UPDATE teams SET name = $2 WHERE id = $1", team_id, name)


async def replace_members(conn: Connection, team_id: UUID, members: Sequence[UUID]) -> set[UUID]:
    """Make these users the only members. Returns the ids that belong to no user."""
    await conn.execute("DELETE FROM team_members WHERE team_id = $1", team_id)
    rows = await conn.fetch(
        """INSERT INTO team_members (team_id, user_id) SELECT $1, id FROM users WHERE id = ANY($2)
           RETURNING user_id""",
        team_id,
        members,
    )
    return set(members) - {row["user_id"] for row in rows}


async def replace_channels(conn: Connection, team_id: UUID, channels: Sequence[NewTeamChannel]) -> None:
    """Make these the only channels. A channel that stays keeps its id and secret, so that no message repeats."""
    await conn.execute(
        """DELETE FROM team_channels AS c WHERE c.team_id = $1
           AND NOT EXISTS (SELECT FROM unnest($2::text[], $3::text[]) AS n (kind, target)
                           WHERE n.kind = c.kind AND n.target = c.target)""",
        team_id,
        [channel.kind for channel in channels],
        [channel.target for channel in channels],
    )
    await conn.executemany(
        """INSERT INTO team_channels (id, team_id, kind, target, secret, signals) VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (team_id, kind, target) DO UPDATE SET signals = excluded.signals""",
        [(uuid7(), team_id, channel.kind, channel.target, channel.secret, channel.signals) for channel in channels],
    )


async def list_secrets(conn: Connection, team_id: UUID) -> Mapping[str, str]:
    """Return the secrets of the team's webhooks by URL."""
    rows = await conn.fetch(
        "SELECT target, secret FROM team_channels WHERE team_id = $1 AND secret IS NOT NULL", team_id
    )
    return {row["target"]: row["secret"] for row in rows}


async def delete(conn: Connection, team_id: UUID) -> bool:
    """Delete the team with its channels. Returns False if there is no such team."""
    return await conn.fetchval("DELETE FROM teams WHERE id = $1 RETURNING true", team_id) is not None
