"""Teams, and the channels that notify them of signals."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.db.tables.columns import one_of, time


def cascading(target: str, **options: Any) -> Any:
    """Return a foreign key to `target`, deleted with it."""
    return Field(sa_column_args=[ForeignKey(target, ondelete="CASCADE")], **options)


class TeamTable(SQLModel, table=True):
    __tablename__ = "teams"

    id: UUID = Field(primary_key=True)
    name: str = Field(sa_type=Text, unique=True)
    created_by: UUID = Field(foreign_key="users.id")
    created_at: datetime = time("now()")


class TeamMemberTable(SQLModel, table=True):
    __tablename__ = "team_members"

    team_id: UUID = cascading("teams.id", primary_key=True)
    user_id: UUID = Field(foreign_key="users.id", primary_key=True, index=True)


class TeamChannelTable(SQLModel, table=True):
    """A channel: `target` is a URL or an e-mail address, `signals` the kinds that it is for, null for all."""

    __tablename__ = "team_channels"
    __table_args__ = (one_of("kind", ("webhook", "email")), UniqueConstraint("team_id", "kind", "target"))

    id: UUID = Field(primary_key=True)
    team_id: UUID = cascading("teams.id")
    kind: str = Field(sa_type=Text)
    target: str = Field(sa_type=Text)
    secret: str | None = Field(sa_type=Text)
    signals: list[str] | None = Field(sa_type=ARRAY(Text))
    created_at: datetime = time("now()")


class NotificationTable(SQLModel, table=True):
    """A signal for a channel: inserted once, even if it is detected again, and sent by the job `job_id`."""

    __tablename__ = "notifications"
    __table_args__ = (UniqueConstraint("signal_id", "channel_id"),)

    id: UUID = Field(primary_key=True)
    signal_id: UUID = cascading("signals.id")
    channel_id: UUID = cascading("team_channels.id", index=True)
    job_id: UUID
    sent_at: datetime | None = time()
