"""Companies of one command: those that are named or all, in requests of a size that the API takes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

import typer

from app.cli import output
from app.cli.jobs import finish
from app.cli.output import Json
from app.cli.progress import follow
from app.client import Client, TrigpointError, new_key

BATCH_SIZE = 1_000
"""Most companies that the API takes in one request, and lists on one page."""

Companies = Annotated[list[str] | None, typer.Argument(help="Ids of the companies.")]
All = Annotated[bool, typer.Option("--all", help="All companies of the platform.")]


def send(
    path: str,
    companies: Sequence[str] | None,
    body: Json,
    *,
    takes_all: bool,
    watch: bool,
    url: str,
    key: str | None,
    as_json: bool,
) -> None:
    """Create the jobs, with one request per BATCH_SIZE companies, and wait for them if requested.

    The exit code is that of the worst outcome.
    """
    if bool(companies) == takes_all:
        output.fail("Name the companies, or give --all.")

    async def ask() -> tuple[list[Json], list[Json]]:
        async with Client(url, key) as client:
            answers: list[Json] = []
            async for batch in _batches(client, companies, takes_all=takes_all):
                try:
                    request = {"companies": batch, **body}
                    answers.append(await client.request("POST", path, body=request, idempotency_key=new_key()))
                except TrigpointError:
                    if answers:
                        typer.echo(f"{len(answers) * BATCH_SIZE} companies were requested before this:", err=True)
                    raise
            ids = [job["job_id"] for answer in answers for job in answer.get("jobs") or [answer]]
            console = None if as_json else output.console()
            return answers, [await follow(client, job, console) for job in ids] if watch else []

    answers, ended = output.run(ask())
    show(answers, ended, as_json=as_json)


async def _batches(client: Client, companies: Sequence[str] | None, *, takes_all: bool) -> AsyncIterator[list[str]]:
    """Yield the ids, up to BATCH_SIZE at a time."""
    if not takes_all:
        ids = list(dict.fromkeys(companies or ()))
        for start in range(0, len(ids), BATCH_SIZE):
            yield ids[start : start + BATCH_SIZE]
        return
    cursor: str | None = None
    while True:
        page = await client.request("GET", "/api/v1/companies", query={"limit": BATCH_SIZE, "cursor": cursor})
        if page["companies"]:
            yield [company["id"] for company in page["companies"]]
        cursor = page.get("nextCursor")
        if not cursor:
            return


def show(answers: Sequence[Json], ended: Sequence[Json], *, as_json: bool) -> None:
    """Print the created jobs, or how they ended if they were waited for."""
    asked: list[Json] = [job for answer in answers for job in answer.get("jobs") or [answer]]
    if not ended:
        if as_json:
            output.print_json(answers[0] if len(answers) == 1 else _merged(answers))
        else:
            for job in asked:
                typer.echo(f"{job['status']}: trigpoint jobs watch {job['job_id']}")
            if not asked:
                typer.echo("There are no companies.")
        return
    if len(ended) > 1 and as_json:
        output.print_json(ended)
        raise typer.Exit(0 if all(job["status"] == "completed" for job in ended) else output.FAILED)
    for job in ended:
        if not as_json and (job["result"] or {}).get("report_id"):
            typer.echo(f"read it: trigpoint companies report {job['result']['report_id']}")
    worst = next((job for job in ended if job["status"] != "completed"), ended[-1])
    finish(worst, as_json=as_json)


def _merged(answers: Sequence[Json]) -> dict[str, Any]:
    jobs = [job for answer in answers for job in answer.get("jobs") or [answer]]
    return {"success": True, "jobs": jobs, "total": len(jobs)}
