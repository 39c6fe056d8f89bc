"""`trigpoint jobs release`: take jobs back from workers that are gone."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli import output
from app.cli.options import URL, AsJson, Key, Url
from app.client import Client, Json


def release(
    stale: Annotated[bool, typer.Option("--stale", help="Those whose worker has not been heard of for too long.")],
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Have jobs whose worker is gone pending again, from their checkpoints (administrators).

    Workers do this by themselves every second; it is for installations where none is left.
    """
    if not stale:
        raise typer.BadParameter("give --stale: jobs whose worker lives are not released, but cancelled and retried")

    async def send() -> Json:
        async with Client(url, key) as client:
            return await client.post("/api/v1/jobs/release")

    answer = output.run(send())
    if as_json:
        output.print_json(answer)
    else:
        typer.echo(f"{answer['released']} released")
