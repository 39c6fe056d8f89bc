"""reference_streets_prefix_idx: suggestions by the beginning of a street

Revision ID: 0033
Revises: 0032
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "reference_streets_prefix_idx",
        "reference_streets",
        [sa.literal_column("lower(name)").label("beginning")],
        postgresql_ops={"beginning": "text_pattern_ops"},
    )


def downgrade() -> None:
    op.drop_index("reference_streets_prefix_idx", table_name="reference_streets")
