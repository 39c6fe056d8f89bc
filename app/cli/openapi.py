"""`trigpoint openapi`: the OpenAPI document of the REST API, without a running platform."""

from __future__ import annotations

from enum import StrEnum
from importlib import import_module
from typing import Annotated

import orjson
import typer


class Format(StrEnum):
    JSON = "json"
    MARKDOWN = "markdown"


def openapi(
    format: Annotated[Format, typer.Option(help="The document itself, or a page to read.")] = Format.JSON,
) -> None:
    """Print the OpenAPI document of the REST API, from which clients can be generated.

    It describes the kinds of jobs that come with Trigpoint; a running platform serves its own at /openapi.json.
    """
    from app.web.contract import markdown

    # by name, since only the composition root knows all kinds, and with them the providers
    document = import_module("app.main").build_document()
    if format is Format.MARKDOWN:
        print(markdown.render(document), end="")
    else:
        print(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())
