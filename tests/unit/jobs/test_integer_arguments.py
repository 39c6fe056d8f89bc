"""No argument of a kind takes an integer that Postgres cannot hold: its job would fail only when it runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from workers import registry

MAX_BIGINT = 2**63 - 1
KINDS = registry.load(())


def integers(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the schemas of all integers, also nested ones."""
    if isinstance(schema, dict):
        if schema.get("type") == "integer":
            yield path, schema
        for name, part in schema.items():
            yield from integers(part, f"{path}/{name}")
    elif isinstance(schema, list):
        for part in schema:
            yield from integers(part, path)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_integers_have_a_maximum(kind: str) -> None:
    for path, schema in integers(KINDS[kind].spec.args.model_json_schema()):
        above = min(schema.get("maximum", MAX_BIGINT + 1), schema.get("exclusiveMaximum", MAX_BIGINT + 2) - 1)
        assert above <= MAX_BIGINT, path


def test_integers_are_found() -> None:
    assert any(True for kind in KINDS.values() for _ in integers(kind.spec.args.model_json_schema()))
