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
    """Upgrade the schema. If the database has no administrator, one is created and its key shown."""
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
def down(ctx: typer.Context, revision: Annotated[str, typer.Argument(help="Target revision.")]) -> None:
    """Downgrade the schema. Tables and columns of later revisions are dropped with their data."""
    from app.db.core import migrate

    migrate.downgrade(ctx.obj.dsn, revision)
    typer.echo(f"the schema is at {revision}")


@app.command()
def status(ctx: typer.Context) -> None:
    """Show the revision of the schema."""
    from app.db.core import migrate

    migrate.current(ctx.obj.dsn)
