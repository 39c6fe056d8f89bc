"""`trigpoint schedules`: create jobs at the times of a cron expression."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import typer

from app.cli import output
from app.cli.options import URL, AsJson, Key, Url
from app.cli.output import Json
from app.client import Client, TrigpointError, new_key

app = typer.Typer(help="Create jobs regularly, at the times of a cron expression.", no_args_is_help=True)

Which = Annotated[str, typer.Argument(metavar="SCHEDULE", help="Name or id of the schedule.")]


@app.command("list")
def list_schedules(url: Url = URL, key: Key = None, as_json: AsJson = False) -> None:
    """List schedules by name: your own, or all schedules with an administrator's key."""

    async def ask() -> Json:
        async with Client(url, key) as client:
            return await client.request("GET", "/api/v1/schedules", query={"limit": 1000})

    page = output.run(ask())
    if as_json:
        output.print_json(page)
        return
    fields = ("name", "cron", "timezone", "type", "nextAt", "lastAt")
    rows = [(*(s[field] for field in fields), _state(s)) for s in page["schedules"]]
    output.console().print(output.table((*fields, "state"), rows))


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Unique name.")],
    cron: Annotated[str, typer.Option(help="Minute hour day-of-month month day-of-week, such as '0 6 * * MON-FRI'.")],
    kind: Annotated[str, typer.Option("--type", help="Job type, such as geocode_households.")],
    data: Annotated[str, typer.Option(help="Data of the jobs, as a JSON object.")] = "{}",
    timezone: Annotated[str, typer.Option(help="IANA time zone, such as Europe/Berlin.")] = "UTC",
    priority: Annotated[int, typer.Option(min=1, max=9, help="Priority of the jobs; 1 runs first.")] = 5,
    missed: Annotated[
        str, typer.Option(help="Times missed while the platform was down: `skip` them, run the `last`, or run `all`.")
    ] = "last",
    overlap: Annotated[
        str, typer.Option(help="If the previous job is still active: `skip` this time or `allow` a second job.")
    ] = "skip",
    disabled: Annotated[bool, typer.Option("--disabled", help="Create the schedule disabled.")] = False,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Add a schedule and show its next run."""
    body: dict[str, Any] = {
        "name": name,
        "cron": cron,
        "timezone": timezone,
        "type": kind,
        "data": output.json_object(data, "--data"),
        "priority": priority,
        "missed": missed,
        "overlap": overlap,
        "enabled": not disabled,
    }

    async def ask() -> Json:
        async with Client(url, key) as client:
            return await client.request("POST", "/api/v1/schedules", body=body)

    _print(output.run(ask()), as_json=as_json)


@app.command()
def show(which: Which, url: Url = URL, key: Key = None, as_json: AsJson = False) -> None:
    """Show a schedule with its next five runs and its last job."""

    async def ask() -> Json:
        async with Client(url, key) as client:
            return await client.request("GET", await _path(client, which))

    _print(output.run(ask()), as_json=as_json)


@app.command()
def enable(which: Which, url: Url = URL, key: Key = None, as_json: AsJson = False) -> None:
    """Enable a schedule. Runs missed while it was disabled are skipped."""
    _print(_switch(which, url, key, enabled=True), as_json=as_json)


@app.command()
def disable(which: Which, url: Url = URL, key: Key = None, as_json: AsJson = False) -> None:
    """Disable a schedule without deleting it."""
    _print(_switch(which, url, key, enabled=False), as_json=as_json)


@app.command()
def delete(which: Which, url: Url = URL, key: Key = None) -> None:
    """Delete a schedule. Jobs that it created are kept."""

    async def ask() -> None:
        async with Client(url, key) as client:
            await client.request("DELETE", await _path(client, which))

    output.run(ask())
    typer.echo(f"deleted {which}")


@app.command()
def run(which: Which, url: Url = URL, key: Key = None, as_json: AsJson = False) -> None:
    """Run a schedule now and print the id of the job."""

    async def ask() -> Json:
        async with Client(url, key) as client:
            return await client.request("POST", f"{await _path(client, which)}/run", idempotency_key=new_key())

    made = output.run(ask())
    if as_json:
        output.print_json(made)
    else:
        typer.echo(made["jobId"])
        if not made["isNew"]:
            typer.echo("The job was already active.", err=True)


def _switch(which: str, url: str, key: str | None, *, enabled: bool) -> Json:
    async def ask() -> Json:
        async with Client(url, key) as client:
            return await client.request("PATCH", await _path(client, which), body={"enabled": enabled})

    return output.run(ask())


async def _path(client: Client, which: str) -> str:
    """Return the path of the schedule with this name or id. Raises TrigpointError if there is none."""
    try:
        return f"/api/v1/schedules/{UUID(which)}"
    except ValueError:
        found = (await client.request("GET", "/api/v1/schedules", query={"name": which}))["schedules"]
    if not found:
        raise TrigpointError(f"There is no schedule {which!r}.")
    return f"/api/v1/schedules/{found[0]['id']}"


def _print(schedule: Json, *, as_json: bool) -> None:
    if as_json:
        output.print_json(schedule)
        return
    fields = ("id", "name", "cron", "timezone", "type", "data", "priority", "missed", "overlap")
    rows: list[tuple[str, object]] = [(field, schedule[field]) for field in fields]
    rows += [("state", _state(schedule)), ("lastAt", schedule["lastAt"]), ("lastJobId", schedule["lastJobId"])]
    rows += [("next", at) for at in schedule["nextRuns"]]
    output.console().print(output.table(("field", "value"), rows))


def _state(schedule: Json) -> str:
    if schedule["enabled"]:
        return "enabled"
    return f"disabled: {schedule['error']}" if schedule["error"] else "disabled"
