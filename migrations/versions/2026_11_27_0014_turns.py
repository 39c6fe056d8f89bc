"""jobs, queues: what it takes for users and queues to take turns

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

HOLDS_SLOT = sa.text("lease_until IS NOT NULL")


def upgrade() -> None:
    op.add_column(
        "queues", sa.Column("served", postgresql.ARRAY(sa.Uuid()), nullable=False, server_default=sa.text("'{}'"))
    )
    op.add_column("queues", sa.Column("served_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "jobs_turns_idx",
        "jobs",
        ["queue", "priority", "created_by", "id"],
        postgresql_where=sa.text("status = 'pending' AND lease_until IS NULL AND run_at IS NULL"),
    )
    op.drop_index("jobs_slots_idx", table_name="jobs", postgresql_where=HOLDS_SLOT)
    op.create_index("jobs_slots_idx", "jobs", ["queue", "created_by"], postgresql_where=HOLDS_SLOT)


def downgrade() -> None:
    op.drop_index("jobs_slots_idx", table_name="jobs", postgresql_where=HOLDS_SLOT)
    op.create_index("jobs_slots_idx", "jobs", ["queue"], postgresql_where=HOLDS_SLOT)
    op.drop_index("jobs_turns_idx", table_name="jobs")
    op.drop_column("queues", "served_at")
    op.drop_column("queues", "served")
