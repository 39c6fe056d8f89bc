"""The project's own source files, parsed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGES = ("app", "workers", "providers")


@dataclass(frozen=True)
class Source:
    path: Path
    """Relative to the project's root."""
    tree: ast.Module

    @cached_property
    def imported(self) -> set[str]:
        """Top-level names of the packages that the module imports anywhere."""
        names: set[str] = set()
        for node in self.nodes:
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.split(".")[0])
        return names

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes of the module, at any depth."""
        return list(ast.walk(self.tree))

    @cached_property
    def expressions(self) -> list[ast.expr]:
        """All expressions of the module, at any depth."""
        return [node for node in self.nodes if isinstance(node, ast.expr)]


def paths(*folders: str) -> list[Path]:
    """Every module below these folders of the project; absolute."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


@cache
def sources(*folders: str) -> list[Source]:
    """Every module below these folders of the project, parsed."""
    return [parsed(path) for path in paths(*folders)]


@cache
def parsed(path: Path) -> Source:
    return Source(path.relative_to(ROOT), ast.parse(path.read_text()))


def public_functions(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Functions of the module, and methods of its public classes, whose names do not start with an underscore."""

    def walk(body: list[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
                yield node
            elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield from walk(node.body)

    yield from walk(source.tree.body)
