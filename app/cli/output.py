"""How commands print, and with which code they end."""

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

from app.client import ApiError, NotReachable, Refused

FAILED = 1
NOT_REACHABLE = 3
REFUSED = 4
INTERRUPTED = 130
"""What a shell reports for Ctrl-C."""

T = TypeVar("T")


def console() -> Console:
    """Standard output; without colours and control codes where it is no terminal, and then never wrapped at 80."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else 200)


def fail(message: str, code: int = FAILED) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run one command's work; an error of the platform becomes a line on stderr and an exit code."""
    try:
        return asyncio.run(work)
    except NotReachable as error:
        fail(f"{error}\nIs the platform running (trigpoint up), and TRIGPOINT_URL right?", NOT_REACHABLE)
    except Refused as error:
        fail(f"{error}\nSet TRIGPOINT_API_KEY or --key to a key that may do this.", REFUSED)
    except ApiError as error:
        fail(str(error))
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None


def print_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def json_object(text: str, option: str) -> dict[str, Any]:
    """What an option says in JSON. Raises BadParameter, the usage error, for anything but an object."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise typer.BadParameter(f"{option} is no JSON: {error}") from None
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
