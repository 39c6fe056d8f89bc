"""control: a chosen job of a paused queue, counts of what ended lately

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("jobs", sa.Column("pinned_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "jobs_pinned_idx",
        "jobs",
        ["queue", "priority", "id"],
        postgresql_where=sa.text(
            "pinned_at IS NOT NULL AND status = 'pending' AND lease_until IS NULL AND run_at IS NULL"
        ),
    )
    op.create_index(
        "jobs_finished_idx", "jobs", ["queue", "completed_at"], postgresql_where=sa.text("completed_at IS NOT NULL")
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("jobs_finished_idx", table_name="jobs")
    op.drop_index("jobs_pinned_idx", table_name="jobs")
    op.drop_column("jobs", "pinned_at")
