"""`trigpoint db`: direct access to the platform's database."""

from __future__ import annotations

import os
import shutil

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
    from app.embedded import ServerFailed
    from app.embedded.postgres import binary

    dsn = dsn_of(database_url, data_dir)
    try:
        psql = str(binary("psql"))
    except ServerFailed:
        psql = shutil.which("psql") or ""
    if not psql:
        output.fail("psql is not installed on this machine.")
    os.execv(psql, [psql, dsn, *ctx.args])
