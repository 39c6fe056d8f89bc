"""delivery_slots, delivery_targets: who may be sent a message now

Revision ID: 0015
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "delivery_slots",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("is_waiting", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", name=op.f("delivery_slots_pkey")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("delivery_slots_job_id_fkey"), ondelete="CASCADE"),
    )
    op.create_index(op.f("delivery_slots_user_id_idx"), "delivery_slots", ["user_id"])
    op.create_index(op.f("delivery_slots_host_idx"), "delivery_slots", ["host"])
    op.create_table(
        "delivery_targets",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("delivery_targets_pkey")),
    )


def downgrade() -> None:
    op.drop_table("delivery_targets")
    op.drop_table("delivery_slots")
