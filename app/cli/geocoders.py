"""`trigpoint geocoders`: the geocoders and their state."""

from __future__ import annotations

from app.cli import output
from app.cli.options import URL, AsJson, Key, Url
from app.cli.output import Json
from app.client import Client


def geocoders(url: Url = URL, key: Key = None, as_json: AsJson = False) -> None:
    """List the geocoders in order, with their state, requests today, errors and latencies."""

    async def ask() -> Json:
        async with Client(url, key) as client:
            return await client.request("GET", "/api/v1/geocoders")

    answer = output.run(ask())
    if as_json:
        output.print_json(answer)
        return
    rows = [
        (
            geocoder["name"],
            "on" if geocoder["on"] else f"off: {geocoder['whyOff']}",
            geocoder["usedToday"] if geocoder["daily"] is None else f"{geocoder['usedToday']} of {geocoder['daily']}",
            geocoder["errors"],
            geocoder["breaker"],
            geocoder["p50Ms"],
            geocoder["p95Ms"],
        )
        for geocoder in answer["geocoders"]
    ]
    columns = ("geocoder", "state", "today", "errors", "breaker", "p50 ms", "p95 ms")
    output.console().print(output.table(columns, rows))
