"""`trigpoint db`: the platform's database by hand."""

from __future__ import annotations

import os
import shutil

import typer

from app.cli import output
from app.cli.databases import dsn_of
from app.cli.options import DatabaseUrl
from app.cli.up import DATA_DIR, DataDir

app = typer.Typer(help="The platform's database by hand.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """The platform's database by hand."""


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def shell(ctx: typer.Context, database_url: DatabaseUrl = None, data_dir: DataDir = DATA_DIR) -> None:
    """Open psql on the platform's database; what follows is passed on: `trigpoint db shell -c 'TABLE jobs'`."""
    from app.embedded import ServerFailed
    from app.embedded.postgres import binary

    dsn = dsn_of(database_url, data_dir)
    try:
        psql = str(binary("psql"))
    except ServerFailed:
        psql = shutil.which("psql") or ""
    if not psql:
        output.fail("there is no psql on this machine")
    os.execv(psql, [psql, dsn, *ctx.args])
