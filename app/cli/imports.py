"""`trigpoint import`: import files of voters, parcels, points of interest and businesses."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli import output
from app.cli.jobs import finish
from app.cli.options import URL, AsJson, Key, Url, column_map
from app.cli.progress import follow
from app.client import Client, Json

app = typer.Typer(help="Import files of voters, parcels, points of interest and businesses.", no_args_is_help=True)

File = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="File to import; gzip and zip are supported.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Read, check and count, but write nothing.")]
MaxErrors = Annotated[int | None, typer.Option(min=0, help="Fail if more rows than this are rejected.")]
MaxErrorRate = Annotated[float | None, typer.Option(min=0, max=1, help="Fail if a larger share of rows is rejected.")]
Source = Annotated[str | None, typer.Option(help="Name of the source of the record ids, if there are several sources.")]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", help="FIELD=COLUMN, such as recordId='Voter Number' or name='Firm'; repeatable."),
]
Split = Annotated[bool, typer.Option("--split", help="Split a file that is too long for one job into several jobs.")]
Watch = Annotated[bool, typer.Option("--watch", help="Wait for the job to finish.")]


@app.command()
def voters(
    file: File,
    profile: Annotated[
        str | None,
        typer.Option(
            help="north_carolina, ohio, florida, california_county or generic. Default: recognised from the file."
        ),
    ] = None,
    county: Annotated[str | None, typer.Option(help="The county, for files that do not name it.")] = None,
    mapping: Map = None,
    geocode_after: Annotated[bool, typer.Option("--geocode", help="Geocode the households afterwards.")] = False,
    dry_run: DryRun = False,
    max_errors: MaxErrors = None,
    max_error_rate: MaxErrorRate = None,
    source: Source = None,
    split: Split = False,
    watch: Watch = False,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Import a voter file: `trigpoint import voters ncvoter60.zip --watch`. Running it twice changes nothing."""
    options = _options(dry_run, max_errors, max_error_rate, source, split)
    if profile:
        options["profile"] = profile
    if county:
        options["county"] = county
    if geocode_after:
        options["geocodeAfter"] = "true"
    if mapping:
        options["mapping"] = column_map(mapping)
    _send("voters", file, options, watch=watch, url=url, key=key, as_json=as_json)


@app.command()
def parcels(
    file: File,
    dry_run: DryRun = False,
    max_errors: MaxErrors = None,
    max_error_rate: MaxErrorRate = None,
    source: Source = None,
    split: Split = False,
    watch: Watch = False,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Import parcels: GeoJSON, one GeoJSON feature per line, or CSV with a WKT column."""
    options = _options(dry_run, max_errors, max_error_rate, source, split)
    _send("parcels", file, options, watch=watch, url=url, key=key, as_json=as_json)


@app.command()
def pois(
    file: File,
    dry_run: DryRun = False,
    max_errors: MaxErrors = None,
    max_error_rate: MaxErrorRate = None,
    source: Source = None,
    split: Split = False,
    watch: Watch = False,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Import points of interest: CSV (id, name, category, lat, lon) or GeoJSON."""
    options = _options(dry_run, max_errors, max_error_rate, source, split)
    _send("pois", file, options, watch=watch, url=url, key=key, as_json=as_json)


@app.command()
def businesses(
    file: File,
    mapping: Map = None,
    no_visit: Annotated[bool, typer.Option("--no-visit", help="Do not check the websites.")] = False,
    priority: Annotated[
        int | None, typer.Option(min=1, max=9, help="Priority of the import and its jobs; 1 runs first.")
    ] = None,
    dry_run: DryRun = False,
    max_errors: MaxErrors = None,
    max_error_rate: MaxErrorRate = None,
    source: Source = None,
    split: Split = False,
    watch: Watch = False,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Import businesses from CSV (name, website or domain, phone, address …) and check their websites."""
    options = _options(dry_run, max_errors, max_error_rate, source, split)
    if mapping:
        options["mapping"] = column_map(mapping)
    if no_visit:
        options["visit"] = "false"
    if priority:
        options["priority"] = str(priority)
    _send("businesses", file, options, watch=watch, url=url, key=key, as_json=as_json)


def _options(
    dry_run: bool, max_errors: int | None, max_error_rate: float | None, source: str | None, split: bool
) -> dict[str, str]:
    """Return the given options as query parameters."""
    flags = {"dryRun": dry_run, "split": split}
    values = {"maxErrors": max_errors, "maxErrorRate": max_error_rate, "source": source}
    given = {name: str(value) for name, value in values.items() if value is not None}
    return given | {name: "true" for name, value in flags.items() if value}


def _send(
    what: str, file: Path, options: dict[str, str], *, watch: bool, url: str, key: str | None, as_json: bool
) -> None:
    async def send() -> tuple[Json, list[Json]]:
        ended: list[Json] = []
        async with Client(url, key) as client:
            created = await client.post_file(f"/api/v1/{what}/import", file, params=options)
            if not as_json:
                typer.echo(created["message"])
            if watch:
                for job in created.get("jobs") or [created]:
                    ended.append(await follow(client, job["jobId"], None if as_json else output.console()))
        return created, ended

    created, ended = output.run(send())
    if not ended:
        if as_json:
            output.print_json(created)
        else:
            typer.echo(f"Follow it with: trigpoint jobs watch {created['jobId']}")
        return
    for job in ended:
        if not as_json:
            _summary(job)
    if len(ended) > 1 and as_json:
        output.print_json(ended)
        raise typer.Exit(0 if all(job["status"] == "completed" for job in ended) else output.FAILED)
    worst = next((job for job in ended if job["status"] != "completed"), ended[-1])
    finish(worst, as_json=as_json)


def _summary(job: Json) -> None:
    result = job.get("result") or {}
    counts = [(name, count) for name, count in result.items() if isinstance(count, int) and not isinstance(count, bool)]
    output.console().print(output.table(("rows", "count"), counts))
    for code, entry in result.get("summary", {}).items():
        sample = entry["samples"][0]
        typer.echo(f"{code}: {entry['count']}, such as line {sample['line']}: {sample['message']}")
    if job.get("error"):
        typer.echo(job["error"], err=True)
    if result.get("rejected"):
        typer.echo(f"rejected rows to correct: /api/v1/jobs/{job['id']}/rejected.csv")
