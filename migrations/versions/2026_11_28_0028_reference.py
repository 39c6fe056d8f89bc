"""reference data: sources, streets, points and coverage

Revision ID: 0028
Revises: 0027
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def integer(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "reference_sources",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        text("name"),
        text("kind"),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("shared", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'loading'"), nullable=False),
        sa.Column("run", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        text("country"),
        text("area", nullable=True),
        sa.Column("dated", sa.Date(), nullable=True),
        text("licence", nullable=True),
        text("attribution", nullable=True),
        sa.Column("rows", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("completed_at", MOMENT, nullable=True),
        sa.CheckConstraint("status IN ('loading', 'ready', 'removed')", name=op.f("reference_sources_status_check")),
        sa.CheckConstraint("kind IN ('parcels', 'points')", name=op.f("reference_sources_kind_check")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("reference_sources_created_by_fkey")),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("reference_sources_job_id_fkey"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("reference_sources_pkey")),
        sa.UniqueConstraint("run", name=op.f("reference_sources_run_key")),
    )
    op.create_index(op.f("reference_sources_created_by_idx"), "reference_sources", ["created_by"])
    op.create_index(op.f("reference_sources_job_id_idx"), "reference_sources", ["job_id"])
    op.create_table(
        "reference_streets",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        integer("source_id"),
        *(text(name) for name in ("name", "before", "suffix", "after", "postcode", "city", "state", "label")),
        text("city_label"),
        sa.ForeignKeyConstraint(["source_id"], ["reference_sources.id"], name=op.f("reference_streets_source_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("reference_streets_pkey")),
        sa.UniqueConstraint(
            "name",
            "state",
            "source_id",
            "postcode",
            "city",
            "before",
            "suffix",
            "after",
            name=op.f("reference_streets_key"),
        ),
    )
    op.create_index("reference_streets_postcode_idx", "reference_streets", ["postcode", "name"])
    op.create_index("reference_streets_city_idx", "reference_streets", ["city", "name"])
    op.create_index("reference_streets_source_idx", "reference_streets", ["source_id"])
    op.create_table(
        "reference_points",
        *(integer(name) for name in ("street_id", "number", "line", "latitude", "longitude")),
        text("mark", nullable=True),
        sa.PrimaryKeyConstraint("street_id", "number", "line", name=op.f("reference_points_pkey")),
    )
    op.create_table(
        "reference_coverage",
        integer("source_id"),
        text("postcode"),
        sa.Column("points", sa.BigInteger(), nullable=False),
        *(integer(name) for name in ("south", "west", "north", "east")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["reference_sources.id"], name=op.f("reference_coverage_source_id_fkey")
        ),
        sa.PrimaryKeyConstraint("source_id", "postcode", name=op.f("reference_coverage_pkey")),
    )


def downgrade() -> None:
    for table in ("reference_coverage", "reference_points", "reference_streets", "reference_sources"):
        op.drop_table(table)
