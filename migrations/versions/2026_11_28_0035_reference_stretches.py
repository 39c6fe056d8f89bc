"""reference data: stretches of streets with ranges of house numbers

Revision ID: 0035
Revises: 0034
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

KEY = ("street_id", "low", "high", "line", "side")


def upgrade() -> None:
    op.create_table(
        "reference_stretches",
        *(sa.Column(name, sa.Integer(), nullable=False) for name in KEY[:-1]),
        sa.Column("side", sa.SmallInteger(), nullable=False),
        sa.Column("parity", sa.SmallInteger(), nullable=True),
        sa.Column("path", sa.ARRAY(sa.Integer()), nullable=False),
        sa.PrimaryKeyConstraint(*KEY, name=op.f("reference_stretches_pkey")),
    )


def downgrade() -> None:
    op.drop_table("reference_stretches")
