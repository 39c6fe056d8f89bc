"""Find the database that a command uses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def running_database(database_url: str | None, data_dir: Path) -> Iterator[str]:
    """Yield the URL of a database that accepts connections.

    Without a URL it is that of the `trigpoint up` which runs on `data_dir`; if none runs, the embedded server is
    started for the time of the context.
    """
    from app.embedded import AlreadyHeld, DataFolderLock, EmbeddedPostgres, ServerFailed

    postgres = EmbeddedPostgres(data_dir / "postgres")
    if database_url or postgres.attach():
        yield dsn_of(database_url, data_dir)
        return
    try:
        with DataFolderLock(data_dir):
            postgres.start()
            try:
                yield postgres.dsn
            finally:
                postgres.stop()
    except (AlreadyHeld, ServerFailed) as error:
        output.fail(str(error))


def uploads_url_of(uploads_url: str | None, data_dir: Path) -> str:
    """Return the place of the uploads: by default where `trigpoint up` keeps them."""
    if uploads_url is None:
        return (data_dir / "uploads").absolute().as_uri()
    return Path(uploads_url).as_uri() if uploads_url.startswith("/") else uploads_url
