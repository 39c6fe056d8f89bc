"""Public functions that contributors use are documented."""

from __future__ import annotations

import ast

from tests.unit.structure.source import public_functions, sources


def test_every_public_function_of_the_lower_layers_has_a_docstring() -> None:
    missing = [
        f"{source.path}:{function.lineno} {function.name}"
        for source in sources("app/db", "providers", "workers/core")
        for function in public_functions(source)
        if not ast.get_docstring(function) and not _is_declaration(function)
    ]
    assert not missing, "add a docstring:\n" + "\n".join(missing)


def _is_declaration(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether the body is `...`: a member of a protocol, whose class documents it."""
    return [ast.unparse(statement) for statement in function.body] == ["..."]


def test_every_module_has_a_docstring() -> None:
    missing = [
        str(source.path)
        for source in sources("app", "workers", "providers", "migrations")
        if source.tree.body and not ast.get_docstring(source.tree)
    ]
    assert not missing, "add a module docstring:\n" + "\n".join(missing)
