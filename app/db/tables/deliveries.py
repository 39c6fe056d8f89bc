"""Messages to endpoints of users: who is being sent one, and how each endpoint and host has answered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Text
from sqlmodel import Field, SQLModel

from app.db.tables.columns import column, time


class DeliverySlotTable(SQLModel, table=True):
    """A delivery that is being sent or was put off. A row counts only while its job runs under this fence."""

    __tablename__ = "delivery_slots"

    job_id: UUID = Field(primary_key=True, foreign_key="jobs.id", ondelete="CASCADE")
    fence: int = Field(sa_type=BigInteger)
    user_id: UUID = Field(index=True)
    endpoint_id: UUID
    """A webhook endpoint or a channel of a team."""
    host: str = Field(sa_type=Text, index=True)
    is_waiting: bool


class DeliveryTargetTable(SQLModel, table=True):
    """How an endpoint (`endpoint:<id>`), or a host for one user (`host:<user id>:<host>`), has answered lately."""

    __tablename__ = "delivery_targets"

    key: str = Field(sa_type=Text, primary_key=True)
    failures: int = column(default="0")
    """In a row."""
    failing_since: datetime | None = time()
    paused_until: datetime | None = time()
    next_at: datetime | None = time()
    """When the delivery that is put off next may begin."""
    seconds: float | None
    """That the last successful delivery took."""
