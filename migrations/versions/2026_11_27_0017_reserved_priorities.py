"""schedules: priorities 1 and 2 are reserved for administrators

Revision ID: 0017
Revises: 0014
"""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """UPDATE schedules SET priority = 3 FROM users
           WHERE users.id = schedules.created_by AND users.role <> 'admin' AND schedules.priority < 3"""
    )


def downgrade() -> None:
    """The previous version accepts the changed priorities."""
