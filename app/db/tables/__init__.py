"""The schema: every table as SQLModel. Alembic migrates from here, and a test holds the migrations to it.

Text with a CHECK stands in for Postgres enums; times are timestamptz. At run time nothing maps rows to these classes:
the SQL of `app.db` is what reads and writes.
"""

from __future__ import annotations

from sqlmodel import SQLModel

from app.db.tables import (
    archive,
    companies,
    deliveries,
    geocoding,
    heatmaps,
    households,
    imports,
    jobs,
    reference,
    research,
    teams,
    users,
    websites,
)

__all__ = [
    "archive",
    "companies",
    "deliveries",
    "geocoding",
    "heatmaps",
    "households",
    "imports",
    "jobs",
    "metadata",
    "reference",
    "research",
    "teams",
    "users",
    "websites",
]

metadata = SQLModel.metadata
