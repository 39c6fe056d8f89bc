"""Options that several commands share."""

from __future__ import annotations

import json
from typing import Annotated

import typer

URL = "http://127.0.0.1:8000"

Url = Annotated[str, typer.Option("--url", envvar="TRIGPOINT_URL", help="URL of the platform.")]
Key = Annotated[str | None, typer.Option("--key", envvar="TRIGPOINT_API_KEY", help="API key.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(envvar="DATABASE_URL", help="Your own PostgreSQL instead of the embedded one.", show_default=False),
]
RedisUrl = Annotated[
    str | None,
    typer.Option(envvar="REDIS_URL", help="Your own Redis or Valkey instead of the embedded one.", show_default=False),
]


def column_map(pairs: list[str]) -> str:
    """Convert FIELD=COLUMN pairs to the JSON object that the API expects."""
    named = [pair.partition("=") for pair in pairs]
    if not all(field and column for field, _, column in named):
        raise typer.BadParameter("write each --map as FIELD=COLUMN")
    return json.dumps({field: column for field, _, column in named})
