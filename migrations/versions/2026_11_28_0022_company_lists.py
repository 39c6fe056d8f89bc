"""companies, scores, signals and businesses: indexes for their lists, in the order of the lists

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

INDEXES = {
    "companies_name_prefix_idx": "companies (lower(name) text_pattern_ops)",
    "lead_scores_score_idx": "lead_scores (score DESC, company_id)",
    "lead_scores_computed_idx": "lead_scores (computed_at)",
    "signals_detected_idx": "signals (detected_at, id)",
    "signals_kind_idx": "signals (kind, detected_at, id)",
    "businesses_city_idx": "businesses (lower(city), id)",
    "businesses_state_idx": "businesses (lower(state), id)",
    "businesses_source_idx": "businesses (source, id)",
    "businesses_status_idx": "businesses (website_status, id)",
    "businesses_name_idx": "businesses USING gin (name gin_trgm_ops)",
}


def upgrade() -> None:
    for name, columns in INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON {columns}")


def downgrade() -> None:
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
