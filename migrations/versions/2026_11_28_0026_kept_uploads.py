"""uploads: files that are kept for a preview before there is a job

Revision ID: 0026
Revises: 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("uploads", sa.Column("kept_until", postgresql.TIMESTAMP(timezone=True)))
    op.add_column("uploads", sa.Column("content", postgresql.JSONB()))
    op.add_column("uploads", sa.Column("source_id", sa.Uuid()))


def downgrade() -> None:
    # earlier versions take a row without a job for one whose file is removed after ten minutes, which is right
    for column in ("source_id", "content", "kept_until"):
        op.drop_column("uploads", column)
