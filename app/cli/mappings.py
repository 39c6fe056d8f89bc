"""`trigpoint mappings`: save mappings of columns, for the next files with the same columns."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from app.cli import output
from app.cli.options import URL, AsJson, Key, Url
from app.cli.output import Json
from app.client import Client

app = typer.Typer(help="Save mappings of columns for the next files with the same columns.", no_args_is_help=True)


@app.command("list")
def list_mappings(url: Url = URL, key: Key = None, as_json: AsJson = False) -> None:
    """List your saved mappings."""

    async def ask() -> Json:
        async with Client(url, key) as client:
            return await client.request("GET", "/api/v1/mappings")

    found = output.run(ask())
    if as_json:
        output.print_json(found)
        return
    rows = [
        (saved["name"], saved["kind"], ", ".join(map(str, saved["mapping"])), len(saved["columns"]))
        for saved in found["mappings"]
    ]
    output.console().print(output.table(("name", "kind", "fields", "columns"), rows))


@app.command()
def save(
    name: Annotated[str, typer.Argument(help="Name of the mapping; a saved one of this name is replaced.")],
    job: Annotated[UUID, typer.Option("--job", help="A job that read a file with the mapping.")],
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Save the mapping of a job: `trigpoint mappings save durham --job ID`. Use it with `--mapping durham`."""

    async def send() -> Json:
        async with Client(url, key) as client:
            body = {"name": name, "jobId": str(job)}
            return await client.request("POST", "/api/v1/mappings", body=body)

    saved = output.run(send())
    if as_json:
        output.print_json(saved)
    else:
        typer.echo(f"saved {saved['name']} for {saved['kind']} files with {len(saved['columns'])} columns")


@app.command()
def delete(name: Annotated[str, typer.Argument(help="Name of the mapping.")], url: Url = URL, key: Key = None) -> None:
    """Delete a saved mapping."""

    async def send() -> bool:
        async with Client(url, key) as client:
            found = await client.request("GET", "/api/v1/mappings")
            saved = next((saved for saved in found["mappings"] if saved["name"] == name), None)
            if saved is not None:
                await client.request("DELETE", f"/api/v1/mappings/{saved['id']}")
            return saved is not None

    if not output.run(send()):
        output.fail(f"You have no saved mapping {name!r}; see trigpoint mappings list.")
    typer.echo(f"deleted {name}")
