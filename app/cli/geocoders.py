"""`trigpoint geocoders`: the geocoders and their state."""

from __future__ import annotations

from app.cli import output
from app.cli.options import URL, AsJson, Key, Url
from app.client import Client, Json


def geocoders(url: Url = URL, key: Key = None, as_json: AsJson = False) -> None:
    """List the geocoders in order, with their state, requests today, errors and latencies."""

    async def ask() -> Json:
        async with Client(url, key) as client:
            return await client.get("/api/v1/geocoders")

    answer = output.run(ask())
    if as_json:
        output.print_json(answer)
        return
    rows = [
        (
            one["name"],
            "on" if one["on"] else f"off: {one['whyOff']}",
            one["usedToday"] if one["daily"] is None else f"{one['usedToday']} of {one['daily']}",
            one["errors"],
            one["breaker"],
            one["p50Ms"],
            one["p95Ms"],
        )
        for one in answer["geocoders"]
    ]
    columns = ("geocoder", "state", "today", "errors", "breaker", "p50 ms", "p95 ms")
    output.console().print(output.table(columns, rows))
