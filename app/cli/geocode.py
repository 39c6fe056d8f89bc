"""`trigpoint geocode`: create a geocoding job."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli import output
from app.cli.jobs import finish
from app.cli.options import URL, AsJson, Key, Url
from app.cli.output import Json
from app.cli.progress import follow
from app.client import Client, new_key

MIN_ACCURACY = "Go on asking until an answer is as fine: rooftop, interpolated, street, postcode, place or region."


def geocode(
    city: Annotated[str | None, typer.Option(help="Households in this city.")] = None,
    state: Annotated[str | None, typer.Option(help="Households in this state, such as CA.")] = None,
    zip_code: Annotated[str | None, typer.Option("--zip", help="Households in this ZIP code.")] = None,
    county: Annotated[str | None, typer.Option(help="Households in this county.")] = None,
    precinct: Annotated[str | None, typer.Option(help="Households with this precinct number.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Maximum number of households.")] = None,
    provider: Annotated[str | None, typer.Option(help="Geocoder to ask first.")] = None,
    fallback: Annotated[bool, typer.Option(help="Ask the other geocoders if one finds nothing.")] = True,
    again: Annotated[bool, typer.Option("--again", help="Include households that already have coordinates.")] = False,
    min_accuracy: Annotated[str | None, typer.Option(help=MIN_ACCURACY)] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Ignore cached answers.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Wait for the job to finish.")] = False,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Geocode households that match at least one filter: `trigpoint geocode --state CA --watch`."""

    filters = {"city": city, "state": state, "zipCode": zip_code, "county": county, "precinctNumber": precinct}
    chosen = {name: value for name, value in filters.items() if value is not None}
    if not chosen:
        raise typer.BadParameter("pass at least one of --city, --state, --zip, --county, --precinct")
    options = {"limit": limit, "providerId": provider, "minAccuracy": min_accuracy}
    if fresh:
        options["useCache"] = False
    body = {
        "filters": chosen,
        "skipGeocoded": not again,
        "useFallback": fallback,
        **{name: value for name, value in options.items() if value is not None},
    }

    async def ask() -> tuple[Json, Json | None]:
        async with Client(url, key) as client:
            created = await client.request(
                "POST", "/api/v1/gis/households/geocode", body=body, idempotency_key=new_key()
            )
            if not watch:
                return created, None
            if not as_json:
                typer.echo(created["message"])
            return created, await follow(client, created["jobId"], None if as_json else output.console())

    created, job = output.run(ask())
    if job is not None:
        finish(job, as_json=as_json)
    elif as_json:
        output.print_json(created)
    else:
        typer.echo(f"{created['message']}\nFollow it with: trigpoint jobs watch {created['jobId']}")
