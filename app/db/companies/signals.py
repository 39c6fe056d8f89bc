"""Signals, each kept once, and the notifications that go out for the new ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from app.db.companies import records as companies
from app.db.core.pool import Connection
from app.db.jobs import records as jobs
from app.domain.companies.kinds import SIGNAL_NOTIFICATION, NotificationArgs
from app.domain.companies.signals import Noticed
from app.domain.text.storable import storable

COLUMNS = "id, company_id, kind, title, quote, url, sha256, occurred_on, strength, detected_at, job_id"


async def keep(conn: Connection, company_id: UUID, job_id: UUID, noticed: Sequence[Noticed]) -> list[asyncpg.Record]:
    """Keep what is new; answers that."""
    digests = await companies.keep_texts(conn, [one.text for one in noticed])
    return await conn.fetch(
        f"""INSERT INTO signals (id, company_id, job_id, kind, fingerprint, title, quote, url, sha256, occurred_on,
                                 strength)
            SELECT new.id, $1, $2, new.kind, new.fingerprint, new.title, new.quote, new.url, new.sha256,
                   new.occurred_on, new.strength
            FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bytea[],
                        $10::date[], $11::float8[])
                AS new (id, kind, fingerprint, title, quote, url, sha256, occurred_on, strength)
            ON CONFLICT (company_id, kind, fingerprint) DO NOTHING RETURNING {COLUMNS}""",
        company_id,
        job_id,
        [uuid7() for _ in noticed],
        [one.kind for one in noticed],
        [one.fingerprint for one in noticed],
        [storable(one.title) for one in noticed],
        [storable(one.quote) for one in noticed],
        [storable(one.url) for one in noticed],
        digests,
        [one.occurred_on for one in noticed],
        [one.strength for one in noticed],
    )


async def notify(conn: Connection, signals: Sequence[asyncpg.Record], user_id: UUID) -> int:
    """A job for each channel that wants one of these signals; answers how many."""
    rows = await conn.fetch(
        """SELECT s.id AS signal_id, c.id AS channel_id FROM unnest($1::uuid[], $2::text[]) AS s (id, kind)
           JOIN team_channels AS c ON c.signals IS NULL OR s.kind = ANY(c.signals)""",
        [one["id"] for one in signals],
        [one["kind"] for one in signals],
    )
    for row in rows:
        notification = uuid7()
        new = SIGNAL_NOTIFICATION.new_job(NotificationArgs(notification_id=notification), total_items=1)
        [job] = await jobs.insert(conn, [new], user_id)
        await conn.execute(
            "INSERT INTO notifications (id, signal_id, channel_id, job_id) VALUES ($1, $2, $3, $4)",
            notification,
            row["signal_id"],
            row["channel_id"],
            job.id,
        )
    return len(rows)


@dataclass(frozen=True)
class Due:
    """A notification that is not sent yet."""

    id: UUID
    channel_kind: str
    target: str
    secret: str | None
    team: str
    company: dict[str, Any]
    signal: dict[str, Any]


async def due(conn: Connection, notification_id: UUID) -> Due | None:
    """None where it was sent, or its channel or company is gone."""
    row = await conn.fetchrow(
        """SELECT n.id AS notification_id, c.kind AS channel_kind, c.target, c.secret, t.name AS team,
                   o.name AS company_name, o.external_id, o.website, s.*
            FROM notifications AS n JOIN team_channels AS c ON c.id = n.channel_id JOIN teams AS t ON t.id = c.team_id
            JOIN signals AS s ON s.id = n.signal_id JOIN companies AS o ON o.id = s.company_id
            WHERE n.id = $1 AND n.sent_at IS NULL""",
        notification_id,
    )
    if row is None:
        return None
    company = {
        "id": str(row["company_id"]),
        "external_id": row["external_id"],
        "name": row["company_name"],
        "website": row["website"],
    }
    return Due(
        row["notification_id"], row["channel_kind"], row["target"], row["secret"], row["team"], company, show(row)
    )


async def sent(conn: Connection, notification_id: UUID) -> None:
    await conn.execute("UPDATE notifications SET sent_at = now() WHERE id = $1", notification_id)


async def select(
    conn: Connection, *, company_id: UUID | None, kind: str | None, limit: int, offset: int
) -> tuple[list[asyncpg.Record], int]:
    """A page of signals, newest first, and their number."""
    condition = "($1::uuid IS NULL OR company_id = $1) AND ($2::text IS NULL OR kind = $2)"
    rows = await conn.fetch(
        f"SELECT {COLUMNS} FROM signals WHERE {condition} ORDER BY detected_at DESC, id DESC LIMIT $3 OFFSET $4",
        company_id,
        kind,
        limit,
        offset,
    )
    total: int = await conn.fetchval(f"SELECT count(*) FROM signals WHERE {condition}", company_id, kind)
    return rows, total


def show(row: asyncpg.Record) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "company_id": str(row["company_id"]),
        "type": row["kind"],
        "title": row["title"],
        "evidence": {"quote": row["quote"], "url": row["url"], "sha256": row["sha256"].hex()},
        "occurred_on": row["occurred_on"],
        "detected_at": row["detected_at"],
        "strength": row["strength"],
    }
