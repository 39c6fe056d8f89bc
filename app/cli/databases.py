"""Find the database that a command uses."""

from __future__ import annotations

from pathlib import Path

from app.cli import output
from app.domain.text.postgres_url import parse_postgres_url


def dsn_of(database_url: str | None, data_dir: Path) -> str:
    """Return the given URL, or that of the `trigpoint up` which runs on `data_dir`."""
    if database_url:
        try:
            parse_postgres_url(database_url)
        except ValueError as error:
            output.fail(f"DATABASE_URL {error}")
        return database_url
    from app.embedded import EmbeddedPostgres

    postgres = EmbeddedPostgres(data_dir / "postgres")
    if not postgres.attach():
        output.fail(f"No database. Set DATABASE_URL or start trigpoint up --data-dir {data_dir}.", output.NOT_REACHABLE)
    return postgres.dsn
