"""`trigpoint queues`: list queues, pause them and change their limits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from app.cli import output
from app.cli.options import URL, AsJson, Key, Url
from app.cli.output import Json
from app.client import Client

app = typer.Typer(help="List queues, pause them and change their limits.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Name of the queue, from `trigpoint queues list`.")]
Limit = Annotated[str | None, typer.Option(help="A number or `default`.")]

COUNTS = ("ready", "deferred", "admitted", "processing", "completed", "failed", "cancelled")


@app.command("list")
def list_queues(url: Url = URL, key: Key = None, as_json: AsJson = False) -> None:
    """List the queues by priority with pending and running jobs, and jobs finished in the last hour."""

    async def ask() -> Json:
        async with Client(url, key) as client:
            return await client.request("GET", "/api/v1/queues")

    page = output.run(ask())
    if as_json:
        output.print_json(page)
        return
    rows = [
        (q["name"], q["priority"], q["concurrency"], _state(q), *(q["counts"][name] for name in COUNTS))
        for q in page["queues"]
    ]
    output.console().print(output.table(("name", "priority", "concurrency", "state", *COUNTS), rows))


@app.command()
def show(name: Name, url: Url = URL, key: Key = None, as_json: AsJson = False) -> None:
    """Show a queue: limits, pause, workers, counts and rate."""

    async def ask() -> Json:
        async with Client(url, key) as client:
            return await client.request("GET", f"/api/v1/queues/{name}")

    _print(output.run(ask()), as_json=as_json)


@app.command()
def pause(
    name: Name,
    until: Annotated[
        str | None, typer.Option(help="Resume automatically at this time, such as 2026-01-31T12:00:00Z.")
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(min=0.0, help="Resume automatically after this many minutes.")
    ] = None,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Pause a queue. Running jobs continue; pending jobs wait until `resume` or a given time (administrators only)."""
    if until is not None and minutes is not None:
        raise typer.BadParameter("pass --until or --minutes, not both")
    if minutes is not None:
        until = (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()

    async def ask() -> Json:
        async with Client(url, key) as client:
            return await client.request("POST", f"/api/v1/queues/{name}/pause", body={"until": until})

    _print(output.run(ask()), as_json=as_json)


@app.command()
def resume(name: Name, url: Url = URL, key: Key = None, as_json: AsJson = False) -> None:
    """Resume a paused queue (administrators only)."""

    async def ask() -> Json:
        async with Client(url, key) as client:
            return await client.request("POST", f"/api/v1/queues/{name}/resume")

    _print(output.run(ask()), as_json=as_json)


@app.command("set")
def set_limits(
    name: Name,
    concurrency: Limit = None,
    priority: Limit = None,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Change the concurrency or priority of a queue. `default` restores the original value (administrators only)."""
    change = {
        option: _number(value, f"--{option}")
        for option, value in (("concurrency", concurrency), ("priority", priority))
        if value is not None
    }
    if not change:
        raise typer.BadParameter("pass --concurrency or --priority")

    async def ask() -> Json:
        async with Client(url, key) as client:
            return await client.request("PATCH", f"/api/v1/queues/{name}", body=change)

    _print(output.run(ask()), as_json=as_json)


@app.command()
def run(
    job_id: Annotated[str, typer.Argument(help="Id of the job.")],
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Run a pending job now, even if its queue is paused or the job is deferred (administrators only)."""

    async def ask() -> Json:
        async with Client(url, key) as client:
            return await client.request("POST", f"/api/v1/jobs/{job_id}/run")

    job = output.run(ask())
    if as_json:
        output.print_json(job)
    else:
        typer.echo(f"{job['id']} {job['status']}; Follow it with: trigpoint jobs watch {job['id']}")


def _print(queue: Json, *, as_json: bool) -> None:
    if as_json:
        output.print_json(queue)
        return
    fields = ("name", "route", "priority", "concurrency", "perWorker", "overrides", "workers", "slots")
    rows: list[tuple[str, object]] = [(field, queue[field]) for field in fields]
    rows += [("state", _state(queue)), *queue["counts"].items()]
    rows += [(field, queue[field]) for field in ("oldestReadySeconds", "ratePerMinute")]
    output.console().print(output.table(("field", "value"), rows))


def _state(queue: Json) -> str:
    if not queue["paused"]:
        return "open"
    return f"paused until {queue['pausedUntil']}" if queue["pausedUntil"] else "paused"


def _number(text: str, option: str) -> int | None:
    if text == "default":
        return None
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"{option} expects a number or `default`, not {text!r}") from None
