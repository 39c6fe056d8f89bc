"""Every module has its place in the grid of CONTRIBUTING.md. import-linter checks the imports."""

from __future__ import annotations

import ast
import re
from importlib import import_module

import pytest

from tests.unit.structure.source import PACKAGES, ROOT, paths, sources
from workers import registry

AREAS = {"jobs", "accounts", "households", "geocoding", "imports", "heatmaps", "websites", "companies", "reference"}
FOLDERS = {
    "app/domain": AREAS | {"addresses", "text", "vocabulary"},
    "app/db": AREAS | {"core", "tables"},
    "app/web": AREAS | {"http", "contract", "dialects", "dashboard", "previews"},
    "app/web/dashboard": AREAS | {"core"},
    "workers": AREAS | {"core"},
    "tests/integration": AREAS | {"core", "http", "dashboard", "providers", "client"},
    "tests/unit": AREAS
    | {
        "core",
        "http",
        "dashboard",
        "providers",
        "addresses",
        "text",
        "vocabulary",
        "cli",
        "client",
        "contract",
        "structure",
    },
    "tests/acceptance": AREAS | {"cli"},
}
NO_INPUT_OR_OUTPUT = {"aiohttp", "arq", "asyncpg", "fsspec", "openai", "redis", "sqlalchemy", "sqlmodel", "starlette"}
STATEMENT = re.compile(
    r"^\s*(SELECT\s.+\sFROM\s|SELECT\s+\w+\(|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|WITH\s+\w+\s+AS\s*\()",
    re.I | re.S,
)


@pytest.mark.parametrize("layer", FOLDERS)
def test_layers_have_the_same_areas(layer: str) -> None:
    found = {
        path.parts[0]
        for path in (path.relative_to(ROOT / layer) for path in paths(layer))
        if len(path.parts) > 1 and path.parts[0] != "static"
    }
    assert found <= FOLDERS[layer], f"{layer} has folders that are no area: {sorted(found - FOLDERS[layer])}"


def test_no_file_repeats_the_name_of_its_folder() -> None:
    meaningless = {"utils", "helpers", "services", "manager", "common", "misc"}
    assert not [s.path for s in sources(*PACKAGES) if s.path.stem == s.path.parent.name or s.path.stem in meaningless]


def test_the_domain_does_no_input_or_output() -> None:
    assert not [s.path for s in sources("app/domain") if s.imported & NO_INPUT_OR_OUTPUT]


def test_sql_is_only_in_app_db() -> None:
    outside = [source for source in sources(*PACKAGES) if source.path.parts[:2] != ("app", "db")]
    found = [f"{source.path}:{node.lineno}" for source in outside for node in source.expressions if _is_sql(node)]
    assert not found, "move the SQL to app/db:\n" + "\n".join(found)


def _is_sql(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=str(text)):
            return bool(STATEMENT.match(text))
        case ast.Call(func=ast.Attribute(attr="fetchrow" | "fetchval" | "executemany" | "copy_records_to_table")):
            return True
    return False


def test_jobs_are_only_made_by_their_spec() -> None:
    found = [
        f"{source.path}:{node.lineno}"
        for source in sources(*PACKAGES)
        for node in source.expressions
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "NewJob"
    ]
    assert [place.split(":")[0] for place in found] == ["app/domain/jobs/spec.py"], found


@pytest.mark.parametrize("name", registry.MODULES)
def test_a_kind_is_declared_in_its_area_and_handled_in_a_file_of_its_name(name: str) -> None:
    package, area, kind = name.split(".")
    handler = import_module(name)
    kinds = import_module(f"app.domain.{area}.kinds")
    assert (package, handler.SPEC.kind) == ("workers", kind)
    assert any(value is handler.SPEC for value in vars(kinds).values()), f"declare {kind} in {kinds.__name__}"
    assert handler.SPEC.args.__module__.startswith(f"app.domain.{area}.")
