"""`trigpoint jobs`: list and follow jobs. Actions that change jobs are in `control`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli import output
from app.cli.options import URL, AsJson, Key, Url
from app.cli.output import Json
from app.cli.progress import follow
from app.client import Client

app = typer.Typer(help="List, follow, cancel, retry and delete jobs.", no_args_is_help=True)

JobId = Annotated[str, typer.Argument(help="Id of the job.")]
Limit = Annotated[int, typer.Option(min=1, help="Maximum number of rows.")]
MAX_REASON_CHARACTERS = 60
REJECTED = Path("rejected.csv")
Offset = Annotated[int, typer.Option(min=0, help="Number of rows to skip.")]


@app.command("list")
def list_jobs(
    status: Annotated[str | None, typer.Option(help="pending, processing, completed, failed or cancelled.")] = None,
    kind: Annotated[str | None, typer.Option("--type", help="Job type, such as geocode_households.")] = None,
    queue: Annotated[str | None, typer.Option(help="Name of the queue.")] = None,
    search: Annotated[
        str | None, typer.Option("--search", "-q", help="Text in the title, id, input, error or owner.")
    ] = None,
    limit: Limit = 50,
    offset: Offset = 0,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """List jobs, newest first: your own, or all jobs with an administrator's key."""

    async def ask() -> Json:
        async with Client(url, key) as client:
            wanted = {"status": status, "type": kind, "queue": queue, "q": search, "limit": limit, "offset": offset}
            return await client.request("GET", "/api/v1/jobs", query=wanted)

    page = output.run(ask())
    if as_json:
        output.print_json(page)
        return
    rows = [
        (job["id"], job["type"], job["status"], _items(job), job["failedItems"], job["createdAt"], _reason(job))
        for job in page["jobs"]
    ]
    output.console().print(output.table(("id", "type", "status", "items", "failed", "created", "error"), rows))
    about = "about " if page.get("totalIsEstimate") else ""
    typer.echo(f"{len(rows)} of {about}{page['total']}")
    if page.get("incomplete"):
        typer.echo("The search stopped early: older jobs may match. Narrow it with --type, --status or --queue.")


@app.command()
def show(job_id: JobId, url: Url = URL, key: Key = None, as_json: AsJson = False) -> None:
    """Show a job with its result."""

    async def ask() -> Json:
        async with Client(url, key) as client:
            return await client.request("GET", f"/api/v1/jobs/{job_id}")

    job = output.run(ask())
    if as_json:
        output.print_json(job)
        return
    fields = (
        "id",
        "type",
        "status",
        "error",
        "attempt",
        "maxAttempts",
        "processedItems",
        "failedItems",
        "totalItems",
        "progress",
        "data",
        "result",
    )
    times = ("createdAt", "startedAt", "completedAt", "etaSeconds")
    output.console().print(output.table(("field", "value"), [(name, job.get(name)) for name in (*fields, *times)]))
    if job.get("waitsFor"):
        typer.echo(f"waiting: {job['waitsFor']['message']}")
    if job.get("errorLog") or job["failedItems"]:
        typer.echo(f"errors: trigpoint jobs errors {job_id}")


@app.command()
def watch(job_id: JobId, url: Url = URL, key: Key = None, as_json: AsJson = False) -> None:
    """Follow a job until it finishes. Exit code 1 if it failed or was cancelled. Ctrl-C stops watching, not the job."""

    async def ask() -> Json:
        async with Client(url, key) as client:
            return await follow(client, job_id, None if as_json else output.console())

    finish(output.run(ask()), as_json=as_json)


@app.command()
def errors(
    job_id: JobId, limit: Limit = 100, offset: Offset = 0, url: Url = URL, key: Key = None, as_json: AsJson = False
) -> None:
    """List the items that failed in a job, with the reason."""

    async def ask() -> Json:
        async with Client(url, key) as client:
            return await client.request(
                "GET", f"/api/v1/jobs/{job_id}/errors", query={"limit": limit, "offset": offset}
            )

    page = output.run(ask())
    if as_json:
        output.print_json(page)
        return
    rows = [(e.get("householdId") or e.get("itemId"), e.get("address"), e["error"]) for e in page["errors"]]
    output.console().print(output.table(("item", "address", "error"), rows))
    typer.echo(f"{len(rows)} of {page['total']}")


@app.command()
def timeline(
    job_id: JobId, limit: Limit = 100, offset: Offset = 0, url: Url = URL, key: Key = None, as_json: AsJson = False
) -> None:
    """List the events of a job with the worker, oldest first."""

    async def ask() -> Json:
        async with Client(url, key) as client:
            return await client.request(
                "GET", f"/api/v1/jobs/{job_id}/timeline", query={"limit": limit, "offset": offset}
            )

    page = output.run(ask())
    if as_json:
        output.print_json(page)
        return
    rows = [
        (
            e["at"],
            e["event"],
            e["attempt"],
            (e["worker"] or {}).get("hostname"),
            (e["worker"] or {}).get("id"),
            e["detail"],
        )
        for e in page["events"]
    ]
    output.console().print(output.table(("at", "event", "attempt", "host", "worker", "detail"), rows))
    typer.echo(f"{len(rows)} of {page['total']}")


def finish(job: dict[str, object], *, as_json: bool) -> None:
    """Print the outcome of a finished job and exit with its code."""
    if as_json:
        output.print_json(job)
    else:
        typer.echo(f"{job['status']}: {job['processedItems']} items, {job['failedItems']} failed")
        if job.get("error"):
            typer.echo(job["error"])
    if job["status"] != "completed":
        raise typer.Exit(output.FAILED)


@app.command()
def rejected(
    job_id: JobId,
    out: Annotated[Path, typer.Option(help="File to write.")] = REJECTED,
    url: Url = URL,
    key: Key = None,
) -> None:
    """Download the rows that an import rejected, each with the reason. Correct them and import the file again."""

    async def ask() -> Path:
        async with Client(url, key) as client:
            return await client.download(f"/api/v1/jobs/{job_id}/rejected.csv").save(out)

    typer.echo(f"wrote {output.run(ask())}")


def _reason(job: dict[str, object]) -> str:
    """Return the beginning of the error, so that a row stays a line."""
    text = " ".join(str(job.get("error") or "").split())
    return text if len(text) <= MAX_REASON_CHARACTERS else f"{text[: MAX_REASON_CHARACTERS - 1]}…"


def _items(job: dict[str, object]) -> str:
    total = "?" if job["totalItems"] is None else job["totalItems"]
    return f"{job['processedItems']}/{total}"
