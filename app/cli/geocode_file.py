"""`trigpoint geocode-file`: add coordinates to a CSV file of addresses."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli import output
from app.cli.columns import show_columns
from app.cli.geocode import MIN_ACCURACY
from app.cli.jobs import finish
from app.cli.options import URL, AsJson, HasHeader, Key, Map, SavedMapping, Set, Url, column_map, header_option
from app.cli.output import ANY_FILE, Json
from app.cli.progress import follow
from app.client import Client, NotFound, new_key

OUTPUT_FORMATS = ("csv", "xlsx", "geojson", "geojsonl", "gpkg", "kml")
"""Suffixes of the file that is written; it is CSV under any other name."""


def geocode_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV file with a header.")],
    out: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="File for the output; waits for the job. Of a job that fails: NAME-partial."),
    ] = None,
    mapping: Map = None,
    constants: Set = None,
    saved: SavedMapping = None,
    header: HasHeader = None,
    country: Annotated[str | None, typer.Option(help="Country of rows without one, such as us.")] = None,
    provider: Annotated[str | None, typer.Option(help="Geocoder to ask first.")] = None,
    min_accuracy: Annotated[str | None, typer.Option(help=MIN_ACCURACY)] = None,
    cross_check: Annotated[
        float | None, typer.Option(min=0, max=1, help="Share of the addresses for which a second geocoder is asked.")
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Wait for the job to finish; implied by --out.")] = False,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Geocode the addresses of a file: `trigpoint geocode-file people.csv --out geocoded.csv`.

    Columns are recognised by name (address, city, state, zip …) or set by --map. All rows are returned, in order.
    The name after --out chooses the format: .csv, .xlsx, .geojson, .geojsonl, .gpkg or .kml.
    """
    options = {"country": country, "providerId": provider, "minAccuracy": min_accuracy, "crossCheck": cross_check}
    given = {name: value for name, value in options.items() if value is not None}
    given |= column_map(mapping, constants, saved) | header_option(header)

    async def send() -> tuple[Json, Json | None]:
        async with Client(url, key) as client:
            created = await client.request(
                "POST",
                "/api/v1/gis/geocode-file",
                query=given,
                body=file,
                media_type=ANY_FILE,
                idempotency_key=new_key(),
            )
            if not (watch or out):
                return created, None
            if not as_json:
                typer.echo(created["message"])
                show_columns(created)
            job = await follow(client, created["jobId"], None if as_json else output.console())
            if out:
                is_whole = job["status"] == "completed"
                target = out if is_whole else out.with_stem(f"{out.stem}-partial")
                suffix = out.suffix[1:].lower()
                chosen = {"format": suffix} if suffix in OUTPUT_FORMATS else {}
                try:
                    await client.download(f"/api/v1/jobs/{job['id']}/output.csv", query=chosen).save(target)
                except NotFound:
                    if is_whole:
                        raise
                else:
                    if not is_whole and not as_json:
                        typer.echo(f"The rows that were done are in {target}")
            return created, job

    created, job = output.run(send())
    if job is not None:
        finish(job, as_json=as_json)
    elif as_json:
        output.print_json(created)
    else:
        typer.echo(created["message"])
        show_columns(created)
        typer.echo(f"Follow it with: trigpoint jobs watch {created['jobId']}")
