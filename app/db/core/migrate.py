"""Migrate a database to a revision of the schema. Synchronous: run it before an event loop starts, or in a thread."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from alembic import command
from alembic.config import Config
from sqlalchemy import URL

MIGRATIONS = Path(__file__).resolve().parents[3] / "migrations"


def sqlalchemy_url(dsn: str) -> URL:
    """Convert a libpq URL (`postgresql://user@/db?host=/socket/dir`) to one of SQLAlchemy's asyncpg dialect.

    Raises ValueError if it is not a Postgres URL.
    """
    parts = urlsplit(dsn)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ValueError(f"DATABASE_URL must start with postgresql://, not {parts.scheme}://")
    query: dict[str, Any] = dict(parse_qsl(parts.query))
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    return URL.create(
        "postgresql+asyncpg",
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        host=parts.hostname,
        port=parts.port,
        database=unquote(parts.path.lstrip("/")) or None,
        query=query,
    )


def config(dsn: str) -> Config:
    """Return the configuration of Alembic for this database."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = sqlalchemy_url(dsn)
    return config


def upgrade(dsn: str, revision: str = "head") -> None:
    """Migrate up to a revision, by default the newest."""
    command.upgrade(config(dsn), revision)


def downgrade(dsn: str, revision: str) -> None:
    """Migrate down to a revision."""
    command.downgrade(config(dsn), revision)


def current(dsn: str) -> None:
    """Print the database's revision."""
    command.current(config(dsn), verbose=True)
