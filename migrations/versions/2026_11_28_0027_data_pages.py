"""households, businesses, companies, signals: what their pages sort, filter and search by

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

INDEXES = {
    "households_accuracy_idx": "households (accuracy, id)",
    "households_provider_idx": "households (geocoding_provider, id)",
    "households_confidence_idx": "households (coalesce(confidence, 2), id)",
    "households_address_idx": "households USING gin (address gin_trgm_ops)",
    "households_geocoded_job_idx": "households (geocoded_job, id) WHERE geocoded_job IS NOT NULL",
    "job_errors_item_idx": "job_errors (item_id) WHERE item_id IS NOT NULL",
    "businesses_name_order_idx": "businesses (lower(name), id)",
    "businesses_checked_idx": "businesses (coalesce(website_checked_at, '-infinity'::timestamptz), id)",
    "companies_name_idx": "companies USING gin (name gin_trgm_ops)",
    "companies_score_idx": "companies (coalesce(score, -1), id)",
    "signals_job_idx": "signals (job_id, id)",
    "signals_title_idx": "signals USING gin (title gin_trgm_ops)",
}


def upgrade() -> None:
    op.add_column("households", sa.Column("geocoded_job", sa.Uuid()))
    op.add_column("companies", sa.Column("score", sa.Float()))
    op.execute(
        """UPDATE companies AS c SET score = newest.score FROM (
               SELECT DISTINCT ON (company_id) company_id, score FROM lead_scores
               ORDER BY company_id, computed_at DESC, id DESC
           ) AS newest WHERE newest.company_id = c.id"""
    )
    op.execute("DROP INDEX companies_lower_name_idx")
    op.execute("CREATE INDEX companies_lower_name_idx ON companies (lower(name), id)")
    for name, columns in INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON {columns}")


def downgrade() -> None:
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
    op.execute("DROP INDEX companies_lower_name_idx")
    op.execute("CREATE INDEX companies_lower_name_idx ON companies (lower(name))")
    op.drop_column("companies", "score")
    op.drop_column("households", "geocoded_job")
