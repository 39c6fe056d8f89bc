"""`trigpoint migrate`: the schema of the database."""

from __future__ import annotations

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

Revision = Annotated[str, typer.Argument(help="Revision to go to.")]


@dataclass(frozen=True)
class Target:
    """What the options before the command say."""

    dsn: str
    admin_key: str | None


@app.callback(invoke_without_command=True)
def migrate(
    ctx: typer.Context, database_url: DatabaseUrl = None, data_dir: DataDir = DATA_DIR, admin_key: AdminKey = None
) -> None:
    """Bring the database's schema up to date, or back. Without a command: `up`.

    For a server of your own; `trigpoint up` does it by itself.
    """
    ctx.obj = Target(dsn_of(database_url, data_dir), admin_key)
    if ctx.invoked_subcommand is None:
        up(ctx)


@app.command()
def up(ctx: typer.Context, revision: Revision = HEAD) -> None:
    """Migrate forward. A database without an administrator gets one, and the key is shown."""
    from app.db.core import migrate

    target: Target = ctx.obj
    migrate.upgrade(target.dsn, revision)
    typer.echo(f"the schema is at {revision}")
    if revision == HEAD:
        try:
            made = admin.ensure(target.dsn, target.admin_key)
        except ValueError as error:
            output.fail(str(error))
        if made:
            admin.show(made)


@app.command()
def down(ctx: typer.Context, revision: Annotated[str, typer.Argument(help="Revision to go back to.")]) -> None:
    """Migrate back. What the later revisions added is lost with its data."""
    from app.db.core import migrate

    migrate.downgrade(ctx.obj.dsn, revision)
    typer.echo(f"the schema is at {revision}")


@app.command()
def status(ctx: typer.Context) -> None:
    """Say at which revision the schema is."""
    from app.db.core import migrate

    migrate.current(ctx.obj.dsn)
