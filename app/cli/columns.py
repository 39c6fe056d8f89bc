"""Format a report on a file's columns for the terminal."""

from __future__ import annotations

import typer

from app.cli.output import Json


def show_columns(created: Json) -> None:
    """Print what the columns are used as, those that are not used, and what the sender should look at."""
    columns = created.get("columns", [])
    if (suggested := created.get("suggestedMapping")) is not None:
        typer.echo(f"your saved mapping {suggested['name']} fits this file: send it with --mapping {suggested['name']}")
    for warning in created.get("warnings", []):
        typer.echo(warning, err=True)
    used = [f"{column['column']} → {', '.join(column['fields'])}" for column in columns if column["fields"]]
    unused = [column["column"] for column in columns if not column["fields"]]
    if used:
        typer.echo(f"columns: {'; '.join(used)}")
    if unused:
        typer.echo(f"not used: {', '.join(unused)}")
    for column in columns:
        if column["note"]:
            typer.echo(f"{column['column']}: {column['note']}", err=True)
