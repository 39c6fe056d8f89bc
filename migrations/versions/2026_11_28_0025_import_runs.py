"""imports: runs, previous values of records, and retired records

Revision ID: 0025
Revises: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0023"
branch_labels = None
depends_on = None

RECORDS = ("voters", "parcels", "pois")
MOMENT = sa.DateTime(timezone=True)

# What is known of earlier imports, from their jobs: checkpoints have the run, uploads the columns.
BACKFILL = """
INSERT INTO import_runs (run, job_id, kind, source, columns, file_name, created_by, started_at, inserted, updated,
                         completed_at)
SELECT DISTINCT ON (run) * FROM (
    SELECT (j.checkpoint ->> 'run')::uuid AS run, j.id, j.kind, coalesce(j.data ->> 'source', ''),
           coalesce((SELECT array_agg(DISTINCT lower(regexp_replace(c.name, '[\\W_]+', '', 'g')))
                     FROM jsonb_array_elements_text(u.layout -> 'header') AS c (name)), '{}'),
           coalesce(j.data ->> 'fileName', ''), j.created_by, coalesce(j.started_at, j.created_at),
           coalesce((j.checkpoint -> 'counts' ->> 'inserted')::bigint, 0),
           coalesce((j.checkpoint -> 'counts' ->> 'updated')::bigint, 0),
           CASE WHEN j.status = 'completed' THEN j.completed_at END
    FROM jobs AS j LEFT JOIN uploads AS u ON u.id = (j.data ->> 'uploadId')::uuid
    WHERE j.kind IN ('voter_import', 'parcel_import', 'poi_import', 'business_import') AND j.checkpoint ? 'run'
      AND NOT coalesce((j.data ->> 'dryRun')::boolean, false)
) AS found ORDER BY run
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "import_runs",
        sa.Column("run", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("columns", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("started_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("inserted", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("updated", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("completed_at", MOMENT, nullable=True),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("forgotten_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("import_runs_job_id_fkey"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("import_runs_created_by_fkey")),
        sa.PrimaryKeyConstraint("run", name=op.f("import_runs_pkey")),
    )
    op.create_index(op.f("import_runs_job_id_idx"), "import_runs", ["job_id"])
    op.create_index(op.f("import_runs_created_by_idx"), "import_runs", ["created_by"])
    op.create_index("import_runs_source_idx", "import_runs", ["kind", "source"])
    op.create_table(
        "import_changes",
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("run", sa.Uuid(), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("table_name", "record", "run", name=op.f("import_changes_pkey")),
    )
    op.create_index(op.f("import_changes_run_idx"), "import_changes", ["run"])
    for table in RECORDS:
        op.add_column(table, sa.Column("missing_run", sa.Uuid(), nullable=True))
        op.add_column(table, sa.Column("retired_at", MOMENT, nullable=True))
    op.add_column("households", sa.Column("created_run", sa.Uuid(), nullable=True))
    op.add_column("households", sa.Column("retired_at", MOMENT, nullable=True))
    op.execute(BACKFILL)
    op.execute("UPDATE import_runs SET forgotten_at = now() WHERE updated > 0")


def downgrade() -> None:
    op.drop_column("households", "retired_at")
    op.drop_column("households", "created_run")
    for table in RECORDS:
        op.drop_column(table, "retired_at")
        op.drop_column(table, "missing_run")
    op.drop_table("import_changes")
    op.drop_table("import_runs")
