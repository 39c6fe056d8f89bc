"""Finished jobs of long ago."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from app.db.tables.columns import time
from app.db.tables.jobs import TERMINAL_SQL


class ArchivedJobTable(SQLModel, table=True):
    """A job that ended long ago: what can be read of it, outside of the tables and indexes that run jobs."""

    __tablename__ = "archived_jobs"
    __table_args__ = (
        CheckConstraint(f"status IN ({TERMINAL_SQL})", name="status"),
        Index(None, "created_by", "id"),
        Index(None, "kind", "id"),
        Index(None, "completed_at"),
    )

    id: UUID = Field(primary_key=True)
    kind: str = Field(sa_type=Text)
    queue: str = Field(sa_type=Text)
    status: str = Field(sa_type=Text)
    priority: int = Field(sa_type=SmallInteger)
    title: str = Field(sa_type=Text)
    data: dict[str, Any] = Field(sa_type=JSONB)
    result: dict[str, Any] | None = Field(sa_type=JSONB)
    error: str | None = Field(sa_type=Text)
    total_items: int | None
    processed_items: int
    failed_items: int
    attempt: int = Field(sa_type=SmallInteger)
    max_attempts: int = Field(sa_type=SmallInteger)
    timeout_seconds: float
    crashes: int = Field(sa_type=SmallInteger)
    fence: int = Field(sa_type=BigInteger)
    dedupe_key: str | None = Field(sa_type=Text)
    created_by: UUID = Field(foreign_key="users.id")
    request_id: str | None = Field(sa_type=Text)
    created_at: datetime = time()
    started_at: datetime | None = time()
    completed_at: datetime = time()
    updated_at: datetime = time()
    archived_at: datetime = time("now()")
