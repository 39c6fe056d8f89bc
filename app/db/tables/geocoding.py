"""Cached answers of geocoders, claims on addresses, the observed state of geocoders, and geocoded files."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field, SQLModel

from app.db.tables.columns import column, one_of, time
from app.domain.vocabulary.accuracy import Accuracy


class GeocodeAnswerTable(SQLModel, table=True):
    """A cached answer of one provider for one address; without coordinates, the provider knows no match."""

    __tablename__ = "geocode_cache"
    __table_args__ = (
        one_of("accuracy", list(Accuracy)),
        CheckConstraint(
            "num_nulls(latitude, longitude, accuracy, confidence, matched_address) IN (0, 5)", name="place"
        ),
        Index("geocode_cache_expires_idx", "expires_at", postgresql_where=text("expires_at IS NOT NULL")),
    )

    key: str = Field(sa_type=Text, primary_key=True)
    """Hash of the normalised address."""
    provider: str = Field(sa_type=Text, primary_key=True)
    latitude: float | None
    longitude: float | None
    accuracy: str | None = Field(sa_type=Text)
    confidence: float | None
    matched_address: str | None = Field(sa_type=Text)
    raw_score: float | None
    attribution: str | None = Field(sa_type=Text)
    contradicts: str = column(Text, default="''")
    """Parts of the address that differ in the answer, separated by spaces."""
    expires_at: datetime | None = time()
    """Null if the answer may be kept for ever."""
    created_at: datetime = time("now()")


class GeocodeClaimTable(SQLModel, table=True):
    """The job that is asking for an address; others wait for its answer. Unlogged: a claim lives for seconds."""

    __tablename__ = "geocode_claims"
    __table_args__ = {"prefixes": ["UNLOGGED"]}

    key: str = Field(sa_type=Text, primary_key=True)
    owner: UUID = Field(index=True)
    until: datetime = time()


class GeocoderStateTable(SQLModel, table=True):
    """A geocoder as one worker sees it. Unlogged, because workers write it every few seconds."""

    __tablename__ = "geocoder_states"
    __table_args__ = {"prefixes": ["UNLOGGED"]}

    provider: str = Field(sa_type=Text, primary_key=True)
    worker_id: UUID = Field(primary_key=True)
    errors: int
    breaker: str = Field(sa_type=Text)
    p50_ms: float | None
    p95_ms: float | None
    at: datetime = time("now()")


class GeocodedRowTable(SQLModel, table=True):
    """The result for one row of a geocode_file job."""

    __tablename__ = "geocoded_rows"
    __table_args__ = (
        CheckConstraint("latitude IS NOT NULL OR error IS NOT NULL", name="outcome"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="coordinates"),
    )

    job_id: UUID = Field(primary_key=True)
    row: int = Field(primary_key=True)
    """Number of the row from 1, without the header."""
    line: str = Field(sa_type=Text)
    """The cells under the header as CSV."""
    beyond: str | None = Field(sa_type=Text)
    """Cells beyond the header's columns as CSV."""
    latitude: float | None
    longitude: float | None
    accuracy: str | None = Field(sa_type=Text)
    confidence: float | None
    provider: str | None = Field(sa_type=Text)
    matched_address: str | None = Field(sa_type=Text)
    expected_error_metres: float | None
    error: str | None = Field(sa_type=Text)
