"""heat maps: cities, regions, cells, fetched tiles

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

EDGES = ("south", "west", "north", "east")


def numbers(sa_type: type[sa.types.TypeEngine[Any]], *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa_type(), nullable=False) for name in names]


def moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "cities",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("population", sa.Integer(), nullable=True),
        *numbers(sa.Float, *EDGES),
        sa.Column("source", sa.Text(), nullable=False),
        moment("created_at"),
        moment("updated_at"),
        sa.CheckConstraint("south < north AND west <> east", name=op.f("cities_bounds_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("cities_pkey")),
        sa.UniqueConstraint("slug", name=op.f("cities_slug_key")),
    )
    op.create_table(
        "heat_regions",
        sa.Column("id", sa.Uuid(), nullable=False),
        *numbers(sa.Float, "grid_step"),
        *numbers(sa.Integer, "row", "col", "rows", "cols"),
        *numbers(sa.Float, *EDGES),
        sa.Column("city_id", sa.Integer(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("constants", postgresql.JSONB(), nullable=True),
        sa.Column("pois", sa.Integer(), nullable=True),
        sa.Column("pois_digest", sa.BigInteger(), nullable=True),
        moment("created_at"),
        sa.CheckConstraint(
            "num_nulls(computed_at, method, constants, pois, pois_digest) IN (0, 5)",
            name=op.f("heat_regions_computed_check"),
        ),
        sa.ForeignKeyConstraint(
            ["city_id"], ["cities.id"], name=op.f("heat_regions_city_id_fkey"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("heat_regions_job_id_fkey"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("heat_regions_pkey")),
        sa.UniqueConstraint(
            "grid_step", "row", "col", "rows", "cols", name=op.f("heat_regions_grid_step_row_col_rows_cols_key")
        ),
    )
    op.create_index(op.f("heat_regions_city_id_idx"), "heat_regions", ["city_id"])
    op.create_index(op.f("heat_regions_job_id_idx"), "heat_regions", ["job_id"])
    op.create_table(
        "heat_cells",
        *numbers(sa.Float, "grid_step", "lat", "lng"),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("city_id", sa.Integer(), nullable=True),
        moment("computed_at"),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("heat_cells_score_check")),
        sa.PrimaryKeyConstraint("grid_step", "lat", "lng", name=op.f("heat_cells_pkey")),
    )
    op.create_table(
        "poi_tiles",
        sa.Column("provider", sa.Text(), nullable=False),
        *numbers(sa.Integer, "row", "col", "pois"),
        moment("fetched_at"),
        sa.PrimaryKeyConstraint("provider", "row", "col", name=op.f("poi_tiles_pkey")),
    )
    op.create_index("pois_category_place_idx", "pois", ["category", "latitude", "longitude"])
    op.drop_index(op.f("pois_category_idx"), "pois")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_index(op.f("pois_category_idx"), "pois", ["category"])
    op.drop_index("pois_category_place_idx", "pois")
    for table in ("poi_tiles", "heat_cells", "heat_regions", "cities"):
        op.drop_table(table)
