"""Output and exit codes of all commands."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Coroutine, Sequence
from typing import Any, NoReturn, TypeVar

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app.client import AccessDenied, NotReachable, TrigpointError

FAILED = 1
NOT_REACHABLE = 3
REFUSED = 4
INTERRUPTED = 130
"""Exit code that shells report for Ctrl-C."""

CSV = "text/csv; charset=utf-8"
ANY_FILE = "application/octet-stream"
"""The platform finds out what it is."""

T = TypeVar("T")
Json = dict[str, Any]
"""A response as it came, so that --json prints all of it."""


def console() -> Console:
    """Return a console for standard output. Outside a terminal it has no colours and does not wrap lines."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else 200)


def fail(message: str, code: int = FAILED) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command. An API error becomes a message on stderr and an exit code."""
    try:
        return asyncio.run(work)
    except NotReachable as error:
        fail(f"{error}\nStart the platform with `trigpoint up`, or correct TRIGPOINT_URL.", NOT_REACHABLE)
    except AccessDenied as error:
        fail(f"{error}\nSet TRIGPOINT_API_KEY or --key to a key with the required permission.", REFUSED)
    except TrigpointError as error:
        fail(str(error))
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None


def print_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def json_object(text: str, option: str) -> dict[str, Any]:
    """Parse the JSON object in an option. Raises BadParameter for anything else."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise typer.BadParameter(f"{option} is not valid JSON: {error}") from None
    if not isinstance(value, dict):
        raise typer.BadParameter(f"{option} must be a JSON object")
    return value


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    made = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        made.add_row(*(_cell(value) for value in row))
    return made


def _cell(value: object) -> str:
    if value is None:
        return ""
    return escape(json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else str(value))
