"""audit_log: the entries of a household, for its page

Revision ID: 0032
Revises: 0031
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "audit_log_household_idx",
        "audit_log",
        [sa.literal_column("(details ->> 'householdId')"), "id"],
        postgresql_where=sa.text("details ->> 'householdId' IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("audit_log_household_idx", table_name="audit_log")
