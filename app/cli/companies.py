"""`trigpoint companies`: load, research, enrich, score and monitor companies, and read their reports."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.cli import company_batches, output
from app.cli.company_batches import All, Companies
from app.cli.options import URL, AsJson, Key, Map, SavedMapping, Set, Url, column_map
from app.cli.output import CSV, Json
from app.cli.progress import follow
from app.client import Client, new_key

app = typer.Typer(help="Research, enrich, score and monitor companies.", no_args_is_help=True)

Company = Annotated[str, typer.Argument(help="Id of a company or a business, or your own id.")]
Watch = Annotated[bool, typer.Option("--watch", help="Wait for the job to finish.")]


class Form(StrEnum):
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"


@app.command()
def load(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV file with a header.")],
    mapping: Map = None,
    constants: Set = None,
    saved: SavedMapping = None,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Load companies from a CSV file. Companies with a known id are updated.

    Columns: id, name, website, registry_number, place_id; others become attributes, unless --map names them. Exit
    code 1 if a row was rejected.
    """

    async def send() -> Json:
        async with Client(url, key) as client:
            return await client.request(
                "POST",
                "/api/companies",
                query=column_map(mapping, constants, saved),
                body=file.read_bytes(),
                media_type=CSV,
                idempotency_key=new_key(),
            )

    counts = output.run(send())
    if as_json:
        output.print_json(counts)
    else:
        for error in counts["errors"]:
            typer.echo(f"line {error['line']}: {error['field']} {error['message']}", err=True)
        typer.echo(", ".join(f"{counts[name]} {name}" for name in ("created", "updated", "rejected", "total")))
    if counts["rejected"]:
        raise typer.Exit(output.FAILED)


@app.command("list")
def list_companies(
    name: Annotated[str | None, typer.Option(help="Beginning of the name.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """List companies by name."""

    async def ask() -> Json:
        async with Client(url, key) as client:
            return await client.request("GET", "/api/companies", query={"name": name, "limit": limit})

    found = output.run(ask())
    if as_json:
        output.print_json(found)
        return
    rows = [
        (company["external_id"] or company["id"], company["name"], company["website"]) for company in found["companies"]
    ]
    output.console().print(output.table(("id", "name", "website"), rows))


@app.command()
def research(
    company: Company,
    force: Annotated[bool, typer.Option("--force", help="Write a new report even if there is a recent one.")] = False,
    watch: Watch = False,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Write a report about a company, or return the recent one."""

    async def ask() -> tuple[Json, list[Json]]:
        async with Client(url, key) as client:
            body = {"force_refresh": force}
            asked = await client.request("POST", f"/api/research/{company}", body=body, idempotency_key=new_key())
            console = None if as_json else output.console()
            return asked, [await follow(client, asked["job_id"], console)] if watch else []

    asked, ended = output.run(ask())
    company_batches.show([asked], ended, as_json=as_json)


@app.command()
def enrich(
    companies: Companies = None,
    takes_all: All = False,
    watch: Watch = False,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Enrich companies from registers, directories and their websites: `… enrich --all`, or any number of ids."""
    company_batches.send(
        "/api/enrichment", companies, {}, takes_all=takes_all, watch=watch, url=url, key=key, as_json=as_json
    )


@app.command()
def score(
    companies: Companies = None,
    takes_all: All = False,
    ai: Annotated[bool, typer.Option("--ai", help="Include a model's opinion, worth up to ten points.")] = False,
    watch: Watch = False,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Score companies as leads: `… score --all`, or any number of ids."""
    company_batches.send(
        "/api/scoring", companies, {"ai": ai}, takes_all=takes_all, watch=watch, url=url, key=key, as_json=as_json
    )


@app.command()
def signals(
    companies: Companies = None,
    takes_all: All = False,
    watch: Watch = False,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Check companies for new buying signals: `… signals --all`, or any number of ids."""
    company_batches.send(
        "/api/signals", companies, {}, takes_all=takes_all, watch=watch, url=url, key=key, as_json=as_json
    )


@app.command()
def report(
    report_id: Annotated[str, typer.Argument(help="Id of the report, from the result of a research job.")],
    form: Annotated[Form, typer.Option("--format", help="Output format.")] = Form.MARKDOWN,
    url: Url = URL,
    key: Key = None,
) -> None:
    """Print a report."""

    async def ask() -> str:
        async with Client(url, key) as client:
            return await client.download(f"/api/reports/{report_id}", query={"format": form}).text()

    typer.echo(output.run(ask()), nl=False)
