"""jobs: a title, and indexes for searches and lists in ledgers of millions

pg_trgm is a trusted extension: whoever may create objects in the database may create it.

Revision ID: 0016
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0011"
branch_labels = None
depends_on = None

SEARCHED = """
CREATE FUNCTION job_text(title text, kind text, data jsonb, error text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN lower(title || ' ' || replace(kind, '_', ' ') || ' ' || left(data::text, 4000) || ' ' ||
             left(coalesce(error, ''), 4000))
"""


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute(SEARCHED)
    op.add_column("jobs", sa.Column("title", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.execute("DROP INDEX jobs_unsuccessful_idx")
    op.execute(
        "CREATE INDEX jobs_unsuccessful_idx ON jobs (id) INCLUDE (status, kind, queue, created_by)"
        " WHERE status IN ('cancelled', 'failed')"
    )
    op.execute("CREATE INDEX jobs_unfinished_idx ON jobs (id) WHERE completed_at IS NULL")
    op.execute(
        "CREATE INDEX jobs_text_idx ON jobs USING gin (job_text(title, kind, data, error) gin_trgm_ops)"
        " WHERE lease_until IS NULL"
    )
    op.execute("CREATE INDEX jobs_data_idx ON jobs USING gin (data jsonb_path_ops) WHERE lease_until IS NULL")


def downgrade() -> None:
    for index in ("jobs_data_idx", "jobs_text_idx", "jobs_unfinished_idx"):
        op.execute(f"DROP INDEX {index}")
    op.execute("DROP INDEX jobs_unsuccessful_idx")
    op.execute("CREATE INDEX jobs_unsuccessful_idx ON jobs (id) WHERE status IN ('cancelled', 'failed')")
    op.drop_column("jobs", "title")
    op.execute("DROP FUNCTION job_text")
