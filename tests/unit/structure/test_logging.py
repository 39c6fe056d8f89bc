"""Log events have constant names, which docs/logging.md lists, and all modules log in the same way."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.unit.structure.source import PACKAGES, ROOT, Source, sources
from workers.core.execute import EVENTS

METHODS = {"debug", "info", "warning", "error", "critical", "exception"}


def logging_sources() -> list[Source]:
    return [source for source in sources(*PACKAGES) if str(source.path) != "app/logs.py"]


def log_calls(source: Source) -> Iterator[ast.Call]:
    for node in source.expressions:
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="log"), attr=method)) if method in METHODS:
                yield node


def events() -> dict[str, str]:
    """Every event in the code with the place where it is logged."""
    found = {name: "workers/core/execute.py" for name in EVENTS.values()}
    for source in logging_sources():
        for call in log_calls(source):
            event = call.args[0] if call.args else None
            assert isinstance(event, ast.Constant), f"{source.path}:{call.lineno}: the event is not a constant"
            found[str(event.value)] = f"{source.path}:{call.lineno}"
    return found


def test_events_are_constant_names() -> None:
    wrong = {event: place for event, place in events().items() if not re.fullmatch(r"[a-z]+(_[a-z]+)+", event)}
    assert not wrong


def test_every_event_is_documented() -> None:
    documented = set(re.findall(r"^\| `([a-z_]+)` \|", (ROOT / "docs" / "logging.md").read_text(), re.MULTILINE))
    assert documented == events().keys() | {"job_started"}


def test_there_is_one_logger_convention() -> None:
    wrong = [
        f"{source.path}:{node.lineno}"
        for source in logging_sources()
        for node in source.nodes
        if isinstance(node, ast.Assign) and "get" in (text := ast.unparse(node)) and re.search(r"get_?[lL]ogger", text)
        if text != "log = structlog.get_logger(__name__)"
    ]
    assert not wrong, "write `log = structlog.get_logger(__name__)`: " + ", ".join(wrong)
    uses = [
        str(source.path) for source in logging_sources() if any(_is_get_logger(node) for node in source.expressions)
    ]
    assert not uses, "use structlog: " + ", ".join(uses)


def _is_get_logger(node: ast.expr) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id="logging"), attr="getLogger"):
            return True
    return False
