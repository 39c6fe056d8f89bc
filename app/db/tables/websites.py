"""Businesses, the contacts and validations of their websites, fetched pages and hosts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from app.db.tables.columns import column, identity, one_of, time
from app.domain.vocabulary.websites import ContactKind, WebsiteStatus
from app.domain.websites.businesses import ExclusionBy


class BusinessTable(SQLModel, table=True):
    """A business. `key` identifies it when it is submitted again: see `app.domain.websites.businesses`."""

    __tablename__ = "businesses"
    __table_args__ = (
        one_of("website_status", WebsiteStatus),
        CheckConstraint("(website_status IS NULL) = (website_checked_at IS NULL)", name="checked"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="place"),
        Index("businesses_stale_idx", "website_checked_at", postgresql_where=text("website IS NOT NULL")),
        Index("businesses_domain_idx", "domain"),
        Index("businesses_city_idx", text("lower(city)"), "id"),
        Index("businesses_state_idx", text("lower(state)"), "id"),
        Index("businesses_source_idx", "source", "id"),
        Index("businesses_status_idx", "website_status", "id"),
        Index("businesses_name_idx", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}),
        Index("businesses_name_order_idx", text("lower(name)"), "id"),
        Index("businesses_checked_idx", text("coalesce(website_checked_at, '-infinity'::timestamptz)"), "id"),
    )

    id: UUID = Field(primary_key=True)
    key: str = Field(sa_type=Text, unique=True)
    source: str = Field(sa_type=Text)
    """Where it comes from: `rest`, `csv`, a place provider, or the name given to an import."""
    place_id: str | None = Field(sa_type=Text)
    external_id: str | None = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    website: str | None = Field(sa_type=Text)
    domain: str | None = Field(sa_type=Text)
    """The website's registered domain."""
    phone: str | None = Field(sa_type=Text)
    category: str | None = Field(sa_type=Text)
    address: str | None = Field(sa_type=Text)
    city: str | None = Field(sa_type=Text)
    state: str | None = Field(sa_type=Text)
    zip_code: str | None = Field(sa_type=Text)
    country: str = Field(sa_type=Text)
    latitude: float | None
    longitude: float | None
    attribution: str | None = Field(sa_type=Text)
    excluded_by: UUID | None = Field(foreign_key="business_exclusions.id", ondelete="SET NULL", index=True)
    website_status: str | None = Field(sa_type=Text)
    website_checked_at: datetime | None = time()
    website_evidence: dict[str, Any] | None = Field(sa_type=JSONB)
    created_by: UUID = Field(foreign_key="users.id")
    created_at: datetime = time("now()")
    updated_at: datetime = time("now()")


class BusinessExclusionTable(SQLModel, table=True):
    """An entry of the exclusion list: a domain (with its subdomains), a name, or a place id."""

    __tablename__ = "business_exclusions"
    __table_args__ = (one_of("by", ExclusionBy), Index("business_exclusions_key", "by", "value", unique=True))

    id: UUID = Field(primary_key=True)
    by: str = Field(sa_type=Text)
    value: str = Field(sa_type=Text)
    reason: str | None = Field(sa_type=Text)
    created_by: UUID = Field(foreign_key="users.id")
    created_at: datetime = time("now()")


class BusinessContactTable(SQLModel, table=True):
    """An e-mail address, a profile or a telephone number on the pages of a business."""

    __tablename__ = "business_contacts"
    __table_args__ = (one_of("kind", ContactKind),)

    business_id: UUID = Field(primary_key=True, foreign_key="businesses.id", ondelete="CASCADE")
    kind: str = Field(sa_type=Text, primary_key=True)
    value: str = Field(sa_type=Text, primary_key=True)
    confidence: float
    detail: dict[str, Any] = Field(sa_type=JSONB)
    """Fields that only this kind of contact has: the platform, flags, the national form."""
    evidence: list[dict[str, Any]] = Field(sa_type=JSONB)
    first_seen_at: datetime = time("now()")
    seen_at: datetime = time("now()")


class WebsiteCheckTable(SQLModel, table=True):
    """One validation of a website."""

    __tablename__ = "website_checks"
    __table_args__ = (Index("website_checks_business_idx", "business_id", "id"),)

    id: int = identity()
    business_id: UUID = Field(foreign_key="businesses.id", ondelete="CASCADE")
    job_id: UUID
    at: datetime = time("now()")
    status: str = Field(sa_type=Text)
    evidence: dict[str, Any] = Field(sa_type=JSONB)


class WebPageTable(SQLModel, table=True):
    """The last response to a request, shared by all fetchers; `html` is compressed with zlib."""

    __tablename__ = "web_pages"

    url: str = Field(sa_type=Text, primary_key=True)
    fetched_at: datetime = column(DateTime(timezone=True), default="now()", index=True)
    answer: dict[str, Any] = Field(sa_type=JSONB)
    html: bytes | None = Field(sa_type=LargeBinary)


class WebHostTable(SQLModel, table=True):
    """The turn of a host: free from `free_at` on; `held` while the fetcher with the last token uses it."""

    __tablename__ = "web_hosts"

    host: str = Field(sa_type=Text, primary_key=True)
    token: int = column(BigInteger, default="1")
    held: bool = column(default="true")
    free_at: datetime = time()


class WebhookEndpointTable(SQLModel, table=True):
    """A webhook that is called when a user's jobs finish, or when one job finishes."""

    __tablename__ = "webhook_endpoints"

    id: UUID = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="users.id", index=True)
    job_id: UUID | None = Field(index=True)
    url: str = Field(sa_type=Text)
    secret: str = Field(sa_type=Text)
    kinds: list[str] | None = Field(sa_type=ARRAY(Text))
    """Kinds of jobs that it is for; null for all."""
    disabled_reason: str | None = Field(sa_type=Text)
    created_at: datetime = time("now()")
