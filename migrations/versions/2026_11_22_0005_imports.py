"""imports: uploads, voters, parcels, points of interest

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PLACE = ("latitude", "longitude")


def text(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=True) for name in names]


def key() -> list[sa.Column[Any]]:
    return [sa.Column("source", sa.Text(), nullable=False), sa.Column("record_id", sa.Text(), nullable=False)]


def kept() -> list[sa.Column[Any]]:
    """What every imported record has at its end."""
    moment = sa.DateTime(timezone=True)
    return [
        sa.Column("extra", postgresql.JSONB(), nullable=True),
        sa.Column("row_hash", sa.Uuid(), nullable=False),
        sa.Column("run", sa.Uuid(), nullable=False),
        sa.Column("created_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", moment, server_default=sa.text("now()"), nullable=False),
    ]


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("households", sa.Column("address_key", sa.Uuid(), nullable=True))
    op.create_unique_constraint(op.f("households_address_key_key"), "households", ["address_key"])
    op.drop_constraint(op.f("households_external_id_key"), "households")
    op.create_index(
        op.f("households_external_id_key"),
        "households",
        ["external_id"],
        unique=True,
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.add_column("job_errors", sa.Column("detail", postgresql.JSONB(), nullable=True))
    op.create_table(
        "uploads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("layout", postgresql.JSONB(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("uploads_created_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("uploads_pkey")),
    )
    op.create_index(op.f("uploads_created_by_idx"), "uploads", ["created_by"])
    op.create_table(
        "import_seen",
        sa.Column("run", sa.Uuid(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("run", "record", name=op.f("import_seen_pkey")),
    )
    op.create_table(
        "import_rejects",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("cells", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("import_rejects_job_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job_id", "line", name=op.f("import_rejects_pkey")),
    )
    op.create_table(
        "voters",
        *key(),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("protected", sa.Boolean(), nullable=False),
        *text("status", "last_name", "first_name", "middle_name", "suffix"),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("birth_year", sa.SmallInteger(), nullable=True),
        *text("gender", "party", "phone", "email"),
        sa.Column("registered_on", sa.Date(), nullable=True),
        *text("county", "precinct", "address", "unit", "city", "state", "zip_code"),
        *kept(),
        sa.CheckConstraint(
            "NOT protected OR num_nonnulls(household_id, last_name, first_name, address, birth_date, phone, email) = 0",
            name=op.f("voters_protected_check"),
        ),
        sa.PrimaryKeyConstraint("source", "record_id", name=op.f("voters_pkey")),
    )
    op.create_index(op.f("voters_household_id_idx"), "voters", ["household_id"])
    op.create_table(
        "parcels",
        *key(),
        *text("owner", "address", "unit", "city", "state", "zip_code"),
        *(sa.Column(name, sa.Float(), nullable=True) for name in ("acres", *PLACE, "area_m2")),
        sa.Column("geometry", sa.LargeBinary(), nullable=True),
        *kept(),
        sa.CheckConstraint(
            "(geometry IS NULL) = (num_nonnulls(latitude, longitude, area_m2) = 0)",
            name=op.f("parcels_geometry_check"),
        ),
        sa.PrimaryKeyConstraint("source", "record_id", name=op.f("parcels_pkey")),
    )
    op.create_table(
        "pois",
        *key(),
        *text("name"),
        sa.Column("category", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=False) for name in PLACE),
        *kept(),
        sa.PrimaryKeyConstraint("source", "record_id", name=op.f("pois_pkey")),
    )
    op.create_index(op.f("pois_category_idx"), "pois", ["category"])
    op.create_index("pois_place_idx", "pois", ["latitude", "longitude"])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("pois", "parcels", "voters", "import_rejects", "import_seen", "uploads"):
        op.drop_table(table)
    op.drop_column("job_errors", "detail")
    op.drop_index(op.f("households_external_id_key"), "households")
    op.create_unique_constraint(op.f("households_external_id_key"), "households", ["external_id"])
    op.drop_column("households", "address_key")
