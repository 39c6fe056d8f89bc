"""`trigpoint health`: is the platform ready for work?"""

from __future__ import annotations

import typer

from app.cli import output
from app.cli.options import URL, AsJson, Url
from app.client import Client, Json


def health(url: Url = URL, as_json: AsJson = False) -> None:
    """Say what is up and what is not. Exit code 0: ready for work, 1: not ready, 3: nobody answers."""

    async def ask() -> tuple[bool, Json]:
        async with Client(url, timeout=10) as client:
            return await client.readiness()

    ready, said = output.run(ask())
    if as_json:
        output.print_json(said)
    else:
        for part, good in said.get("checks", {}).items():
            typer.echo(f"{part:<9} {'up' if good else 'DOWN'}")
        typer.echo(said.get("status", "not ready"))
    if not ready:
        raise typer.Exit(output.FAILED)
