"""Options that several commands share."""

from __future__ import annotations

import json
import re
from typing import Annotated

import typer

URL = "http://127.0.0.1:8000"


def _check_url(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise typer.BadParameter("TRIGPOINT_URL or --url must begin with http:// or https://")
    return value


Url = Annotated[str, typer.Option("--url", envvar="TRIGPOINT_URL", help="URL of the platform.", callback=_check_url)]
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
UploadsUrl = Annotated[
    str | None,
    typer.Option(
        envvar="TRIGPOINT_UPLOADS_URL",
        help="Where uploads are stored. Default: the folder uploads in the data folder.",
        show_default=False,
    ),
]


Map = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        help="FIELD=COLUMN or FIELD=COLUMN+COLUMN, such as recordId='Voter Number' or address=HOUSE_NUM+STREET;"
        " repeatable. A plus before a digit is part of the name (Zip+4).",
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="FIELD=VALUE, the same for all rows, such as state=NC; repeatable."),
]
SavedMapping = Annotated[
    str | None,
    typer.Option("--mapping", help="Name of a saved mapping (see trigpoint mappings), in place of --map and --set."),
]
HasHeader = Annotated[
    bool | None,
    typer.Option(
        "--header/--no-header",
        help="Whether the first row has the names of the columns; without a header they are 'column 1' and so on."
        " Default: found out.",
    ),
]
_JOIN = re.compile(r"\+(?!\d)")


def column_map(maps: list[str] | None, sets: list[str] | None = None, saved: str | None = None) -> dict[str, str]:
    """Return the option `mapping` of the API for FIELD=COLUMN and FIELD=VALUE pairs, or a saved one; {} for none."""
    mapping: dict[str, object] = {}
    if saved and (maps or sets):
        raise typer.BadParameter("use either --mapping, or --map and --set")
    if saved:
        return {"mapping": "@" + saved.removeprefix("@")}
    for pair in maps or ():
        field, column = _pair(pair, "--map as FIELD=COLUMN or FIELD=COLUMN+COLUMN")
        columns = [name.strip() for name in _JOIN.split(column) if name.strip()]
        mapping[field] = columns if len(columns) > 1 else column
    for pair in sets or ():
        field, value = _pair(pair, "--set as FIELD=VALUE")
        mapping[field] = {"constant": value}
    return {"mapping": json.dumps(mapping)} if mapping else {}


def header_option(header: bool | None) -> dict[str, str]:
    """Return the option `header` of the API; {} if it is not given."""
    return {} if header is None else {"header": str(header).lower()}


def _pair(pair: str, form: str) -> tuple[str, str]:
    field, _, value = pair.partition("=")
    if not (field.strip() and value.strip()):
        raise typer.BadParameter(f"write each {form}")
    return field.strip(), value
