"""`trigpoint jobs release`: take jobs back from lost workers."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli import output
from app.cli.options import URL, AsJson, Key, Url
from app.cli.output import Json
from app.client import Client


def release(
    stale: Annotated[
        bool, typer.Option("--stale", help="Release jobs whose worker has not sent a heartbeat for too long.")
    ],
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Return jobs of lost workers to pending; they continue from their checkpoints (administrators only).

    Workers do this automatically every second. Use this command only if no worker is left.
    """
    if not stale:
        raise typer.BadParameter("pass --stale. To take a job from a live worker, cancel and retry it")

    async def send() -> Json:
        async with Client(url, key) as client:
            return await client.request("POST", "/api/v1/jobs/release")

    answer = output.run(send())
    if as_json:
        output.print_json(answer)
    else:
        typer.echo(f"{answer['released']} released")
