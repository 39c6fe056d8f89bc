"""`trigpoint heatmap`: compute and export heat maps, and get the score of a point."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli import output
from app.cli.jobs import finish
from app.cli.options import URL, AsJson, Key, Url
from app.cli.output import Json
from app.cli.progress import follow
from app.client import Client, new_key

app = typer.Typer(help="Compute and export heat maps, and get the score of a point.", no_args_is_help=True)

City = Annotated[str | None, typer.Option(help="Slug of a city, such as cancun.")]
Bbox = Annotated[str | None, typer.Option(help="west,south,east,north in degrees, instead of a city.")]
Step = Annotated[float, typer.Option("--grid-step", help="0.01, 0.005, 0.0025 or 0.001 degrees.")]
Watch = Annotated[bool, typer.Option("--watch", help="Wait for the job to finish.")]


@app.command()
def schedule(
    city: City = None,
    bbox: Bbox = None,
    grid_step: Step = 0.0025,
    force: Annotated[bool, typer.Option("--force", help="Compute again even if nothing has changed.")] = False,
    watch: Watch = False,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Compute a region: `trigpoint heatmap schedule --city cancun --watch`."""
    _compute(_region(city, bbox, grid_step) | {"force": force}, False, watch=watch, url=url, key=key, as_json=as_json)


@app.command()
def reset(
    city: City = None,
    bbox: Bbox = None,
    grid_step: Step = 0.0025,
    watch: Watch = False,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Delete the cells of a region and compute them again (administrators only)."""
    _compute(_region(city, bbox, grid_step), True, watch=watch, url=url, key=key, as_json=as_json)


def _region(city: str | None, bbox: str | None, grid_step: float) -> Json:
    if (city is None) == (bbox is None):
        raise typer.BadParameter("pass either --city or --bbox")
    if bbox is None:
        return {"citySlug": city, "gridStep": grid_step}
    try:
        west, south, east, north = (float(part) for part in bbox.split(","))
    except ValueError:
        raise typer.BadParameter("--bbox must be west,south,east,north in degrees") from None
    return {"bounds": {"south": south, "west": west, "north": north, "east": east}, "gridStep": grid_step}


def _compute(body: Json, afresh: bool, *, watch: bool, url: str, key: str | None, as_json: bool) -> None:
    async def ask() -> tuple[Json, Json | None]:
        async with Client(url, key) as client:
            if afresh:
                removed = (await client.request("POST", "/api/v1/heatmap/reset", body=body))["removed"]
                if not as_json:
                    typer.echo(f"{removed} cells removed")
            created = await client.request("POST", "/api/v1/heatmap/schedule", body=body, idempotency_key=new_key())
            if not as_json:
                state = "" if created["isNew"] else f", {created['status']} already"
                typer.echo(f"{created['estimatedCells']} cells, job {created['jobId']}{state}")
            if not watch:
                return created, None
            return created, await follow(client, created["jobId"], None if as_json else output.console())

    created, job = output.run(ask())
    if job is not None:
        finish(job, as_json=as_json)
    elif as_json:
        output.print_json(created)
    else:
        typer.echo(f"Follow it with: trigpoint jobs watch {created['jobId']}")


@app.command()
def regions(
    stale: Annotated[
        bool, typer.Option("--stale", help="Only regions whose points of interest have changed since.")
    ] = False,
    refresh: Annotated[bool, typer.Option("--refresh", help="Compute the stale regions again.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Maximum number of rows.")] = 50,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """List the regions, latest first, with the data they were computed from."""

    async def ask() -> tuple[Json, list[Json]]:
        async with Client(url, key) as client:
            wanted = {"limit": limit, "stale": "true" if stale or refresh else None}
            page = await client.request("GET", "/api/v1/heatmap/regions", query=wanted)
            made: list[Json] = []
            for region in page["regions"] if refresh else ():
                body = {"bounds": region["bounds"], "gridStep": region["gridStep"]}
                made.append(
                    await client.request("POST", "/api/v1/heatmap/schedule", body=body, idempotency_key=new_key())
                )
            return page, made

    page, made = output.run(ask())
    if as_json:
        output.print_json(page | ({"scheduled": made} if refresh else {}))
        return
    columns = ("city", "step", "south", "west", "cells", "places", "computed", "stale", "job")
    rows = [
        (
            region["citySlug"],
            region["gridStep"],
            region["bounds"]["south"],
            region["bounds"]["west"],
            region["cells"],
            region["pois"],
            region["computedAt"],
            region["stale"],
            region["jobId"],
        )
        for region in page["regions"]
    ]
    output.console().print(output.table(columns, rows))
    typer.echo(f"{len(rows)} of {page['total']}" + (f", {len(made)} scheduled" if refresh else ""))


@app.command()
def score(
    latitude: Annotated[float, typer.Argument(help="Degrees.")],
    longitude: Annotated[float, typer.Argument(help="Degrees; put -- before negative values.")],
    explain: Annotated[bool, typer.Option("--explain", help="Show the parts of the score.")] = False,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Show the score of a point, 0 to 100: `trigpoint heatmap score -- 21.16 -86.85`."""

    async def ask() -> Json:
        async with Client(url, key) as client:
            wanted = {"latitude": str(latitude), "longitude": str(longitude), "explain": "true" if explain else None}
            return await client.request("GET", "/api/v1/score", query=wanted)

    found = output.run(ask())
    if as_json:
        output.print_json(found)
        return
    typer.echo(found["score"])
    if explain:
        names = ("name", "category", "metres", "rank", "contribution")
        rows: list[tuple[Any, ...]] = [tuple(driver[name] for name in names) for driver in found["drivers"]]
        output.console().print(output.table(names, rows))
    if found["job"]:
        typer.echo(f"its neighbourhood is being computed: trigpoint jobs watch {found['job']['jobId']}")


@app.command()
def export(
    bbox: Annotated[str, typer.Option(help="west,south,east,north in degrees.")],
    out: Annotated[Path, typer.Option(help="GeoJSON file to write.")],
    grid_step: Step = 0.0025,
    url: Url = URL,
    key: Key = None,
) -> None:
    """Export the cells within a bounding box to a file, for example for QGIS."""

    async def ask() -> None:
        async with Client(url, key) as client:
            await client.download(f"/api/v1/heatmap?bbox={bbox}&gridStep={grid_step:g}&format=geojson").save(out)

    output.run(ask())
