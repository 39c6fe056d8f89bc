"""`trigpoint reference`: addresses with coordinates, from which the geocoder `local` answers."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli import output
from app.cli.imports import (
    Crs,
    DryRun,
    File,
    Layer,
    MaxErrorRate,
    MaxErrors,
    Sheet,
    UploadId,
    Watch,
    import_options,
    send_import,
)
from app.cli.options import URL, AsJson, HasHeader, Key, Map, SavedMapping, Set, Url, column_map, header_option
from app.cli.output import Json
from app.client import Client

MAX_SHOWN_POSTCODES = 6
app = typer.Typer(help="Import, list and remove the addresses from which `local` answers.", no_args_is_help=True)


@app.command("import")
def import_file(
    file: File = None,
    upload: UploadId = None,
    name: Annotated[
        str | None, typer.Option(help="Name of the data; data of the same name are replaced. Default: the file's.")
    ] = None,
    dated: Annotated[str | None, typer.Option(help="Day of the data, such as 2026-05-01.")] = None,
    licence: Annotated[str | None, typer.Option(help="Licence of the data.")] = None,
    attribution: Annotated[str | None, typer.Option(help="Text that must be shown with the results.")] = None,
    state: Annotated[str | None, typer.Option(help="State of addresses that name none.")] = None,
    country: Annotated[str | None, typer.Option(help="Country of the data (ISO 3166-1).")] = None,
    private: Annotated[bool, typer.Option("--private", help="Only for your own questions.")] = False,
    mapping: Map = None,
    constants: Set = None,
    saved: SavedMapping = None,
    header: HasHeader = None,
    dry_run: DryRun = False,
    max_errors: MaxErrors = None,
    max_error_rate: MaxErrorRate = None,
    sheet: Sheet = None,
    layer: Layer = None,
    crs: Crs = None,
    watch: Watch = False,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Import address points (a county's file, OpenAddresses, Overture), TIGER's address ranges, or OpenStreetMap.

    `docs/geocoding.md` says where they are downloaded.
    """
    options = import_options(
        dry_run,
        max_errors,
        max_error_rate,
        name,
        False,
        sheet=sheet,
        layer=layer,
        crs=crs,
        dated=dated,
        licence=licence,
        attribution=attribution,
        state=state,
        country=country,
    )
    if private:
        options["shared"] = "false"
    options |= column_map(mapping, constants, saved) | header_option(header)
    send_import("reference", file, upload, options, watch=watch, url=url, key=key, as_json=as_json)


@app.command("list")
def list_sources(url: Url = URL, key: Key = None, as_json: AsJson = False) -> None:
    """List the data that answer your questions, with their area, date and coverage."""

    async def ask() -> Json:
        async with Client(url, key) as client:
            return await client.request("GET", "/api/v1/reference")

    found = output.run(ask())
    if as_json:
        output.print_json(found)
        return
    rows = [
        (
            source["name"],
            f"{source['rows']:,}",
            source["area"] or "",
            source["dated"] or source["importedAt"][:10],
            _coverage(source["coverage"]),
            "all users" if source["shared"] else "you" if source["isMine"] else "its owner",
        )
        for source in found["sources"]
    ]
    output.console().print(output.table(("name", "houses", "area", "date", "postcodes", "answers"), rows))


@app.command()
def remove(
    name: Annotated[str, typer.Argument(help="Name of the data.")],
    url: Url = URL,
    key: Key = None,
) -> None:
    """Remove data: they answer nothing any more at once."""

    async def send() -> int:
        async with Client(url, key) as client:
            found = await client.request("GET", "/api/v1/reference")
            ids = [source["id"] for source in found["sources"] if source["name"] == name]
            for source_id in ids:
                await client.request("DELETE", f"/api/v1/reference/{source_id}")
            return len(ids)

    if not output.run(send()):
        output.fail(f"There are no reference data named {name!r}; see trigpoint reference list.")
    typer.echo(f"removed {name}")


def _coverage(postcodes: dict[str, int]) -> str:
    names = sorted((code for code in postcodes if code), key=lambda code: -postcodes[code])
    more = f" and {len(names) - MAX_SHOWN_POSTCODES} more" if len(names) > MAX_SHOWN_POSTCODES else ""
    return ", ".join(names[:MAX_SHOWN_POSTCODES]) + more
