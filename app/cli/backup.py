"""`trigpoint backup` and `trigpoint restore`: the database and the uploads of an installation."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import asyncpg
import typer

from app.cli import output
from app.cli.databases import running_database, uploads_url_of
from app.cli.options import DatabaseUrl, UploadsUrl
from app.cli.up import DATA_DIR, DataDir

T = TypeVar("T")

Folder = Annotated[Path, typer.Argument(help="Folder of the backup.", file_okay=False)]


def backup(
    folder: Folder, database_url: DatabaseUrl = None, uploads_url: UploadsUrl = None, data_dir: DataDir = DATA_DIR
) -> None:
    """Write the database and the uploads of one moment into a new folder, while the platform runs.

    The folder appears when it is complete; one that is still being written ends with .partial. Backups hold personal
    data: only the user who makes one can read it.
    """
    from app.cli.backups import creation

    with running_database(database_url, data_dir) as dsn:
        made = _run(creation.create(dsn, uploads_url_of(uploads_url, data_dir), folder))
    uploads = sum(file.name.startswith("uploads/") for file in made.files)
    typer.echo(f"{folder}: {made.size():,} bytes, {uploads:,} uploaded files, schema {made.revision}")
    if made.missing_uploads:
        typer.echo(
            f"{len(made.missing_uploads):,} uploads are not in {uploads_url or 'the storage'}: is it"
            " TRIGPOINT_UPLOADS_URL of the platform?",
            err=True,
        )


def restore(
    folder: Folder,
    database_url: DatabaseUrl = None,
    uploads_url: UploadsUrl = None,
    data_dir: DataDir = DATA_DIR,
    yes: Annotated[bool, typer.Option("--yes", help="Replace what is there without asking.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Only check the backup and its target.")] = False,
) -> None:
    """Put a backup into a database and the uploads' storage. The API and the workers must be stopped.

    Every file is compared with the manifest first. The database changes completely or not at all. If it has users or
    jobs, this asks. An older schema is migrated afterwards.
    """
    from app.cli.backups import restoration

    with running_database(database_url, data_dir) as dsn:
        prepared = _run(restoration.prepare(folder, dsn, uploads_url_of(uploads_url, data_dir)))
        found = prepared.manifest
        typer.echo(f"{folder}: made at {found.created_at:%Y-%m-%d %H:%M} UTC by Trigpoint {found.version}, intact")
        for loss in prepared.losses:
            typer.echo(f"replaces {loss}")
        if check:
            return
        if prepared.losses and not yes:
            _confirm()
        _run(restoration.run(prepared))
    typer.echo("restored")


def _confirm() -> None:
    if not sys.stdin.isatty():
        output.fail("Nothing was changed. Pass --yes to replace this.")
    if not typer.confirm("Replace this?"):
        output.fail("Nothing was changed.")


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Run a step; what fails becomes a line on stderr."""
    from app.cli.backups.creation import FolderExists
    from app.cli.backups.manifest import BackupUnusable
    from app.cli.backups.programs import ProgramFailed
    from app.cli.backups.restoration import RestoreRefused
    from app.db.core.backups import BackupRuns
    from app.db.core.faults import describe_fault
    from app.db.core.migrate import MigrationFailed

    try:
        return asyncio.run(work)
    except (FolderExists, BackupUnusable, BackupRuns, ProgramFailed, RestoreRefused, MigrationFailed) as error:
        output.fail(str(error))
    except (asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError, TimeoutError) as error:
        output.fail(f"DATABASE_URL: {describe_fault(error).reason} ({error})", output.NOT_REACHABLE)
    except OSError as error:
        output.fail(f"{error.filename or 'disk'}: {error.strerror or error}")
    except KeyboardInterrupt:
        raise typer.Exit(output.INTERRUPTED) from None
