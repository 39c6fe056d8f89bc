"""`trigpoint uploads`: look at files before they are imported."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from app.cli import output
from app.cli.jobs import finish
from app.cli.options import URL, AsJson, HasHeader, Key, Map, SavedMapping, Set, Url, column_map, header_option
from app.cli.output import ANY_FILE, Json
from app.cli.progress import follow
from app.client import Client, new_key

app = typer.Typer(help="Look at files before they are imported.", no_args_is_help=True)


class UploadKind(StrEnum):
    VOTERS = "voters"
    PARCELS = "parcels"
    POIS = "pois"
    BUSINESSES = "businesses"
    COMPANIES = "companies"
    HOUSEHOLDS = "households"
    GEOCODE_FILE = "geocode-file"
    REFERENCE = "reference"


COUNTERS = ("created", "updated", "unchanged", "rejected", "total")
"""Of companies and households, which are stored at once."""
STARTS = {
    UploadKind.VOTERS: "/api/v1/voters/import",
    UploadKind.PARCELS: "/api/v1/parcels/import",
    UploadKind.POIS: "/api/v1/pois/import",
    UploadKind.BUSINESSES: "/api/v1/businesses/import",
    UploadKind.GEOCODE_FILE: "/api/v1/gis/geocode-file",
    UploadKind.REFERENCE: "/api/v1/reference/import",
    UploadKind.COMPANIES: "/api/v1/companies",
    UploadKind.HOUSEHOLDS: "/api/v1/households",
}


@app.command()
def preview(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="File to look at.")],
    kind: Annotated[UploadKind | None, typer.Option(help="What to import it as. Default: the likeliest.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a spreadsheet.")] = None,
    layer: Annotated[str | None, typer.Option(help="Layer of map data; * for all.")] = None,
    crs: Annotated[str | None, typer.Option(help="Coordinate system, such as EPSG:2227.")] = None,
    mapping: Map = None,
    constants: Set = None,
    saved: SavedMapping = None,
    header: HasHeader = None,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Show what a file is and how its first rows would be stored: `trigpoint uploads preview voters.xlsx`.

    Nothing is imported. The file is kept for a day.
    """
    named = {"kind": kind, "sheet": sheet, "layer": layer, "crs": crs}
    options = {name: str(value) for name, value in named.items() if value}
    options |= column_map(mapping, constants, saved) | header_option(header)

    async def send() -> Json:
        async with Client(url, key) as client:
            return await client.request("POST", "/api/v1/uploads", query=options, body=file, media_type=ANY_FILE)

    shown = output.run(send())
    if as_json:
        output.print_json(shown)
    else:
        _show(shown, file.name)


def _show(shown: Json, name: str) -> None:
    console, upload = output.console(), shown["upload"]
    rows = "" if shown["rows"] is None else f"{'' if shown['rowsAreExact'] else 'about '}{shown['rows']:,} rows, "
    typer.echo(f"{name}: {rows}{upload['convertedFrom'] or upload['format'] or 'not read yet'}")
    typer.echo(f"upload {upload['id']}, to be imported as {shown['kind'] or 'unknown'}")
    if len(upload["parts"]) > 1:
        typer.echo(f"parts: {', '.join(part['name'] for part in upload['parts'])}; this is {upload['part']}")
    for text in (*shown["notes"], *shown["warnings"]):
        typer.echo(text)
    columns = [
        (column["column"], ", ".join(column["fields"]), " | ".join(column["samples"][:3]))
        for column in shown["columns"]
    ]
    if columns:
        console.print(output.table(("column", "used as", "values"), columns))
    records = [(row["line"], _record(row), _problems(row)) for row in shown["records"]]
    if records:
        console.print(output.table(("line", "record", "problems"), records))
    if shown["problem"]:
        output.fail(shown["problem"])


def _record(row: dict[str, Any]) -> str:
    if row["record"] is None:
        return "left out"
    return ", ".join(f"{name}: {value}" for name, value in row["record"].items() if name != "extra")


def _problems(row: dict[str, Any]) -> str:
    return "; ".join(f"{problem['column'] or 'the row'} {problem['message']}" for problem in row["problems"])


@app.command()
def start(
    upload: Annotated[UUID, typer.Argument(help="Id of the upload.")],
    kind: Annotated[UploadKind, typer.Option(help="What it is imported as.")],
    mapping: Map = None,
    constants: Set = None,
    saved: SavedMapping = None,
    header: HasHeader = None,
    watch: Annotated[bool, typer.Option("--watch", help="Wait for the job to finish.")] = False,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Start the import of a file that is kept: `trigpoint uploads start ID --kind voters --watch`.

    Companies and households are stored at once; the exit code is 1 if a row was rejected.
    """
    options = column_map(mapping, constants, saved) | header_option(header)

    async def send() -> tuple[Json, Json | None]:
        async with Client(url, key) as client:
            query = options | {"uploadId": str(upload)}
            created = await client.request("POST", STARTS[kind], query=query, idempotency_key=new_key())
            if "jobId" not in created:
                return created, None
            if not as_json:
                typer.echo(created["message"])
            ended = await follow(client, created["jobId"], None if as_json else output.console()) if watch else None
            return created, ended

    created, ended = output.run(send())
    if ended is not None:
        finish(ended, as_json=as_json)
    elif as_json:
        output.print_json(created)
    elif "jobId" in created:
        typer.echo(f"Follow it with: trigpoint jobs watch {created['jobId']}")
    else:
        for error in created["errors"]:
            message = error.get("error") or error.get("message")
            typer.echo(f"line {error['line']}: {error.get('field') or ''} {message}", err=True)
        typer.echo(", ".join(f"{created[name]} {name}" for name in COUNTERS if name in created))
    if created.get("rejected"):
        raise typer.Exit(output.FAILED)


@app.command("list")
def list_uploads(url: Url = URL, key: Key = None, as_json: AsJson = False) -> None:
    """List the files that are kept."""

    async def ask() -> Json:
        async with Client(url, key) as client:
            return await client.request("GET", "/api/v1/uploads")

    found = output.run(ask())
    if as_json:
        output.print_json(found)
        return
    rows = [(each["id"], each["fileName"], each["receivedBytes"], each["expiresAt"][:16]) for each in found["uploads"]]
    output.console().print(output.table(("id", "file", "bytes", "kept until"), rows))


@app.command()
def delete(upload: Annotated[UUID, typer.Argument(help="Id of the upload.")], url: Url = URL, key: Key = None) -> None:
    """Delete a file that is kept. Jobs that were made from it go on."""

    async def send() -> None:
        async with Client(url, key) as client:
            await client.request("DELETE", f"/api/v1/uploads/{upload}")

    output.run(send())
    typer.echo(f"deleted {upload}")
