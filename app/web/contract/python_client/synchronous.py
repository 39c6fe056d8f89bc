"""`app/client/synchronous_operations.py`: the methods of `Client` for code without asyncio, by their source."""

from __future__ import annotations

import ast
import re

HEADER = '''"""The methods of SyncClient. Generated from those of Client by `make openapi`: do not edit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from app.client import models
from app.client.asynchronous import Client, JobRef
from app.client.files import File, Progress
from app.client.portal import Portal, SyncDownload, SyncPages


class SyncOperations:
    """A method for each of Client's."""

    _portal: Portal
    _client: Client
'''
RETURNED = {"Pages": "SyncPages", "Download": "SyncDownload", "AsyncGenerator": "Iterator"}


def render(*sources: str) -> str:
    """Return the module for the sources of Client and its bases."""
    classes = [
        node
        for source in sources
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef) and node.name in ("Client", "Operations")
    ]
    return HEADER + "".join(
        "\n" + "\n".join(f"    {line}" for line in ast.unparse(_method(node)).splitlines()) + "\n"
        for made in classes
        for node in made.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
        and node.name != "aclose"
    )


def _method(node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.FunctionDef:
    assert node.returns is not None
    returns = ast.unparse(node.returns)
    positional = [argument.arg for argument in node.args.args[1:]]
    named = [f"{argument.arg}={argument.arg}" for argument in node.args.kwonlyargs]
    function = f"self._client.{node.name}"
    match re.match(r"\w+", returns):
        case re.Match() as found if found[0] == "AsyncGenerator":
            call = f"self._portal.iterate({function}({', '.join([*positional, *named])}))"
        case re.Match() as found if found[0] in RETURNED:
            call = f"{RETURNED[found[0]]}(self._portal, {function}({', '.join([*positional, *named])}))"
        case _:
            call = f"self._portal.call({', '.join([function, *positional, *named])})"
    returns = returns.replace(", None]", "]") if returns.startswith("AsyncGenerator") else returns
    for name, other in RETURNED.items():
        returns = re.sub(rf"^{name}\b", other, returns)
    statement = call if returns == "None" else f"return {call}"
    docstring = node.body[:1]
    return ast.FunctionDef(
        name=node.name,
        args=node.args,
        body=[*docstring, *ast.parse(statement).body],
        decorator_list=[],
        returns=ast.parse(returns, mode="eval").body,
        lineno=node.lineno,
    )
