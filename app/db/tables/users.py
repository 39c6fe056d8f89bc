"""Users, their API keys and the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, DateTime, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from app.db.tables.columns import column, identity, one_of, time


class UserTable(SQLModel, table=True):
    __tablename__ = "users"
    __table_args__ = (one_of("role", ("admin", "user")),)

    id: UUID = Field(primary_key=True)
    email: str = Field(sa_type=Text, unique=True)
    name: str = Field(sa_type=Text)
    role: str = column(Text, default="'user'")
    created_at: datetime = time("now()")
    disabled_at: datetime | None = time()


class ApiKeyTable(SQLModel, table=True):
    """An API key. Only its SHA-256 is stored: keys have 256 random bits, so a slow hash would add nothing."""

    __tablename__ = "api_keys"
    __table_args__ = (CheckConstraint("scopes <@ '{read,write,admin}' AND cardinality(scopes) > 0", name="scopes"),)

    id: UUID = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="users.id", index=True)
    name: str = Field(sa_type=Text)
    prefix: str = Field(sa_type=Text)
    key_hash: bytes = Field(unique=True)
    created_at: datetime = time("now()")
    last_used_at: datetime | None = time()
    revoked_at: datetime | None = time()
    scopes: list[str] = column(ARRAY(Text), default="'{read,write,admin}'")
    """What requests with the key may do, as far as its user may."""
    expires_at: datetime | None = time()


class SessionTable(SQLModel, table=True):
    """A browser session. Only a digest of its cookie is stored."""

    __tablename__ = "sessions"

    id_hash: bytes = Field(primary_key=True)
    key_id: UUID = Field(foreign_key="api_keys.id", index=True)
    """The key by which the user signed in; the session ends with it."""
    user_id: UUID = Field(foreign_key="users.id", index=True)
    created_at: datetime = time("now()")
    last_seen_at: datetime = time("now()")
    expires_at: datetime = column(DateTime(timezone=True), index=True)
    ended_at: datetime | None = time()
    """When the user signed out."""


class AuditEntryTable(SQLModel, table=True):
    __tablename__ = "audit_log"
    __table_args__ = (
        Index(
            "audit_log_household_idx",
            text("(details ->> 'householdId')"),
            "id",
            postgresql_where=text("details ->> 'householdId' IS NOT NULL"),
        ),
    )

    id: int = identity()
    at: datetime = time("now()")
    user_id: UUID | None = Field(foreign_key="users.id")
    action: str = Field(sa_type=Text, index=True)
    job_id: UUID | None
    details: dict[str, Any] = Field(sa_type=JSONB)
