"""`trigpoint cities`: cities for which heat maps can be computed by name."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli import output
from app.cli.options import URL, AsJson, Key, Url
from app.cli.output import Json
from app.client import Client

app = typer.Typer(help="List cities and load your own.", no_args_is_help=True)

EDGES = ("south", "west", "north", "east")
NUMBERS = (*EDGES, "latitude", "longitude", "population")


@app.command("list")
def list_cities(
    search: Annotated[str, typer.Option(help="Only cities with these words in slug or name.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="Maximum number of rows.")] = 50,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """List cities that were loaded or used. Cities from GeoNames are added on first use."""

    async def ask() -> Json:
        async with Client(url, key) as client:
            return await client.request("GET", "/api/v1/cities", query={"search": search, "limit": limit})

    page = output.run(ask())
    if as_json:
        output.print_json(page)
        return
    rows = [
        (city["slug"], city["name"], city["country"], city["population"], *(city["bounds"][edge] for edge in EDGES))
        for city in page["cities"]
    ]
    output.console().print(output.table(("slug", "name", "country", "population", *EDGES), rows))
    typer.echo(f"{len(rows)} of {page['total']}")


@app.command()
def load(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV with a header, or JSON.")
    ],
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Load cities (administrators): name, slug, country; south, west, north, east or latitude, longitude, population.

    Cities with a known slug are replaced. Either the whole file is loaded or nothing.
    """
    entries = _read(file)

    async def send() -> Json:
        async with Client(url, key) as client:
            return await client.request("POST", "/api/v1/cities", body=entries)

    counts = output.run(send())
    if as_json:
        output.print_json(counts)
    else:
        typer.echo(f"{counts['created']} created, {counts['updated']} updated, {counts['total']} total")


def _read(file: Path) -> list[Any]:
    text = file.read_text(encoding="utf-8-sig")
    if text.lstrip()[:1] in ("[", "{"):
        try:
            found = json.loads(text)
        except ValueError as error:
            output.fail(f"{file} is not valid JSON: {error}")
        return found if isinstance(found, list) else [found]
    return [_city(row) for row in csv.DictReader(text.splitlines())]


def _city(row: dict[str, str]) -> Json:
    """Convert a row for the API. Values that are not numbers are sent unchanged, so that the API reports them."""
    given: Json = {name: value for name, value in row.items() if name and value}
    for name in NUMBERS:
        try:
            given[name] = int(given[name]) if name == "population" else float(given[name])
        except (KeyError, ValueError):
            continue
    if all(edge in given for edge in EDGES):
        given["bounds"] = {edge: given.pop(edge) for edge in EDGES}
    return given
