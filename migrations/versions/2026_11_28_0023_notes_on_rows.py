"""geocoded_rows: a row with coordinates may have a note on what was left out of its address

Revision ID: 0023
Revises: 0022
"""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

NAME = "geocoded_rows_outcome_check"


def upgrade() -> None:
    op.drop_constraint(op.f(NAME), "geocoded_rows")
    op.create_check_constraint(op.f(NAME), "geocoded_rows", "latitude IS NOT NULL OR error IS NOT NULL")


def downgrade() -> None:
    op.execute("UPDATE geocoded_rows SET error = NULL WHERE latitude IS NOT NULL")
    op.drop_constraint(op.f(NAME), "geocoded_rows")
    op.create_check_constraint(op.f(NAME), "geocoded_rows", "(latitude IS NULL) = (error IS NOT NULL)")
