"""geocoding: answers that are kept, what they matched, rows of files

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
NOW = sa.text("now()")
ACCURACIES = "'interpolated', 'place', 'postcode', 'region', 'rooftop', 'street'"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _kept_answers()
    _households()
    _rows_of_files()


def _kept_answers() -> None:
    op.create_table(
        "geocode_cache",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("accuracy", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("matched_address", sa.Text(), nullable=True),
        sa.Column("raw_score", sa.Float(), nullable=True),
        sa.Column("attribution", sa.Text(), nullable=True),
        sa.Column("contradicts", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("expires_at", TIME, nullable=True),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.CheckConstraint(f"accuracy IN ({ACCURACIES})", name=op.f("geocode_cache_accuracy_check")),
        sa.CheckConstraint(
            "num_nulls(latitude, longitude, accuracy, confidence, matched_address) IN (0, 5)",
            name=op.f("geocode_cache_place_check"),
        ),
        sa.PrimaryKeyConstraint("key", "provider", name=op.f("geocode_cache_pkey")),
    )
    op.create_index(
        "geocode_cache_expires_idx",
        "geocode_cache",
        ["expires_at"],
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )
    op.create_table(
        "geocode_claims",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("owner", sa.Uuid(), nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("geocode_claims_pkey")),
        prefixes=["UNLOGGED"],
    )
    op.create_index(op.f("geocode_claims_owner_idx"), "geocode_claims", ["owner"])
    op.create_table(
        "geocoder_states",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("breaker", sa.Text(), nullable=False),
        sa.Column("p50_ms", sa.Float(), nullable=True),
        sa.Column("p95_ms", sa.Float(), nullable=True),
        sa.Column("at", TIME, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("provider", "worker_id", name=op.f("geocoder_states_pkey")),
        prefixes=["UNLOGGED"],
    )


def _households() -> None:
    op.add_column("households", sa.Column("matched_address", sa.Text(), nullable=True))
    op.add_column("households", sa.Column("raw_score", sa.Float(), nullable=True))
    op.add_column("households", sa.Column("attribution", sa.Text(), nullable=True))


def _rows_of_files() -> None:
    op.create_table(
        "geocoded_rows",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("beyond", sa.Text(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("accuracy", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("matched_address", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint("(latitude IS NULL) = (error IS NOT NULL)", name=op.f("geocoded_rows_outcome_check")),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name=op.f("geocoded_rows_coordinates_check")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("geocoded_rows_job_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job_id", "row", name=op.f("geocoded_rows_pkey")),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("geocoded_rows", "geocoder_states", "geocode_claims", "geocode_cache"):
        op.drop_table(table)
    for column in ("attribution", "raw_score", "matched_address"):
        op.drop_column("households", column)
