"""`trigpoint geocode-file`: add coordinates to a CSV file of addresses."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli import output
from app.cli.geocode import MIN_ACCURACY
from app.cli.jobs import finish
from app.cli.options import URL, AsJson, Key, Url, column_map
from app.cli.progress import follow
from app.client import Client, Json


def geocode_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV file with a header.")],
    out: Annotated[Path | None, typer.Option(dir_okay=False, help="File for the output; waits for the job.")] = None,
    mapping: Annotated[
        list[str] | None, typer.Option("--map", help="FIELD=COLUMN, such as address='Situs'; repeatable.")
    ] = None,
    country: Annotated[str | None, typer.Option(help="Country of rows without one, such as us.")] = None,
    provider: Annotated[str | None, typer.Option(help="Geocoder to ask first.")] = None,
    min_accuracy: Annotated[str | None, typer.Option(help=MIN_ACCURACY)] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Wait for the job to finish; implied by --out.")] = False,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Geocode the addresses of a file: `trigpoint geocode-file people.csv --out geocoded.csv`.

    Columns are recognised by name (address, city, state, zip …) or set by --map. All rows are returned, in order.
    """
    options = {"country": country, "providerId": provider, "minAccuracy": min_accuracy}
    given = {name: value for name, value in options.items() if value is not None}
    if mapping:
        given["mapping"] = column_map(mapping)

    async def send() -> tuple[Json, Json | None]:
        async with Client(url, key) as client:
            created = await client.post_file("/api/v1/gis/geocode-file", file, params=given)
            if not (watch or out):
                return created, None
            if not as_json:
                typer.echo(created["message"])
            job = await follow(client, created["jobId"], None if as_json else output.console())
            if out and job["status"] == "completed":
                await client.download(f"/api/v1/jobs/{job['id']}/output.csv", out)
            return created, job

    created, job = output.run(send())
    if job is not None:
        finish(job, as_json=as_json)
    elif as_json:
        output.print_json(created)
    else:
        typer.echo(f"{created['message']}\nFollow it with: trigpoint jobs watch {created['jobId']}")
