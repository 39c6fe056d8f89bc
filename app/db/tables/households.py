"""Households and their coordinates."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from app.db.tables.columns import column, one_of, time
from app.domain.geocoding.doubts import DoubtReason


class HouseholdTable(SQLModel, table=True):
    __tablename__ = "households"
    __table_args__ = (
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="coordinates"),
        CheckConstraint("geocoded = (latitude IS NOT NULL)", name="geocoded"),
        # Households from imports have no external id, and need no entry in the index.
        Index(
            "households_external_id_key", "external_id", unique=True, postgresql_where=text("external_id IS NOT NULL")
        ),
        Index("households_city_idx", text("lower(city)"), "id"),
        Index("households_state_idx", text("lower(state)"), "id"),
        Index("households_zip_code_idx", text("split_part(zip_code, '-', 1)"), "id"),
        Index("households_county_idx", text("lower(county)"), "id"),
        Index("households_precinct_idx", "precinct_number", "id"),
        Index("households_accuracy_idx", "accuracy", "id"),
        Index("households_provider_idx", "geocoding_provider", "id"),
        Index("households_confidence_idx", text("coalesce(confidence, 2)"), "id"),
        Index("households_address_idx", "address", postgresql_using="gin", postgresql_ops={"address": "gin_trgm_ops"}),
        Index("households_geocoded_job_idx", "geocoded_job", "id", postgresql_where=text("geocoded_job IS NOT NULL")),
    )

    id: UUID = Field(primary_key=True)
    external_id: str | None = Field(sa_type=Text)
    address_key: UUID | None = Field(unique=True)
    """Hash of the normalised address and unit, for a household from an import; it is deleted with its last voter."""
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
    matched_address: str | None = Field(sa_type=Text)
    raw_score: float | None
    attribution: str | None = Field(sa_type=Text)
    expected_error_metres: float | None
    """How far the coordinates may be off."""
    geocoded_job: UUID | None
    """The job that found the coordinates; it may have been deleted since."""
    created_run: UUID | None
    """The run of the import that created it."""
    retired_at: datetime | None = time()
    """When the last of its voters was retired."""
    created_at: datetime = time("now()")
    updated_at: datetime = time("now()")


class HouseholdDoubtTable(SQLModel, table=True):
    """A reason for a person to look at where a household is."""

    __tablename__ = "household_doubts"
    __table_args__ = (one_of("reason", list(DoubtReason)),)

    household_id: UUID = Field(primary_key=True, foreign_key="households.id", ondelete="CASCADE")
    reason: str = Field(primary_key=True, sa_type=Text)
    detail: dict[str, Any] = Field(sa_type=JSONB)
    """What a person needs to decide."""
    job_id: UUID | None
    """The job that found it; it may have been deleted since. Candidates are shown to those who may read it."""
    at: datetime = time("now()")


class HouseholdReviewTable(SQLModel, table=True):
    """What a person decided about where a household is."""

    __tablename__ = "household_reviews"
    __table_args__ = (one_of("decision", ("accepted", "pinned", "rejected")),)

    household_id: UUID = Field(primary_key=True, foreign_key="households.id", ondelete="CASCADE")
    decision: str = Field(sa_type=Text)
    latitude: float | None
    longitude: float | None
    """Of the place that was accepted, pinned or rejected."""
    decided_by: UUID | None
    at: datetime = time("now()")
