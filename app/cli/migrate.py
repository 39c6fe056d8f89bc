"""`trigpoint migrate`: the schema of the database."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

import typer

from app.cli import admin, output
from app.cli.admin import AdminKey
from app.cli.databases import dsn_of
from app.cli.options import DatabaseUrl
from app.cli.up import DATA_DIR, DataDir

HEAD = "head"

app = typer.Typer()

Revision = Annotated[str, typer.Argument(help="Target revision.")]


@dataclass(frozen=True)
class Target:
    """Options given before the command."""

    dsn: str
    admin_key: str | None


@app.callback(invoke_without_command=True)
def migrate(
    ctx: typer.Context, database_url: DatabaseUrl = None, data_dir: DataDir = DATA_DIR, admin_key: AdminKey = None
) -> None:
    """Upgrade or downgrade the database schema. Without a command: `up`.

    Needed for your own database server; `trigpoint up` migrates automatically.
    """
    ctx.obj = Target(dsn_of(database_url, data_dir), admin_key)
    if ctx.invoked_subcommand is None:
        up(ctx)


@app.command()
def up(ctx: typer.Context, revision: Revision = HEAD) -> None:
    """Upgrade the schema. If the database has no administrator, one is created and its key shown.

    Several of these commands may run at once: one works, and the others wait for it.
    """
    from app.db.core import migrate

    target: Target = ctx.obj
    with _failures():
        migrate.upgrade(target.dsn, revision, _say)
        typer.echo(f"the schema is at {revision}")
        if revision == HEAD and (made := admin.ensure(target.dsn, target.admin_key)):
            admin.show(made)


@app.command()
def down(
    ctx: typer.Context,
    revision: Annotated[str, typer.Argument(help="Target revision.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Downgrade the schema. Shows which tables and columns are deleted with their data, and asks."""
    from app.db.core import migrate

    target: Target = ctx.obj
    with _failures():
        losses = migrate.preview_downgrade(target.dsn, revision, _say)
        for loss in losses:
            typer.echo(f"deletes {loss}")
        if losses and not yes:
            _confirm(f"Go down to {revision} and delete this? There is no way back without a backup.")
        migrate.downgrade(target.dsn, revision, _say)
    typer.echo(f"the schema is at {revision}")


def _confirm(question: str) -> None:
    if not sys.stdin.isatty():
        output.fail("Nothing was changed. Pass --yes to delete this.")
    if not typer.confirm(question):
        output.fail("Nothing was changed.")


@app.command()
def status(ctx: typer.Context) -> None:
    """Show the revision of the schema. Exit code 0: it is the one that this version needs, 1: it is not."""
    from app.db.core import migrate, schema

    with _failures():
        revision = migrate.read_revision(ctx.obj.dsn)
    typer.echo(f"the schema is at {revision}" if revision else "the database has no schema")
    if mismatch := schema.describe_mismatch(revision):
        output.fail(mismatch)


@contextmanager
def _failures() -> Iterator[None]:
    """Print what fails in one line."""
    from app.db.core.migrate import MigrationFailed

    try:
        yield
    except (MigrationFailed, ValueError) as error:
        output.fail(str(error))


def _say(line: str) -> None:
    typer.echo(line, err=True)
