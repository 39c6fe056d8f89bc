"""household_doubts and household_reviews: households that a person should look at, and what they decided

Revision ID: 0037
Revises: 0036
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

REASONS = "'ambiguous', 'cluster', 'contradictory', 'disagreement', 'outside', 'uncertain'"


def upgrade() -> None:
    op.add_column("households", sa.Column("expected_error_metres", sa.Float(), nullable=True))
    op.add_column("geocoded_rows", sa.Column("expected_error_metres", sa.Float(), nullable=True))
    op.create_table(
        "household_doubts",
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", postgresql.JSONB(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(f"reason IN ({REASONS})", name=op.f("household_doubts_reason_check")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("household_doubts_household_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("household_id", "reason", name=op.f("household_doubts_pkey")),
    )
    op.create_table(
        "household_reviews",
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "decision IN ('accepted', 'pinned', 'rejected')", name=op.f("household_reviews_decision_check")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("household_reviews_household_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("household_id", name=op.f("household_reviews_pkey")),
    )
    op.drop_constraint(op.f("reference_sources_kind_check"), "reference_sources")
    op.create_check_constraint(
        op.f("reference_sources_kind_check"), "reference_sources", "kind IN ('confirmed', 'parcels', 'points')"
    )


def downgrade() -> None:
    op.execute("UPDATE reference_sources SET kind = 'points' WHERE kind = 'confirmed'")
    op.drop_constraint(op.f("reference_sources_kind_check"), "reference_sources")
    op.create_check_constraint(
        op.f("reference_sources_kind_check"), "reference_sources", "kind IN ('parcels', 'points')"
    )
    op.drop_table("household_reviews")
    op.drop_table("household_doubts")
    op.drop_column("geocoded_rows", "expected_error_metres")
    op.drop_column("households", "expected_error_metres")
