"""Heat maps: cities, regions and their cells, and the tiles fetched from a provider of points of interest."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity, SmallInteger, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from app.db.tables.columns import time


class CityTable(SQLModel, table=True):
    __tablename__ = "cities"
    __table_args__ = (CheckConstraint("south < north AND west <> east", name="bounds"),)

    id: int = Field(primary_key=True, sa_column_args=[Identity(always=True)])
    slug: str = Field(sa_type=Text, unique=True)
    name: str = Field(sa_type=Text)
    country: str | None = Field(sa_type=Text)
    """ISO 3166-1 alpha-2 in upper case."""
    population: int | None
    south: float
    west: float
    north: float
    east: float
    source: str = Field(sa_type=Text)
    """`geonames`, with bounds estimated from the population, or `own`."""
    created_at: datetime = time("now()")
    updated_at: datetime = time("now()")


class HeatRegionTable(SQLModel, table=True):
    """A requested rectangle of cells. `computed_at` and what follows it are null until all cells are stored."""

    __tablename__ = "heat_regions"
    __table_args__ = (
        UniqueConstraint("grid_step", "row", "col", "rows", "cols"),
        CheckConstraint("num_nulls(computed_at, method, constants, pois, pois_digest) IN (0, 5)", name="computed"),
    )

    id: UUID = Field(primary_key=True)
    grid_step: float
    row: int
    col: int
    rows: int
    cols: int
    south: float
    west: float
    north: float
    east: float
    """Edges of the cells. If `west` is greater than `east`, the region crosses the antimeridian."""
    city_id: int | None = Field(foreign_key="cities.id", ondelete="SET NULL", index=True)
    job_id: UUID | None = Field(index=True)
    """The latest job for it."""
    computed_at: datetime | None = time()
    method: str | None = Field(sa_type=Text)
    constants: dict[str, Any] | None = Field(sa_type=JSONB)
    pois: int | None
    """Number of points of interest that counted, including those beyond the edges."""
    pois_digest: int | None = Field(sa_type=BigInteger)
    """Hash of their places and categories; if it differs from today's, the region is stale."""
    created_at: datetime = time("now()")


class HeatCellTable(SQLModel, table=True):
    """The score of a cell. `city_id` has no foreign key, because the database would check it for every cell."""

    __tablename__ = "heat_cells"
    __table_args__ = (CheckConstraint("score BETWEEN 0 AND 100", name="score"),)

    grid_step: float = Field(primary_key=True)
    lat: float = Field(primary_key=True)
    lng: float = Field(primary_key=True)
    """Center of the cell, in degrees."""
    score: int = Field(sa_type=SmallInteger)
    city_id: int | None
    computed_at: datetime = time("now()")


class PoiTileTable(SQLModel, table=True):
    """A tile of the map whose points of interest were fetched; it is not fetched again for a day."""

    __tablename__ = "poi_tiles"

    provider: str = Field(sa_type=Text, primary_key=True)
    row: int = Field(primary_key=True)
    col: int = Field(primary_key=True)
    pois: int
    fetched_at: datetime = time("now()")
