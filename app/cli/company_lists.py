"""`trigpoint companies`: scores and signals as lists and files, and candidates of registers to decide on."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from app.cli import output
from app.cli.companies import app as app
from app.cli.options import URL, AsJson, Key, Url
from app.cli.output import Json
from app.client import Client

Limit = Annotated[int, typer.Option(min=1, max=1000)]
Out = Annotated[
    Path | None, typer.Option(dir_okay=False, help="File to write all of them to: .csv or .xlsx, by its name.")
]
OfCompany = Annotated[str | None, typer.Option("--company", help="Id of a company or a business, or your own id.")]
CandidateId = Annotated[UUID, typer.Argument(help="Id of the candidate; see trigpoint companies candidates.")]


class Status(StrEnum):
    PENDING = "pending"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


@app.command("list-scores")
def list_scores(
    min_score: Annotated[float | None, typer.Option(min=0, max=100, help="Lowest score.")] = None,
    company: OfCompany = None,
    out: Out = None,
    limit: Limit = 50,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """List the newest score of each company, highest first, or write them to a file: `… --out scores.csv`."""
    chosen = {"min_score": min_score, "company_id": company}
    if out is not None:
        _download("/api/v1/scores/export.csv", chosen, out, url, key)
        return
    found = _get("/api/v1/scores", chosen | {"limit": limit}, url, key)
    if as_json:
        output.print_json(found)
        return
    rows = [
        (score["score"], score["companyName"], score["externalId"] or score["companyId"], _strongest(score))
        for score in found["scores"]
    ]
    output.console().print(output.table(("score", "company", "id", "most points from"), rows))


def _strongest(score: Json) -> str:
    features = sorted(score["features"], key=lambda feature: -feature["points"])[:3]
    return ", ".join(f"{feature['name']} {feature['points']:g}" for feature in features if feature["points"])


@app.command("list-signals")
def list_signals(
    kind: Annotated[str | None, typer.Option("--type", help="Type, such as funding or hiring.")] = None,
    company: OfCompany = None,
    out: Out = None,
    limit: Limit = 50,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """List the signals found so far, newest first, or write them to a file: `… --out signals.csv`."""
    chosen = {"type": kind, "company_id": company}
    if out is not None:
        _download("/api/v1/signals/export.csv", chosen, out, url, key)
        return
    found = _get("/api/v1/signals", chosen | {"limit": limit}, url, key)
    if as_json:
        output.print_json(found)
        return
    rows = [
        (signal["detectedAt"][:10], signal["occurredOn"], signal["type"], signal["title"], signal["evidence"]["quote"])
        for signal in found["signals"]
    ]
    output.console().print(output.table(("detected", "occurred", "type", "title", "quotation"), rows))


@app.command()
def candidates(
    company: OfCompany = None,
    status: Annotated[Status, typer.Option(help="Status.")] = Status.PENDING,
    limit: Limit = 50,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """List entries of registers that may be a company's: `confirm` or `reject` them by their ids."""
    query = {"company_id": company, "status": status.value, "limit": limit}
    found = _get("/api/v1/register-candidates", query, url, key)
    if as_json:
        output.print_json(found)
        return
    rows = [
        (entry["id"], entry["companyName"], entry["name"], entry["entryId"], "; ".join(entry["reasons"]))
        for entry in found["candidates"]
    ]
    output.console().print(output.table(("id", "company", "entry", "number", "why it is not certain"), rows))


@app.command()
def confirm(candidate: CandidateId, url: Url = URL, key: Key = None, as_json: AsJson = False) -> None:
    """Say that an entry of a register is the company's: what it states becomes facts about the company."""
    _decide(candidate, "confirm", url, key, as_json=as_json)


@app.command()
def reject(candidate: CandidateId, url: Url = URL, key: Key = None, as_json: AsJson = False) -> None:
    """Say that an entry of a register is another company's: it is not proposed again."""
    _decide(candidate, "reject", url, key, as_json=as_json)


def _decide(candidate: UUID, action: str, url: str, key: str | None, *, as_json: bool) -> None:
    async def ask() -> Json:
        async with Client(url, key) as client:
            return await client.request("POST", f"/api/v1/register-candidates/{candidate}/{action}")

    decided = output.run(ask())
    if as_json:
        output.print_json(decided)
    else:
        typer.echo(f"{decided['status']}: {decided['name']} ({decided['entryId']}) for {decided['companyName']}")


def _get(path: str, query: dict[str, Any], url: str, key: str | None) -> Json:
    async def ask() -> Json:
        async with Client(url, key) as client:
            return await client.request("GET", path, query=query)

    return output.run(ask())


def _download(path: str, query: dict[str, Any], out: Path, url: str, key: str | None) -> None:
    format_ = "xlsx" if out.suffix.lower() == ".xlsx" else "csv"

    async def ask() -> None:
        async with Client(url, key) as client:
            await client.download(path, query={**query, "format": format_}).save(out)

    output.run(ask())
