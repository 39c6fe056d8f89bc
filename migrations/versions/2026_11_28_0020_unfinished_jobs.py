"""jobs: an index to count a user's unfinished jobs

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX jobs_owner_unfinished_idx ON jobs (created_by) WHERE completed_at IS NULL")


def downgrade() -> None:
    op.execute("DROP INDEX jobs_owner_unfinished_idx")
