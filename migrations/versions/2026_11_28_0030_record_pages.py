"""voters, parcels, points of interest: what their pages filter and search by

Revision ID: 0030
Revises: 0029
"""

from __future__ import annotations

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

INDEXES = {
    "voters_run_idx": "voters (run)",
    "voters_last_name_idx": "voters (lower(last_name) text_pattern_ops)",
    "voters_protected_idx": "voters (source, record_id) WHERE protected",
    "voters_retired_idx": "voters (source, record_id) WHERE retired_at IS NOT NULL",
    "parcels_run_idx": "parcels (run)",
    "parcels_address_idx": "parcels (lower(address) text_pattern_ops)",
    "parcels_shapeless_idx": "parcels (source, record_id) WHERE geometry IS NULL",
    "parcels_retired_idx": "parcels (source, record_id) WHERE retired_at IS NOT NULL",
    "pois_run_idx": "pois (run)",
    "pois_name_idx": "pois (lower(name) text_pattern_ops)",
    "pois_retired_idx": "pois (source, record_id) WHERE retired_at IS NOT NULL",
}


def upgrade() -> None:
    for name, columns in INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON {columns}")


def downgrade() -> None:
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
