"""jobs are read by their creators only, and names of schedules belong to their users

Revision ID: 0018
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("job_readers")
    op.drop_constraint("schedules_name_key", "schedules", type_="unique")
    op.create_unique_constraint("schedules_created_by_name_key", "schedules", ["created_by", "name"])


def downgrade() -> None:
    op.drop_constraint("schedules_created_by_name_key", "schedules", type_="unique")
    op.execute(
        """UPDATE schedules SET name = left(name, 160) || ' ' || id
           WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY name ORDER BY id) AS place
                                        FROM schedules) AS named WHERE place > 1)"""
    )
    op.create_unique_constraint("schedules_name_key", "schedules", ["name"])
    op.create_table(
        "job_readers",
        sa.Column("job_id", sa.Uuid(), sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id"), primary_key=True),
    )
