"""`trigpoint jobs process`: run due jobs in a request, where there are no workers."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli import output
from app.cli.options import URL, AsJson, Key, Url
from app.cli.output import Json
from app.client import Client

MAX_SECONDS = 30.0


def process(
    maximum: Annotated[int, typer.Option("--max", min=1, max=1000, help="Start no more jobs than this.")] = 10,
    seconds: Annotated[
        float, typer.Option("--seconds", min=0.1, max=MAX_SECONDS, help="Jobs that are unfinished by then go on later.")
    ] = 25.0,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Run due jobs in the API itself: your own, or those of all users with an administrator's key.

    Needs neither workers nor Redis. Exit code 1 if a job failed.
    """

    async def send() -> Json:
        async with Client(url, key, timeout=seconds + MAX_SECONDS) as client:
            body = {"maxJobs": maximum, "timeout": round(seconds * 1000)}
            return await client.request("POST", "/api/jobs/process", body=body)

    answer = output.run(send())
    if as_json:
        output.print_json(answer)
    else:
        for job in answer["jobs"]:
            typer.echo(" ".join(filter(None, (job["id"], job["jobType"], job["status"], job["error"]))))
        typer.echo(", ".join(f"{answer[name]} {name}" for name in ("processed", "succeeded", "failed", "remaining")))
    if answer["failed"]:
        raise typer.Exit(output.FAILED)
