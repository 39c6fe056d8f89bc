"""Uploaded files, and what is read from them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, Text, func, literal_column, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from app.db.tables.columns import column, one_of, time


def prefix_index(name: str, column_name: str) -> Index:
    """Return an index that finds rows by the beginning of a text, in any case."""
    lower = func.lower(literal_column(column_name)).label(f"lower_{column_name}")
    return Index(name, lower, postgresql_ops={f"lower_{column_name}": "text_pattern_ops"})


def partial_index(name: str, condition: str) -> Index:
    """Return an index of the few records that meet a condition, in the order of their ids."""
    return Index(name, "source", "record_id", postgresql_where=text(condition))


class UploadTable(SQLModel, table=True):
    """A file to import, kept in the uploads' storage under its id until its jobs are done."""

    __tablename__ = "uploads"

    id: UUID = Field(primary_key=True)
    name: str = Field(sa_type=Text)
    size_bytes: int = Field(sa_type=BigInteger)
    """Unpacked, as it is stored."""
    sha256: bytes
    """SHA-256 of the file as it was sent."""
    layout: dict[str, Any] = Field(sa_type=JSONB)
    """How to read it: see `app.domain.imports.layout`."""
    created_by: UUID = Field(foreign_key="users.id", index=True)
    created_at: datetime = time("now()")
    removed_at: datetime | None = time()
    """When the file itself was removed from the storage."""
    kept_until: datetime | None = time()
    """Of a file that was sent before there is a job: when it is removed."""
    content: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    """What such a file is: see `app.domain.imports.content`."""
    source_id: UUID | None = None
    """The upload whose file this one shares: both count as one."""


class ColumnMappingTable(SQLModel, table=True):
    """A mapping of columns that a user has saved under a name."""

    __tablename__ = "column_mappings"
    __table_args__ = (
        Index("column_mappings_user_id_name_key", "user_id", "name", unique=True),
        one_of("date_order", ("mdy", "dmy", "ymd")),
    )

    id: UUID = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="users.id")
    name: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    mapping: dict[str, Any] = Field(sa_type=JSONB)
    date_order: str | None = Field(sa_type=Text)
    columns: list[str] = Field(sa_type=ARRAY(Text))
    """Canonical names of the columns of the files that it fits, sorted."""
    created_at: datetime = time("now()")
    updated_at: datetime = time("now()")


class ImportSeenTable(SQLModel, table=True):
    """Records that a running import has read and that do not carry its id, so that it recognises duplicates."""

    __tablename__ = "import_seen"

    run: UUID = Field(primary_key=True)
    record: str = Field(sa_type=Text, primary_key=True)


class ImportRunTable(SQLModel, table=True):
    """One reading of a file by an import job: what brought the records whose `run` it is."""

    __tablename__ = "import_runs"
    __table_args__ = (Index("import_runs_source_idx", "kind", "source"),)

    run: UUID = Field(primary_key=True)
    job_id: UUID | None = Field(index=True)
    kind: str = Field(sa_type=Text)
    source: str = Field(sa_type=Text)
    place: str | None = Field(sa_type=Text)
    """The county, city or state of the file, such as `us-nc-durham`; null if it was not found."""
    columns: list[str] = Field(sa_type=ARRAY(Text))
    """Canonical names of the columns or properties of the file."""
    file_name: str = Field(sa_type=Text)
    created_by: UUID = Field(foreign_key="users.id", index=True)
    started_at: datetime = time("now()")
    inserted: int = column(BigInteger, default="0")
    updated: int = column(BigInteger, default="0")
    completed_at: datetime | None = time()
    undone_at: datetime | None = time()
    forgotten_at: datetime | None = time()
    """When the previous values of the records that it changed were deleted: they cannot be restored any more."""


class ImportChangeTable(SQLModel, table=True):
    """A record as it was before a run changed or deleted it."""

    __tablename__ = "import_changes"

    table_name: str = Field(sa_type=Text, primary_key=True)
    record: str = Field(sa_type=Text, primary_key=True)
    """The record id, or the id of a household or business."""
    run: UUID = Field(primary_key=True, index=True)
    before: dict[str, Any] = Field(sa_type=JSONB)


class ImportRejectTable(SQLModel, table=True):
    """A rejected row, as it was in the file."""

    __tablename__ = "import_rejects"

    job_id: UUID = Field(primary_key=True)
    line: int = Field(primary_key=True)
    cells: list[str] = Field(sa_type=ARRAY(Text))
    code: str = Field(sa_type=Text)
    error: str = Field(sa_type=Text)


class VoterTable(SQLModel, table=True):
    """A registered voter. Of a protected voter neither name nor address nor birth date is stored.

    `household_id` has no foreign key: it would be checked for every row, and nobody else writes or removes these.
    """

    __tablename__ = "voters"
    __table_args__ = (
        CheckConstraint(
            "NOT protected OR num_nonnulls(household_id, last_name, first_name, address, birth_date, phone, email) = 0",
            name="protected",
        ),
        Index("voters_run_idx", "run"),
        prefix_index("voters_last_name_idx", "last_name"),
        partial_index("voters_protected_idx", "protected"),
        partial_index("voters_retired_idx", "retired_at IS NOT NULL"),
    )

    source: str = Field(sa_type=Text, primary_key=True)
    """The register that numbers the id: a profile, with the county if each county has its own numbers."""
    record_id: str = Field(sa_type=Text, primary_key=True)
    household_id: UUID | None = Field(index=True)
    protected: bool
    status: str | None = Field(sa_type=Text)
    last_name: str | None = Field(sa_type=Text)
    first_name: str | None = Field(sa_type=Text)
    middle_name: str | None = Field(sa_type=Text)
    suffix: str | None = Field(sa_type=Text)
    birth_date: date | None
    birth_year: int | None = Field(sa_type=SmallInteger)
    gender: str | None = Field(sa_type=Text)
    party: str | None = Field(sa_type=Text)
    phone: str | None = Field(sa_type=Text)
    email: str | None = Field(sa_type=Text)
    registered_on: date | None
    county: str | None = Field(sa_type=Text)
    precinct: str | None = Field(sa_type=Text)
    address: str | None = Field(sa_type=Text)
    unit: str | None = Field(sa_type=Text)
    city: str | None = Field(sa_type=Text)
    state: str | None = Field(sa_type=Text)
    zip_code: str | None = Field(sa_type=Text)
    extra: dict[str, Any] | None = Field(sa_type=JSONB)
    """Further columns of the file by name, without empty ones."""
    row_hash: UUID
    """Hash of the whole row, by which an unchanged one is recognised."""
    run: UUID
    """The run of the import that last wrote it."""
    missing_run: UUID | None
    """The import of a complete file of its source that no longer had it."""
    retired_at: datetime | None = time()
    """When an import retired it; it is left out of lists, scores and geocoding until a file has it again."""
    created_at: datetime = time("now()")
    updated_at: datetime = time("now()")


class ParcelTable(SQLModel, table=True):
    """A piece of land."""

    __tablename__ = "parcels"
    __table_args__ = (
        CheckConstraint("(geometry IS NULL) = (num_nonnulls(latitude, longitude, area_m2) = 0)", name="geometry"),
        Index("parcels_run_idx", "run"),
        prefix_index("parcels_address_idx", "address"),
        partial_index("parcels_shapeless_idx", "geometry IS NULL"),
        partial_index("parcels_retired_idx", "retired_at IS NOT NULL"),
    )

    source: str = Field(sa_type=Text, primary_key=True)
    record_id: str = Field(sa_type=Text, primary_key=True)
    """The county's parcel number, prefixed by the county's code if the file has one."""
    owner: str | None = Field(sa_type=Text)
    address: str | None = Field(sa_type=Text)
    unit: str | None = Field(sa_type=Text)
    city: str | None = Field(sa_type=Text)
    state: str | None = Field(sa_type=Text)
    zip_code: str | None = Field(sa_type=Text)
    acres: float | None
    """As in the file; `area_m2` is computed from the geometry."""
    latitude: float | None
    longitude: float | None
    """Centroid, in degrees (WGS 84)."""
    area_m2: float | None
    geometry: bytes | None
    """Polygon or multipolygon as WKB, in degrees."""
    extra: dict[str, Any] | None = Field(sa_type=JSONB)
    row_hash: UUID
    run: UUID
    missing_run: UUID | None
    """The import of a complete file of its source that no longer had it."""
    retired_at: datetime | None = time()
    """When an import retired it; it is left out of lists, scores and geocoding until a file has it again."""
    created_at: datetime = time("now()")
    updated_at: datetime = time("now()")


class PointOfInterestTable(SQLModel, table=True):
    __tablename__ = "pois"
    __table_args__ = (
        Index("pois_place_idx", "latitude", "longitude"),
        Index("pois_category_place_idx", "category", "latitude", "longitude"),
        Index("pois_run_idx", "run"),
        prefix_index("pois_name_idx", "name"),
        partial_index("pois_retired_idx", "retired_at IS NOT NULL"),
    )

    source: str = Field(sa_type=Text, primary_key=True)
    record_id: str = Field(sa_type=Text, primary_key=True)
    name: str | None = Field(sa_type=Text)
    category: str = Field(sa_type=Text)
    latitude: float
    longitude: float
    extra: dict[str, Any] | None = Field(sa_type=JSONB)
    row_hash: UUID
    run: UUID
    missing_run: UUID | None
    """The import of a complete file of its source that no longer had it."""
    retired_at: datetime | None = time()
    """When an import retired it; it is left out of lists, scores and geocoding until a file has it again."""
    created_at: datetime = time("now()")
    updated_at: datetime = time("now()")
