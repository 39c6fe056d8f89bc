"""Jobs, their queues and workers, their errors and timelines, and schedules."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlmodel import Field, SQLModel

from app.db.tables.columns import column, identity, one_of, time
from app.domain.jobs.schedules import Missed, Overlap
from app.domain.jobs.status import TERMINAL, Status

TERMINAL_SQL = ", ".join(repr(str(status)) for status in sorted(TERMINAL))


class QueueTable(SQLModel, table=True):
    """How jobs of some kinds are run. A null override leaves the value of the code or the environment in force."""

    __tablename__ = "queues"
    __table_args__ = (
        CheckConstraint("coalesce(concurrency_override, concurrency) >= 0", name="concurrency"),
        CheckConstraint("paused_until IS NULL OR paused_at IS NOT NULL", name="paused"),
    )

    name: str = Field(sa_type=Text, primary_key=True)
    route: str = Field(sa_type=Text)
    priority: int = Field(sa_type=SmallInteger)
    concurrency: int
    per_worker: bool = column(default="false")
    dispatch_size: int = column(SmallInteger, default="1")
    priority_override: int | None = Field(sa_type=SmallInteger)
    concurrency_override: int | None
    paused_at: datetime | None = time()
    paused_until: datetime | None = time()
    served: list[UUID] = column(ARRAY(PG_UUID(as_uuid=True)), default="'{}'")
    """The users whose jobs were admitted last, the latest at the end. Admission keeps it while slots are scarce."""
    served_at: datetime | None = time()
    """When the queue last got one of the slots that several queues of its route wanted."""


class WorkerTable(SQLModel, table=True):
    __tablename__ = "workers"

    id: UUID = Field(primary_key=True)
    hostname: str = Field(sa_type=Text)
    pid: int
    route: str = Field(sa_type=Text)
    slots: int
    version: str = Field(sa_type=Text)
    started_at: datetime = time("now()")
    beat_at: datetime = time("now()")
    stopping: bool = column(default="false")
    loop_lag_ms: float = column(default="0")
    """The longest delay of its event loop between its last two heartbeats."""


class JobTable(SQLModel, table=True):
    """A job. While `lease_until` is set it holds a slot, admitted (pending) or running (processing)."""

    __tablename__ = "jobs"
    __table_args__ = (
        one_of("status", Status),
        CheckConstraint(f"(status IN ({TERMINAL_SQL})) = (completed_at IS NOT NULL)", name="completed_at"),
        CheckConstraint("status <> 'processing' OR (lease_until IS NOT NULL AND worker_id IS NOT NULL)", name="lease"),
        CheckConstraint(f"status NOT IN ({TERMINAL_SQL}) OR lease_until IS NULL", name="released"),
        CheckConstraint("run_at IS NULL OR (status = 'pending' AND lease_until IS NULL)", name="run_at"),
        CheckConstraint("processed_items >= 0 AND failed_items BETWEEN 0 AND processed_items", name="items"),
        Index(
            "jobs_ready_idx",
            "queue",
            "priority",
            "id",
            postgresql_where=text("status = 'pending' AND lease_until IS NULL AND run_at IS NULL"),
        ),
        Index("jobs_deferred_idx", "run_at", postgresql_where=text("run_at IS NOT NULL")),
        Index(
            "jobs_turns_idx",
            "queue",
            "priority",
            "created_by",
            "id",
            postgresql_where=text("status = 'pending' AND lease_until IS NULL AND run_at IS NULL"),
        ),
        Index("jobs_slots_idx", "queue", "created_by", postgresql_where=text("lease_until IS NOT NULL")),
        Index(
            "jobs_pinned_idx",
            "queue",
            "priority",
            "id",
            postgresql_where=text(
                "pinned_at IS NOT NULL AND status = 'pending' AND lease_until IS NULL AND run_at IS NULL"
            ),
        ),
        Index("jobs_finished_idx", "queue", "completed_at", postgresql_where=text("completed_at IS NOT NULL")),
        Index(
            "jobs_dedupe_idx",
            "kind",
            "dedupe_key",
            unique=True,
            postgresql_where=text("dedupe_key IS NOT NULL AND status IN ('pending', 'processing')"),
        ),
        Index("jobs_owner_idx", "created_by", "id"),
        Index("jobs_kind_idx", "kind", "id"),
        Index("jobs_unfinished_idx", "id", postgresql_where=text("completed_at IS NULL")),
        Index("jobs_owner_unfinished_idx", "created_by", postgresql_where=text("completed_at IS NULL")),
        Index(
            "jobs_text_idx",
            literal_column("job_text(title, kind, data, error)").label("searched"),
            postgresql_using="gin",
            postgresql_ops={"searched": "gin_trgm_ops"},
            postgresql_where=text("lease_until IS NULL"),
        ),
        Index(
            "jobs_data_idx",
            "data",
            postgresql_using="gin",
            postgresql_ops={"data": "jsonb_path_ops"},
            postgresql_where=text("lease_until IS NULL"),
        ),
        Index(
            "jobs_unsuccessful_idx",
            "id",
            postgresql_include=["status", "kind", "queue", "created_by"],
            postgresql_where=text("status IN ('cancelled', 'failed')"),
        ),
    )

    id: UUID = Field(primary_key=True)
    kind: str = Field(sa_type=Text)
    queue: str = Field(sa_type=Text, foreign_key="queues.name")
    status: str = column(Text, default="'pending'")
    priority: int = column(SmallInteger, default="5")
    title: str = column(Text, default="''")
    data: dict[str, Any] = Field(sa_type=JSONB)
    result: dict[str, Any] | None = Field(sa_type=JSONB)
    error: str | None = Field(sa_type=Text)
    total_items: int | None
    processed_items: int = column(default="0")
    failed_items: int = column(default="0")
    checkpoint: dict[str, Any] | None = Field(sa_type=JSONB)

    attempt: int = column(SmallInteger, default="0")
    max_attempts: int = Field(sa_type=SmallInteger)
    attempt_open: bool = column(default="false")
    """The attempt has begun and not ended: the next claim continues it (after a crash, a deploy or a snooze)."""
    timeout_seconds: float
    deadline: datetime | None = time()
    """When the current run of the open attempt times out; null while nobody runs it."""
    spent_seconds: float = column(default="0")
    """How long earlier runs of the open attempt lasted that a deploy or a lost server ended."""
    crashes: int = column(SmallInteger, default="0")
    """Leases lost since the checkpoint last moved."""

    run_at: datetime | None = time()
    """When a deferred job is due; null if it is due now."""
    fence: int = column(BigInteger, default="0")
    dispatch_id: UUID | None
    worker_id: UUID | None
    lease_until: datetime | None = time()
    cancel_requested_at: datetime | None = time()
    pinned_at: datetime | None = time()
    """When an admin let it run although its queue is paused; valid for that pause."""

    dedupe_key: str | None = Field(sa_type=Text)
    created_by: UUID = Field(foreign_key="users.id")
    request_id: str | None = Field(sa_type=Text)
    """`X-Request-Id` of the request that created it; null for jobs of schedules and triggers."""
    created_at: datetime = time("now()")
    started_at: datetime | None = time()
    completed_at: datetime | None = time()
    updated_at: datetime = time("now()")


class JobErrorTable(SQLModel, table=True):
    """An item of a job that failed; the job continued. The job may be an archived one, so there is no foreign key."""

    __tablename__ = "job_errors"
    __table_args__ = (Index("job_errors_item_idx", "item_id", postgresql_where=text("item_id IS NOT NULL")),)

    job_id: UUID = Field(primary_key=True)
    id: int = identity()
    item_id: str | None = Field(sa_type=Text)
    address: str | None = Field(sa_type=Text)
    error: str = Field(sa_type=Text)
    detail: dict[str, Any] | None = Field(sa_type=JSONB)
    """Further members of the error as the kind shows it."""
    at: datetime = time("clock_timestamp()")


class JobEventTable(SQLModel, table=True):
    """An event of a timeline. No foreign key: it would be checked twice per job, though only the ledger writes it."""

    __tablename__ = "job_events"

    job_id: UUID = Field(primary_key=True)
    id: int = identity()
    at: datetime = time("clock_timestamp()")
    event: str = Field(sa_type=Text)
    attempt: int = Field(sa_type=SmallInteger)
    fence: int = Field(sa_type=BigInteger)
    worker_id: UUID | None
    detail: str | None = Field(sa_type=Text)


class ScheduleTable(SQLModel, table=True):
    """A schedule. If it is enabled it has a next time; `error` is the reason why the platform disabled it."""

    __tablename__ = "schedules"
    __table_args__ = (
        one_of("missed", Missed),
        one_of("overlap", Overlap),
        UniqueConstraint("created_by", "name"),
        CheckConstraint("NOT enabled OR (next_at IS NOT NULL AND error IS NULL)", name="enabled"),
        Index("schedules_due_idx", "next_at", postgresql_where=text("enabled")),
    )

    id: UUID = Field(primary_key=True)
    name: str = Field(sa_type=Text)
    cron: str = Field(sa_type=Text)
    timezone: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    data: dict[str, Any] = Field(sa_type=JSONB)
    priority: int = column(SmallInteger, default="5")
    missed: str = Field(sa_type=Text)
    overlap: str = Field(sa_type=Text)
    enabled: bool = column(default="true")
    error: str | None = Field(sa_type=Text)
    next_at: datetime | None = time()
    last_at: datetime | None = time()
    """The last tick that was run."""
    last_job_id: UUID | None
    created_by: UUID = Field(foreign_key="users.id", index=True)
    created_at: datetime = time("now()")
    updated_at: datetime = time("now()")


class IdempotencyKeyTable(SQLModel, table=True):
    """The response to a request with this Idempotency-Key, which is repeated for a day."""

    __tablename__ = "idempotency_keys"

    user_id: UUID = Field(primary_key=True, foreign_key="users.id")
    key: str = Field(sa_type=Text, primary_key=True)
    fingerprint: bytes
    status: int | None = Field(sa_type=SmallInteger)
    body: bytes | None
    location: str | None = Field(sa_type=Text)
    created_at: datetime = column(DateTime(timezone=True), default="now()", index=True)
