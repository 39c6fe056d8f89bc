"""imports: mappings of columns that users save

Revision ID: 0024
Revises: 0025
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0025"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "column_mappings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(), nullable=False),
        sa.Column("date_order", sa.Text()),
        sa.Column("columns", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="column_mappings_pkey"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="column_mappings_user_id_fkey"),
        sa.CheckConstraint("date_order IN ('dmy', 'mdy', 'ymd')", name="date_order"),
    )
    op.create_index("column_mappings_user_id_name_key", "column_mappings", ["user_id", "name"], unique=True)


def downgrade() -> None:
    op.drop_table("column_mappings")
