"""The schema: every table as SQLModel. Alembic migrates from here, and a test holds the migrations to it.

Text with a CHECK stands in for Postgres enums; times are timestamptz. At run time nothing maps rows to these classes:
the SQL of `app.db` is what reads and writes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Identity, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from app.domain.jobs import TERMINAL, Status
from app.domain.schedules import Missed, Overlap

SQLModel.metadata.naming_convention = {
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "fk": "%(table_name)s_%(column_0_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}
metadata = SQLModel.metadata


def column(sa_type: Any = None, *, default: str | None = None, **options: Any) -> Any:
    """A column whose default, a piece of SQL, is the server's."""
    if sa_type is not None:
        options["sa_type"] = sa_type
    if default is not None:
        options["sa_column_kwargs"] = {"server_default": text(default)}
    return Field(**options)


def time(default: str | None = None) -> Any:
    return column(DateTime(timezone=True), default=default)


def identity() -> Any:
    return Field(sa_type=BigInteger, primary_key=True, sa_column_args=[Identity(always=True)])


def one_of(column_name: str, values: Any) -> CheckConstraint:
    return CheckConstraint(f"{column_name} IN ({', '.join(repr(str(v)) for v in sorted(values))})", name=column_name)


TERMINAL_SQL = ", ".join(repr(str(status)) for status in sorted(TERMINAL))


class User(SQLModel, table=True):
    __tablename__ = "users"
    __table_args__ = (one_of("role", ("admin", "user")),)

    id: UUID = Field(primary_key=True)
    email: str = Field(sa_type=Text, unique=True)
    name: str = Field(sa_type=Text)
    role: str = column(Text, default="'user'")
    created_at: datetime = time("now()")
    disabled_at: datetime | None = time()


class ApiKey(SQLModel, table=True):
    """Only the SHA-256 of a key is kept: keys carry 256 random bits, so a slow hash would add nothing."""

    __tablename__ = "api_keys"

    id: UUID = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="users.id", index=True)
    name: str = Field(sa_type=Text)
    prefix: str = Field(sa_type=Text)
    key_hash: bytes = Field(unique=True)
    created_at: datetime = time("now()")
    last_used_at: datetime | None = time()
    revoked_at: datetime | None = time()


class Queue(SQLModel, table=True):
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


class Worker(SQLModel, table=True):
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


class Job(SQLModel, table=True):
    """One row, one job: `lease_until` set means that it holds a slot, admitted (pending) or running (processing)."""

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
        Index("jobs_slots_idx", "queue", postgresql_where=text("lease_until IS NOT NULL")),
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
        Index("jobs_unsuccessful_idx", "id", postgresql_where=text("status IN ('cancelled', 'failed')")),
    )

    id: UUID = Field(primary_key=True)
    kind: str = Field(sa_type=Text)
    queue: str = Field(sa_type=Text, foreign_key="queues.name")
    status: str = column(Text, default="'pending'")
    priority: int = column(SmallInteger, default="5")
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
    """The attempt has begun and not ended: the next claim goes on with it (after a crash, a deploy, a snooze)."""
    timeout_seconds: float
    deadline: datetime | None = time()
    """When the open attempt times out."""
    crashes: int = column(SmallInteger, default="0")
    """Leases lost since the checkpoint last moved."""

    run_at: datetime | None = time()
    """Not before then; null is now."""
    fence: int = column(BigInteger, default="0")
    dispatch_id: UUID | None
    worker_id: UUID | None
    lease_until: datetime | None = time()
    cancel_requested_at: datetime | None = time()
    pinned_at: datetime | None = time()
    """When an admin had it run although its queue is paused; holds for that pause."""

    dedupe_key: str | None = Field(sa_type=Text)
    created_by: UUID = Field(foreign_key="users.id")
    created_at: datetime = time("now()")
    started_at: datetime | None = time()
    completed_at: datetime | None = time()
    updated_at: datetime = time("now()")


class JobReader(SQLModel, table=True):
    """Who, beside the maker, may read a job: those to whom deduplication handed it."""

    __tablename__ = "job_readers"

    job_id: UUID = Field(primary_key=True, foreign_key="jobs.id", ondelete="CASCADE")
    user_id: UUID = Field(primary_key=True, foreign_key="users.id")


class JobError(SQLModel, table=True):
    """An item of a job that failed; the job went on."""

    __tablename__ = "job_errors"

    job_id: UUID = Field(primary_key=True, foreign_key="jobs.id", ondelete="CASCADE")
    id: int = identity()
    item_id: str | None = Field(sa_type=Text)
    address: str | None = Field(sa_type=Text)
    error: str = Field(sa_type=Text)
    at: datetime = time("clock_timestamp()")


class JobEvent(SQLModel, table=True):
    """The timeline of a job. No foreign key: it would be checked twice a job, for rows that the ledger alone writes."""

    __tablename__ = "job_events"

    job_id: UUID = Field(primary_key=True)
    id: int = identity()
    at: datetime = time("clock_timestamp()")
    event: str = Field(sa_type=Text)
    attempt: int = Field(sa_type=SmallInteger)
    fence: int = Field(sa_type=BigInteger)
    worker_id: UUID | None
    detail: str | None = Field(sa_type=Text)


class Schedule(SQLModel, table=True):
    """A job to be made again and again. An enabled one has its next time; `error` says why the platform disabled it."""

    __tablename__ = "schedules"
    __table_args__ = (
        one_of("missed", Missed),
        one_of("overlap", Overlap),
        CheckConstraint("NOT enabled OR (next_at IS NOT NULL AND error IS NULL)", name="enabled"),
        Index("schedules_due_idx", "next_at", postgresql_where=text("enabled")),
    )

    id: UUID = Field(primary_key=True)
    name: str = Field(sa_type=Text, unique=True)
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


class AuditEntry(SQLModel, table=True):
    __tablename__ = "audit_log"

    id: int = identity()
    at: datetime = time("now()")
    user_id: UUID | None = Field(foreign_key="users.id")
    action: str = Field(sa_type=Text, index=True)
    job_id: UUID | None
    details: dict[str, Any] = Field(sa_type=JSONB)


class IdempotencyKey(SQLModel, table=True):
    """The answer that a request with this key got, to be given again for a day."""

    __tablename__ = "idempotency_keys"

    user_id: UUID = Field(primary_key=True, foreign_key="users.id")
    key: str = Field(sa_type=Text, primary_key=True)
    fingerprint: bytes
    status: int | None = Field(sa_type=SmallInteger)
    body: bytes | None
    location: str | None = Field(sa_type=Text)
    created_at: datetime = column(DateTime(timezone=True), default="now()", index=True)


class Household(SQLModel, table=True):
    __tablename__ = "households"
    __table_args__ = (
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="coordinates"),
        CheckConstraint("geocoded = (latitude IS NOT NULL)", name="geocoded"),
        Index("households_city_idx", text("lower(city)"), "id"),
        Index("households_state_idx", text("lower(state)"), "id"),
        Index("households_zip_code_idx", text("split_part(zip_code, '-', 1)"), "id"),
        Index("households_county_idx", text("lower(county)"), "id"),
        Index("households_precinct_idx", "precinct_number", "id"),
    )

    id: UUID = Field(primary_key=True)
    external_id: str | None = Field(sa_type=Text, unique=True)
    address: str = Field(sa_type=Text)
    unit: str | None = Field(sa_type=Text)
    city: str | None = Field(sa_type=Text)
    state: str | None = Field(sa_type=Text)
    zip_code: str | None = Field(sa_type=Text)
    country: str = Field(sa_type=Text)
    county: str | None = Field(sa_type=Text)
    precinct_number: str | None = Field(sa_type=Text)
    latitude: float | None
    longitude: float | None
    geocoded: bool = column(default="false")
    geocoded_at: datetime | None = time()
    geocoding_provider: str | None = Field(sa_type=Text)
    accuracy: str | None = Field(sa_type=Text)
    confidence: float | None
    created_at: datetime = time("now()")
    updated_at: datetime = time("now()")
