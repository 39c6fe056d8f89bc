"""Households and where they are; what providers said, and who is asking them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field, SQLModel

from app.db.tables.columns import column, one_of, time
from app.domain.vocabulary.accuracy import Accuracy


class Household(SQLModel, table=True):
    __tablename__ = "households"
    __table_args__ = (
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="coordinates"),
        CheckConstraint("geocoded = (latitude IS NOT NULL)", name="geocoded"),
        # Households that imports make have none: there is nothing to index of them.
        Index(
            "households_external_id_key", "external_id", unique=True, postgresql_where=text("external_id IS NOT NULL")
        ),
        Index("households_city_idx", text("lower(city)"), "id"),
        Index("households_state_idx", text("lower(state)"), "id"),
        Index("households_zip_code_idx", text("split_part(zip_code, '-', 1)"), "id"),
        Index("households_county_idx", text("lower(county)"), "id"),
        Index("households_precinct_idx", "precinct_number", "id"),
    )

    id: UUID = Field(primary_key=True)
    external_id: str | None = Field(sa_type=Text)
    address_key: UUID | None = Field(unique=True)
    """Of the normalised address with its unit, where an import made it; such a household goes with its last voter."""
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
    created_at: datetime = time("now()")
    updated_at: datetime = time("now()")


class GeocodeAnswer(SQLModel, table=True):
    """What one provider said of one address, for as long as it may be kept; no coordinates: it knows no match."""

    __tablename__ = "geocode_cache"
    __table_args__ = (
        one_of("accuracy", list(Accuracy)),
        CheckConstraint(
            "num_nulls(latitude, longitude, accuracy, confidence, matched_address) IN (0, 5)", name="place"
        ),
        Index("geocode_cache_expires_idx", "expires_at", postgresql_where=text("expires_at IS NOT NULL")),
    )

    key: str = Field(sa_type=Text, primary_key=True)
    """Of the normalised address."""
    provider: str = Field(sa_type=Text, primary_key=True)
    latitude: float | None
    longitude: float | None
    accuracy: str | None = Field(sa_type=Text)
    confidence: float | None
    matched_address: str | None = Field(sa_type=Text)
    raw_score: float | None
    attribution: str | None = Field(sa_type=Text)
    contradicts: str = column(Text, default="''")
    """Parts of the address of which it says something else, by spaces."""
    expires_at: datetime | None = time()
    """Null: it may be kept for ever."""
    created_at: datetime = time("now()")


class GeocodeClaim(SQLModel, table=True):
    """Whoever is asking for an address now, so that others wait for the answer; unlogged: it lives for seconds."""

    __tablename__ = "geocode_claims"
    __table_args__ = {"prefixes": ["UNLOGGED"]}

    key: str = Field(sa_type=Text, primary_key=True)
    owner: UUID = Field(index=True)
    until: datetime = time()


class GeocoderState(SQLModel, table=True):
    """How a provider fared lately as one worker saw it; unlogged: a worker says it again every few seconds."""

    __tablename__ = "geocoder_states"
    __table_args__ = {"prefixes": ["UNLOGGED"]}

    provider: str = Field(sa_type=Text, primary_key=True)
    worker_id: UUID = Field(primary_key=True)
    errors: int
    breaker: str = Field(sa_type=Text)
    p50_ms: float | None
    p95_ms: float | None
    at: datetime = time("now()")


class GeocodedRow(SQLModel, table=True):
    """What became of one row of a job's file."""

    __tablename__ = "geocoded_rows"
    __table_args__ = (
        CheckConstraint("(latitude IS NULL) = (error IS NOT NULL)", name="outcome"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="coordinates"),
    )

    job_id: UUID = Field(primary_key=True, foreign_key="jobs.id", ondelete="CASCADE")
    row: int = Field(primary_key=True)
    """From 1, the header not counted."""
    line: str = Field(sa_type=Text)
    """Its cells as they came, as many as the header has, as CSV."""
    beyond: str | None = Field(sa_type=Text)
    """Cells beyond the header's, likewise."""
    latitude: float | None
    longitude: float | None
    accuracy: str | None = Field(sa_type=Text)
    confidence: float | None
    provider: str | None = Field(sa_type=Text)
    matched_address: str | None = Field(sa_type=Text)
    error: str | None = Field(sa_type=Text)
