"""`trigpoint companies`: load, research, enrich, score and monitor companies, and read their reports."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli import output
from app.cli.jobs import finish
from app.cli.options import URL, AsJson, Key, Map, SavedMapping, Set, Url, column_map
from app.cli.output import CSV, Json
from app.cli.progress import follow
from app.client import Client, new_key

app = typer.Typer(help="Research, enrich, score and monitor companies.", no_args_is_help=True)

Company = Annotated[str, typer.Argument(help="Id of a company or a business, or your own id.")]
Companies = Annotated[list[str], typer.Argument(help="Ids of the companies.")]
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
    _send(f"/api/research/{company}", {"force_refresh": force}, watch=watch, url=url, key=key, as_json=as_json)


@app.command()
def enrich(
    companies: Companies, watch: Watch = False, url: Url = URL, key: Key = None, as_json: AsJson = False
) -> None:
    """Enrich companies from registers, directories and their websites."""
    _send("/api/enrichment", {"companies": companies}, watch=watch, url=url, key=key, as_json=as_json)


@app.command()
def score(
    companies: Companies,
    ai: Annotated[bool, typer.Option("--ai", help="Include a model's opinion, worth up to ten points.")] = False,
    watch: Watch = False,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Score companies as leads."""
    _send("/api/scoring", {"companies": companies, "ai": ai}, watch=watch, url=url, key=key, as_json=as_json)


@app.command()
def signals(
    companies: Companies, watch: Watch = False, url: Url = URL, key: Key = None, as_json: AsJson = False
) -> None:
    """Check companies for new buying signals."""
    _send("/api/signals", {"companies": companies}, watch=watch, url=url, key=key, as_json=as_json)


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


def _send(path: str, body: Any, *, watch: bool, url: str, key: str | None, as_json: bool) -> None:
    """Create the jobs and wait for them if requested. The exit code is that of the worst outcome."""

    async def send() -> tuple[Json, list[Json]]:
        async with Client(url, key) as client:
            asked = await client.request("POST", path, body=body, idempotency_key=new_key())
            ids = [job["job_id"] for job in asked.get("jobs") or [asked]]
            console = None if as_json else output.console()
            return asked, [await follow(client, job, console) for job in ids] if watch else []

    asked, ended = output.run(send())
    if not ended:
        if as_json:
            output.print_json(asked)
        else:
            for job in asked.get("jobs") or [asked]:
                typer.echo(f"{job['status']}: trigpoint jobs watch {job['job_id']}")
        return
    if len(ended) > 1 and as_json:
        output.print_json(ended)
        raise typer.Exit(0 if all(job["status"] == "completed" for job in ended) else output.FAILED)
    for job in ended:
        if not as_json and (job["result"] or {}).get("report_id"):
            typer.echo(f"read it: trigpoint companies report {job['result']['report_id']}")
    worst = next((job for job in ended if job["status"] != "completed"), ended[-1])
    finish(worst, as_json=as_json)
