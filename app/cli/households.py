"""`trigpoint households`: load households."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli import output
from app.cli.options import URL, AsJson, Key, Map, SavedMapping, Set, Url, column_map
from app.cli.output import CSV
from app.client import Client, new_key

app = typer.Typer(help="Load households.", no_args_is_help=True)

ROWS_A_REQUEST = 2000
COUNTERS = ("created", "updated", "unchanged", "rejected", "total")


@app.command()
def load(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV file with a header.")],
    strict: Annotated[
        bool, typer.Option("--strict", help="Stop at the first part of the file with an invalid row.")
    ] = False,
    mapping: Map = None,
    constants: Set = None,
    saved: SavedMapping = None,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Load households from a CSV file. Households with a known id are updated.

    Columns: id, address (or house_number and street), unit, city, state, zip, country, county, precinct. Invalid rows
    are reported with their line number and skipped; the exit code is then 1. Name other columns with --map.
    """
    outcome = output.run(_load(file, strict=strict, options=column_map(mapping, constants, saved), url=url, key=key))
    if as_json:
        output.print_json(outcome)
    else:
        for error in outcome["errors"]:
            typer.echo(f"line {error['line']}: {error.get('field') or ''} {error['error']}", err=True)
        if outcome["ignoredFields"]:
            typer.echo(f"ignored columns (name them with --map): {', '.join(outcome['ignoredFields'])}", err=True)
        typer.echo(", ".join(f"{outcome[name]} {name}" for name in COUNTERS))
    if outcome["rejected"]:
        raise typer.Exit(output.FAILED)


async def _load(file: Path, *, strict: bool, options: dict[str, str], url: str, key: str | None) -> dict[str, Any]:
    query = options | ({"strict": "true"} if strict else {})
    outcome: dict[str, Any] = {**dict.fromkeys(COUNTERS, 0), "errors": [], "ignoredFields": []}
    async with Client(url, key) as client:
        for first_line, text in parts(file):
            answer = await client.request(
                "POST",
                "/api/v1/households",
                query=query,
                body=text.encode(),
                media_type=CSV,
                idempotency_key=new_key(),
            )
            for name in COUNTERS:
                outcome[name] += answer.get(name, 0)
            outcome["ignoredFields"] = answer.get("ignoredFields", [])  # the same header in every part
            # a part's own header is its line 1
            outcome["errors"] += [{**e, "line": e["line"] + first_line - 2} for e in answer.get("errors", ())]
    return outcome


def parts(file: Path) -> Iterator[tuple[int, str]]:
    """Split the file into requests, each with the header, and yield the line number of the first row of each.

    Line numbers are exact as long as no field contains a line break. A file that is not UTF-8 is read as Windows-1252.
    """
    text = _text(file)
    sample = text[: text.find("\n") + 1] or text
    delimiter = max(",;\t", key=sample.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    header = next(reader, None)
    if header is None:
        output.fail(f"{file} is empty.")
    line = reader.line_num + 1
    while rows := list(islice(reader, ROWS_A_REQUEST)):
        written = io.StringIO()
        csv.writer(written, lineterminator="\n").writerows([header, *rows])
        yield line, written.getvalue()
        line = reader.line_num + 1


def _text(file: Path) -> str:
    content = file.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
