"""`trigpoint research`: compare what two language models write about a company."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import typer

from app.cli import output
from app.cli.companies import Company
from app.cli.options import URL, AsJson, Key, Url
from app.cli.output import Json
from app.cli.progress import follow
from app.client import Client, new_key

app = typer.Typer(help="Compare the models that write reports.", no_args_is_help=True)

CHOICES = ("first", "fallback")


@app.callback()
def group() -> None:
    """Compare the models that write reports."""


@app.command()
def compare(company: Company, url: Url = URL, key: Key = None, as_json: AsJson = False) -> None:
    """Write a report with each of the two configured models, and show both side by side.

    The models are those of TRIGPOINT_LLM_URL and TRIGPOINT_LLM_FALLBACK_URL. Both reports count towards the quota.
    Exit code 1 if a report could not be written.
    """

    async def write() -> list[Json]:
        async with Client(url, key) as client:
            console = None if as_json else output.console()
            jobs = [
                await client.request(
                    "POST", "/api/v1/research", body={"companyId": company, "model": choice}, idempotency_key=new_key()
                )
                for choice in CHOICES
            ]
            ended = [await follow(client, job["jobId"], console) for job in jobs]
            if failed := next((job for job in ended if job["status"] != "completed"), None):
                output.fail(f"job {failed['id']} {failed['status']}: {failed['error']}")
            reports = await asyncio.gather(
                *(client.request("GET", f"/api/v1/reports/{job['result']['report_id']}") for job in ended)
            )
            return list(reports)

    reports = output.run(write())
    if as_json:
        output.print_json(reports)
    else:
        output.console().print(output.table(["", *CHOICES], rows(reports)))


def rows(reports: Sequence[Json]) -> list[list[object]]:
    """Return the rows of the comparison: a name, and a value for each report."""
    figures: list[tuple[str, Any]] = [
        ("model", lambda report: report["model"]),
        ("status", lambda report: report["status"]),
        ("confidence", lambda report: f"{report['confidenceScore']:.2f}"),
        ("claims", lambda report: sum(len(section["claims"]) for section in report["sections"])),
        ("of them quotations", lambda report: sum(_is_quoted(claim) for claim in _claims(report))),
        ("claims dropped", lambda report: report["droppedClaims"]),
        ("calls", lambda report: report["usage"]["calls"]),
        ("tokens", lambda report: report["usage"]["promptTokens"] + report["usage"]["completionTokens"]),
        (
            "cost, US dollars",
            lambda report: "unknown" if (cost := report["usage"]["costUsd"]) is None else f"{cost:.4f}",
        ),
        ("report", lambda report: report["id"]),
    ]
    shown: list[list[object]] = [[name, *(figure(report) for report in reports)] for name, figure in figures]
    for sections in zip(*(report["sections"] for report in reports), strict=True):
        texts = ["\n".join(claim["text"] for claim in section["claims"]) or "–" for section in sections]
        shown.append([sections[0]["title"], *texts])
    return shown


def _claims(report: Json) -> list[Json]:
    return [claim for section in report["sections"] for claim in section["claims"]]


def _is_quoted(claim: Json) -> bool:
    return bool(claim["text"] == claim["quote"])
