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

    ready, parts = output.run(ask())
    if as_json:
        output.print_json(parts)
    else:
        output.console().print(output.table(("part", "state"), list(parts.items())))
    if not ready:
        raise typer.Exit(output.FAILED)
