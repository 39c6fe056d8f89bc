"""Reference data: addresses with known coordinates, from which the geocoder `local` answers."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Identity, Index, Integer, SmallInteger, Text, UniqueConstraint, literal_column
from sqlmodel import Field, SQLModel

from app.db.tables.columns import column, one_of, time

STATUSES = ("loading", "ready", "removed")
KINDS = ("points", "parcels", "confirmed")
"""`confirmed` are the households that a person placed."""


class ReferenceSourceTable(SQLModel, table=True):
    """One version of a file of addresses. Only those that are ready answer; an import makes a new version so at once.

    A source belongs to the user who imported it. One that is shared, by an administrator, answers everybody.
    """

    __tablename__ = "reference_sources"
    __table_args__ = (one_of("status", STATUSES), one_of("kind", KINDS))

    id: int = Field(primary_key=True, sa_column_args=[Identity(always=True)])
    name: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    created_by: UUID = Field(foreign_key="users.id", index=True)
    shared: bool = column(default="false")
    status: str = column(Text, default="'loading'")
    run: UUID = Field(unique=True)
    """The run of the import that brought it."""
    job_id: UUID | None = Field(index=True)
    country: str = Field(sa_type=Text)
    """ISO 3166-1 alpha-2 in lower case."""
    area: str | None = Field(sa_type=Text)
    """The county, city or state that it is about, such as `us-nc-durham`."""
    dated: date | None
    """The day of the data, as the sender gave it."""
    licence: str | None = Field(sa_type=Text)
    attribution: str | None = Field(sa_type=Text)
    rows: int = column(BigInteger, default="0")
    created_at: datetime = time("now()")
    completed_at: datetime | None = time()


class ReferenceStreetTable(SQLModel, table=True):
    """A street within one town and postcode of a source: see `app.domain.reference.street_keys`."""

    __tablename__ = "reference_streets"
    __table_args__ = (
        UniqueConstraint(
            "name", "state", "source_id", "postcode", "city", "before", "suffix", "after", name="reference_streets_key"
        ),
        Index("reference_streets_postcode_idx", "postcode", "name"),
        Index("reference_streets_city_idx", "city", "name"),
        # for suggestions by the beginning of a name; an expression, so that it is not used to look a name up
        Index(
            "reference_streets_prefix_idx",
            literal_column("lower(name)").label("beginning"),
            postgresql_ops={"beginning": "text_pattern_ops"},
        ),
        Index("reference_streets_source_idx", "source_id"),
    )

    id: int = Field(primary_key=True, sa_column_args=[Identity(always=True)])
    source_id: int = Field(foreign_key="reference_sources.id")
    name: str = Field(sa_type=Text)
    before: str = Field(sa_type=Text)
    suffix: str = Field(sa_type=Text)
    after: str = Field(sa_type=Text)
    postcode: str = Field(sa_type=Text)
    city: str = Field(sa_type=Text)
    """A key: see `app.domain.reference.places`."""
    state: str = Field(sa_type=Text)
    label: str = Field(sa_type=Text)
    """The street as the file writes it."""
    city_label: str = Field(sa_type=Text)


class ReferencePointTable(SQLModel, table=True):
    """A house. The columns are narrow and the key is the index of the look-ups, since there are millions.

    `street_id` has no foreign key: it would be checked for every row, and nobody else writes or removes these.
    """

    __tablename__ = "reference_points"

    street_id: int = Field(primary_key=True, sa_type=Integer, sa_column_kwargs={"autoincrement": False})
    number: int = Field(primary_key=True)
    line: int = Field(primary_key=True)
    """Number of the row in the file."""
    latitude: int
    """In units of 1e-7 degrees."""
    longitude: int
    mark: str | None = Field(sa_type=Text)
    """What tells it from other houses of the number: see `app.domain.reference.house_numbers`."""


class ReferenceStretchTable(SQLModel, table=True):
    """A line along a street with the range of house numbers on one side of it: see `app.domain.reference.stretches`.

    `street_id` has no foreign key: see `ReferencePointTable`.
    """

    __tablename__ = "reference_stretches"

    street_id: int = Field(primary_key=True, sa_type=Integer, sa_column_kwargs={"autoincrement": False})
    low: int = Field(primary_key=True)
    """0, like `high`, if the numbers are unknown."""
    high: int = Field(primary_key=True)
    line: int = Field(primary_key=True)
    """Number of the feature in the file."""
    side: int = Field(primary_key=True, sa_type=SmallInteger)
    parity: int | None = Field(sa_type=SmallInteger)
    path: list[int] = Field(sa_type=ARRAY(Integer))
    """Latitude and longitude of each position, in units of 1e-7 degrees."""


class ReferenceCoverageTable(SQLModel, table=True):
    """How many houses and stretches a source has in a postcode, and their rectangle, in units of 1e-7 degrees."""

    __tablename__ = "reference_coverage"

    source_id: int = Field(primary_key=True, foreign_key="reference_sources.id")
    postcode: str = Field(primary_key=True, sa_type=Text)
    """Empty for houses without one."""
    points: int = Field(sa_type=BigInteger)
    south: int
    west: int
    north: int
    east: int
