"""`trigpoint db`: direct access to the platform's database."""

from __future__ import annotations

import os

import typer

from app.cli import output
from app.cli.databases import dsn_of
from app.cli.options import DatabaseUrl
from app.cli.up import DATA_DIR, DataDir

app = typer.Typer(help="Direct access to the platform's database.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Direct access to the platform's database."""


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def shell(ctx: typer.Context, database_url: DatabaseUrl = None, data_dir: DataDir = DATA_DIR) -> None:
    """Open psql on the platform's database. Further arguments go to psql: `trigpoint db shell -c 'TABLE jobs'`."""
    from app.cli.backups import programs

    dsn = dsn_of(database_url, data_dir)
    try:
        psql = programs.find("psql")
    except programs.ProgramFailed as error:
        output.fail(str(error))
    os.execve(psql, [psql, *ctx.args], {**programs.environment(dsn), "PGAPPNAME": "trigpoint db shell"})
