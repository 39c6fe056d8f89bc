"""Options that several commands share."""

from __future__ import annotations

import json
from typing import Annotated

import typer

URL = "http://127.0.0.1:8000"

Url = Annotated[str, typer.Option("--url", envvar="TRIGPOINT_URL", help="The platform's address.")]
Key = Annotated[str | None, typer.Option("--key", envvar="TRIGPOINT_API_KEY", help="The API key.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        envvar="DATABASE_URL", help="A PostgreSQL of your own instead of the embedded one.", show_default=False
    ),
]
RedisUrl = Annotated[
    str | None,
    typer.Option(
        envvar="REDIS_URL", help="A Redis or Valkey of your own instead of the embedded one.", show_default=False
    ),
]


def column_map(pairs: list[str]) -> str:
    """FIELD=COLUMN pairs as the JSON object that the API takes."""
    named = [pair.partition("=") for pair in pairs]
    if not all(field and column for field, _, column in named):
        raise typer.BadParameter("give each --map as FIELD=COLUMN")
    return json.dumps({field: column for field, _, column in named})
