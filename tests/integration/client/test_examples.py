"""The examples in docs/client.md run as they are printed there, against a real platform."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from app.settings import Settings
from tests.harness import ADMIN_KEY, worker

PAGE = Path(__file__).parents[3] / "docs" / "client.md"


def examples() -> list[CodeType]:
    """The blocks of the page, each with its line in tracebacks."""
    text = PAGE.read_text()
    found = re.finditer(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [
        compile("\n" * text[: match.start(1)].count("\n") + match[1], str(PAGE), "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        for match in found
    ]


async def test_the_examples_work(
    url: str,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TRIGPOINT_URL", url)
    monkeypatch.setenv("TRIGPOINT_API_KEY", ADMIN_KEY)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    async with worker(settings):
        for example in examples():
            if example.co_flags & inspect.CO_COROUTINE:
                await eval(example, names)
            else:
                await asyncio.to_thread(exec, example, names)
    printed = capsys.readouterr().out
    assert "h-1 37." in printed
    assert "h-1 postcode" in printed
    assert re.search(r"^404 .+", printed, re.MULTILINE)
    assert "('data.limit', 'must be a whole number')" in printed
    assert (tmp_path / "geocoded.csv").read_text().count("\n") == 2
