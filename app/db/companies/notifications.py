"""Notifications of new signals to the channels of teams; each is delivered by a job of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from uuid_utils.compat import uuid7

from app.db.companies.signals import signal_from_row
from app.db.core.pool import Connection
from app.db.jobs import records as jobs
from app.db.jobs.creator import Creator
from app.domain.companies.kinds import SIGNAL_NOTIFICATION, NotificationArgs
from app.domain.companies.signals import Signal


@dataclass(frozen=True, slots=True)
class NotifiedCompany:
    """The company that a notification is about."""

    id: UUID
    external_id: str | None
    name: str
    website: str | None


@dataclass(frozen=True, slots=True)
class PendingNotification:
    """A notification that is not sent yet."""

    id: UUID
    channel_id: UUID
    channel_kind: str
    """`webhook` or `email`."""
    target: str
    """A URL or an e-mail address."""
    secret: str | None
    """The signing key of a webhook."""
    team: str
    company: NotifiedCompany
    signal: Signal


async def insert_for_signals(conn: Connection, signals: Sequence[Signal], user_id: UUID) -> int:
    """Insert a notification with its job for each channel that subscribes to each signal; return how many."""
    rows = await conn.fetch(
        """SELECT s.id AS signal_id, c.id AS channel_id FROM unnest($1::uuid[], $2::text[]) AS s (id, kind)
           JOIN team_channels AS c ON c.signals IS NULL OR s.kind = ANY(c.signals)""",
        [signal.id for signal in signals],
        [signal.kind for signal in signals],
    )
    for row in rows:
        notification_id = uuid7()
        new = SIGNAL_NOTIFICATION.new_job(NotificationArgs(notification_id=notification_id), total_items=1)
        [job] = await jobs.insert(conn, [new], Creator(user_id))
        await conn.execute(
            "INSERT INTO notifications (id, signal_id, channel_id, job_id) VALUES ($1, $2, $3, $4)",
            notification_id,
            row["signal_id"],
            row["channel_id"],
            job.id,
        )
    return len(rows)


async def get_pending(conn: Connection, notification_id: UUID) -> PendingNotification | None:
    """Return a notification to send; None if it was sent, or if its channel or company was deleted."""
    row = await conn.fetchrow(
        """SELECT n.id AS notification_id, c.id AS channel_id, c.kind AS channel_kind, c.target, c.secret,
                  t.name AS team, o.name AS company_name, o.external_id, o.website, s.*
            FROM notifications AS n JOIN team_channels AS c ON c.id = n.channel_id JOIN teams AS t ON t.id = c.team_id
            JOIN signals AS s ON s.id = n.signal_id JOIN companies AS o ON o.id = s.company_id
            WHERE n.id = $1 AND n.sent_at IS NULL""",
        notification_id,
    )
    if row is None:
        return None
    return PendingNotification(
        id=row["notification_id"],
        channel_id=row["channel_id"],
        channel_kind=row["channel_kind"],
        target=row["target"],
        secret=row["secret"],
        team=row["team"],
        company=NotifiedCompany(row["company_id"], row["external_id"], row["company_name"], row["website"]),
        signal=signal_from_row(row),
    )


async def mark_sent(conn: Connection, notification_id: UUID) -> None:
    """Record that a notification was sent now."""
    await conn.execute("UPDATE notifications SET sent_at = now() WHERE id = $1", notification_id)
