"""archived_jobs: finished jobs of long ago. Parts of a job have no foreign key any more: their job may be archived

Revision ID: 0036
Revises: 0035
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

OWNED = ("job_errors", "import_rejects", "geocoded_rows")
LINKED = ("heat_regions", "import_runs", "reference_sources")
COLUMNS = """id, kind, queue, status, priority, title, data, result, error, total_items, processed_items, failed_items,
attempt, max_attempts, timeout_seconds, crashes, fence, dedupe_key, created_by, request_id, created_at, started_at,
completed_at, updated_at"""


def upgrade() -> None:
    moment = postgresql.TIMESTAMP(timezone=True)
    op.create_table(
        "archived_jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "queue", "status")),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("result", postgresql.JSONB(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("total_items", sa.Integer(), nullable=True),
        sa.Column("processed_items", sa.Integer(), nullable=False),
        sa.Column("failed_items", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("max_attempts", sa.SmallInteger(), nullable=False),
        sa.Column("timeout_seconds", sa.Float(), nullable=False),
        sa.Column("crashes", sa.SmallInteger(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("started_at", moment, nullable=True),
        sa.Column("completed_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.Column("archived_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status IN ('cancelled', 'completed', 'failed')", name=op.f("archived_jobs_status_check")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("archived_jobs_created_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("archived_jobs_pkey")),
    )
    op.create_index(op.f("archived_jobs_created_by_id_idx"), "archived_jobs", ["created_by", "id"])
    op.create_index(op.f("archived_jobs_kind_id_idx"), "archived_jobs", ["kind", "id"])
    op.create_index(op.f("archived_jobs_completed_at_idx"), "archived_jobs", ["completed_at"])
    for table in (*OWNED, *LINKED):
        op.drop_constraint(f"{table}_job_id_fkey", table, type_="foreignkey")


def downgrade() -> None:
    op.execute(f"INSERT INTO jobs ({COLUMNS}) SELECT {COLUMNS} FROM archived_jobs")
    for tables, action in ((OWNED, "CASCADE"), (LINKED, "SET NULL")):
        for table in tables:
            op.execute(
                f"DELETE FROM {table} WHERE NOT EXISTS (SELECT FROM jobs WHERE jobs.id = job_id)"
                if action == "CASCADE"
                else f"UPDATE {table} SET job_id = NULL WHERE NOT EXISTS (SELECT FROM jobs WHERE jobs.id = job_id)"
            )
            op.create_foreign_key(f"{table}_job_id_fkey", table, "jobs", ["job_id"], ["id"], ondelete=action)
    op.drop_table("archived_jobs")
