"""`trigpoint import`: import files of voters, parcels, points of interest and businesses."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

import typer

from app.cli import output
from app.cli.columns import show_columns
from app.cli.jobs import finish
from app.cli.options import URL, AsJson, HasHeader, Key, Map, SavedMapping, Set, Url, column_map, header_option
from app.cli.output import ANY_FILE, Json
from app.cli.progress import follow
from app.client import Client, new_key

app = typer.Typer(help="Import files of voters, parcels, points of interest and businesses.", no_args_is_help=True)

File = Annotated[
    Path | None,
    typer.Argument(exists=True, dir_okay=False, readable=True, help="File to import; gzip and zip are supported."),
]
UploadId = Annotated[
    UUID | None, typer.Option("--upload", help="Id of an upload (trigpoint uploads preview), in place of the file.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Read, check and count, but write nothing.")]
MaxErrors = Annotated[int | None, typer.Option(min=0, help="Fail if more rows than this are rejected.")]
MaxErrorRate = Annotated[float | None, typer.Option(min=0, max=1, help="Fail if a larger share of rows is rejected.")]
Source = Annotated[
    str | None,
    typer.Option(help="Name of the source of the record ids. Default: that of the county or city of the file."),
]
Overwrite = Annotated[
    bool, typer.Option("--allow-overwrite", help="Overwrite records that another file brought, however many.")
]
Retire = Annotated[
    bool,
    typer.Option("--retire-missing", help="Retire the records of earlier versions that this file no longer has."),
]
MaxRetireRate = Annotated[
    float | None, typer.Option(min=0, max=1, help="Fail if a larger share would be retired. Default: 0.2.")
]
Split = Annotated[bool, typer.Option("--split", help="Split a file that is too long for one job into several jobs.")]
Sheet = Annotated[str | None, typer.Option(help="Sheet of a spreadsheet. Default: the first one with a table.")]
Layer = Annotated[str | None, typer.Option(help="Layer of map data that has several; * for all.")]
Crs = Annotated[str | None, typer.Option(help="Coordinate system, such as EPSG:2227, if the file does not name it.")]

Watch = Annotated[bool, typer.Option("--watch", help="Wait for the job to finish.")]


class DateOrder(StrEnum):
    MONTH_FIRST = "mdy"
    DAY_FIRST = "dmy"
    YEAR_FIRST = "ymd"


@app.command()
def voters(
    file: File = None,
    upload: UploadId = None,
    profile: Annotated[
        str | None,
        typer.Option(
            help="north_carolina, ohio, florida, california_county, new_york, pennsylvania or generic. Default:"
            " recognised from the file."
        ),
    ] = None,
    county: Annotated[str | None, typer.Option(help="The county, for files that do not name it.")] = None,
    mapping: Map = None,
    constants: Set = None,
    saved: SavedMapping = None,
    header: HasHeader = None,
    date_order: Annotated[
        DateOrder | None, typer.Option(help="Order of numbers in dates. Default: found from the values.")
    ] = None,
    geocode_after: Annotated[bool, typer.Option("--geocode", help="Geocode the households afterwards.")] = False,
    dry_run: DryRun = False,
    max_errors: MaxErrors = None,
    max_error_rate: MaxErrorRate = None,
    source: Source = None,
    allow_overwrite: Overwrite = False,
    retire_missing: Retire = False,
    max_retire_rate: MaxRetireRate = None,
    split: Split = False,
    sheet: Sheet = None,
    watch: Watch = False,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Import a voter file: `trigpoint import voters ncvoter60.zip --watch`. Running it twice changes nothing."""
    options = import_options(
        dry_run, max_errors, max_error_rate, source, split, sheet=sheet, maxRetireRate=max_retire_rate
    )
    _add_flags(options, allowOverwrite=allow_overwrite, retireMissing=retire_missing)
    if profile:
        options["profile"] = profile
    if county:
        options["county"] = county
    if date_order:
        options["dateOrder"] = date_order
    if geocode_after:
        options["geocodeAfter"] = "true"
    options |= column_map(mapping, constants, saved) | header_option(header)
    send_import("voters", file, upload, options, watch=watch, url=url, key=key, as_json=as_json)


@app.command()
def parcels(
    file: File = None,
    upload: UploadId = None,
    mapping: Map = None,
    constants: Set = None,
    saved: SavedMapping = None,
    header: HasHeader = None,
    dry_run: DryRun = False,
    max_errors: MaxErrors = None,
    max_error_rate: MaxErrorRate = None,
    source: Source = None,
    allow_overwrite: Overwrite = False,
    retire_missing: Retire = False,
    max_retire_rate: MaxRetireRate = None,
    split: Split = False,
    sheet: Sheet = None,
    layer: Layer = None,
    crs: Crs = None,
    watch: Watch = False,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Import parcels: GeoJSON, shapefiles (zip), GeoPackage and other map data, or a table with a WKT column."""
    options = import_options(
        dry_run,
        max_errors,
        max_error_rate,
        source,
        split,
        sheet=sheet,
        maxRetireRate=max_retire_rate,
        layer=layer,
        crs=crs,
    )
    _add_flags(options, allowOverwrite=allow_overwrite, retireMissing=retire_missing)
    options |= column_map(mapping, constants, saved) | header_option(header)
    send_import("parcels", file, upload, options, watch=watch, url=url, key=key, as_json=as_json)


@app.command()
def pois(
    file: File = None,
    upload: UploadId = None,
    mapping: Map = None,
    constants: Set = None,
    saved: SavedMapping = None,
    header: HasHeader = None,
    dry_run: DryRun = False,
    max_errors: MaxErrors = None,
    max_error_rate: MaxErrorRate = None,
    source: Source = None,
    allow_overwrite: Overwrite = False,
    retire_missing: Retire = False,
    max_retire_rate: MaxRetireRate = None,
    split: Split = False,
    sheet: Sheet = None,
    layer: Layer = None,
    crs: Crs = None,
    watch: Watch = False,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Import points of interest: a table (id, name, category, lat, lon), GeoJSON or other map data."""
    options = import_options(
        dry_run,
        max_errors,
        max_error_rate,
        source,
        split,
        sheet=sheet,
        maxRetireRate=max_retire_rate,
        layer=layer,
        crs=crs,
    )
    _add_flags(options, allowOverwrite=allow_overwrite, retireMissing=retire_missing)
    options |= column_map(mapping, constants, saved) | header_option(header)
    send_import("pois", file, upload, options, watch=watch, url=url, key=key, as_json=as_json)


@app.command()
def businesses(
    file: File = None,
    upload: UploadId = None,
    mapping: Map = None,
    constants: Set = None,
    saved: SavedMapping = None,
    header: HasHeader = None,
    no_visit: Annotated[bool, typer.Option("--no-visit", help="Do not check the websites.")] = False,
    priority: Annotated[
        int | None, typer.Option(min=1, max=9, help="Priority of the import and its jobs; 1 runs first.")
    ] = None,
    dry_run: DryRun = False,
    max_errors: MaxErrors = None,
    max_error_rate: MaxErrorRate = None,
    source: Source = None,
    allow_overwrite: Overwrite = False,
    split: Split = False,
    sheet: Sheet = None,
    watch: Watch = False,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Import businesses from CSV (name, website or domain, phone, address …) and check their websites."""
    options = import_options(dry_run, max_errors, max_error_rate, source, split, sheet=sheet)
    _add_flags(options, allowOverwrite=allow_overwrite)
    options |= column_map(mapping, constants, saved) | header_option(header)
    if no_visit:
        options["visit"] = "false"
    if priority:
        options["priority"] = str(priority)
    send_import("businesses", file, upload, options, watch=watch, url=url, key=key, as_json=as_json)


@app.command()
def undo(
    job_id: Annotated[str, typer.Argument(help="Id of the job that imported the file.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    watch: Watch = False,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Undo an import: remove what it inserted and restore what it changed, except what a later import changed."""
    if not yes and not as_json:
        typer.confirm(f"Undo the import of job {job_id}?", abort=True)

    async def send() -> tuple[Json, Json | None]:
        async with Client(url, key) as client:
            created = await client.request("POST", f"/api/v1/jobs/{quote(job_id, safe='')}/undo")
            if not as_json:
                typer.echo(created["message"])
            if not watch:
                return created, None
            return created, await follow(client, created["jobId"], None if as_json else output.console())

    created, job = output.run(send())
    if job is not None:
        if not as_json:
            _summary(job)
        finish(job, as_json=as_json)
    elif as_json:
        output.print_json(created)
    else:
        typer.echo(f"Follow it with: trigpoint jobs watch {created['jobId']}")


def import_options(
    dry_run: bool,
    max_errors: int | None,
    max_error_rate: float | None,
    source: str | None,
    split: bool,
    **parts: str | float | None,
) -> dict[str, str]:
    """Return the given options as query parameters."""
    flags = {"dryRun": dry_run, "split": split}
    values = {"maxErrors": max_errors, "maxErrorRate": max_error_rate, "source": source} | parts
    given = {name: str(value) for name, value in values.items() if value is not None}
    return given | {name: "true" for name, value in flags.items() if value}


def _add_flags(options: dict[str, str], **flags: bool) -> None:
    options |= {name: "true" for name, value in flags.items() if value}


def send_import(
    what: str,
    file: Path | None,
    upload: UUID | None,
    options: dict[str, str],
    *,
    watch: bool,
    url: str,
    key: str | None,
    as_json: bool,
) -> None:
    """Send a file, or name an upload, for the import of `what`, and print the job or its result."""
    if (file is None) == (upload is None):
        raise typer.BadParameter("Give either a file or --upload with the id of an upload.")
    if upload is not None:
        options = options | {"uploadId": str(upload)}
    sent: dict[str, Any] = {} if file is None else {"body": file, "media_type": ANY_FILE}

    async def send() -> tuple[Json, list[Json]]:
        ended: list[Json] = []
        async with Client(url, key) as client:
            created = await client.request(
                "POST",
                f"/api/v1/{what}/import",
                query=options,
                idempotency_key=new_key(),
                **sent,
            )
            if not as_json:
                typer.echo(created["message"])
                show_columns(created)
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
        typer.echo(f"rows to correct: trigpoint jobs rejected {job['id']}")
