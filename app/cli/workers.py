"""`trigpoint workers`: list the worker processes."""

from __future__ import annotations

import typer

from app.cli import output
from app.cli.options import URL, AsJson, Key, Url
from app.cli.output import Json
from app.client import Client

app = typer.Typer(help="List the worker processes.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """List the worker processes."""


@app.command("list")
def list_workers(url: Url = URL, key: Key = None, as_json: AsJson = False) -> None:
    """List the workers, newest first. Silent workers remain listed for an hour (administrators only)."""

    async def ask() -> Json:
        async with Client(url, key) as client:
            return await client.request("GET", "/api/v1/workers")

    page = output.run(ask())
    if as_json:
        output.print_json(page)
        return
    fields = ("id", "hostname", "pid", "route", "running", "slots", "version", "startedAt", "beatAt")
    rows = [(*(w[field] for field in fields), _state(w)) for w in page["workers"]]
    output.console().print(output.table((*fields, "state"), rows))


def _state(worker: Json) -> str:
    if not worker["alive"]:
        return "silent"
    return "stopping" if worker["stopping"] else "alive"
