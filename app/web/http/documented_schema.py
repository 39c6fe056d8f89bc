"""JSON schemas whose fields are described by the docstrings below them.

pydantic can do that by itself (`use_attribute_docstrings`), but it reads the sources when the classes are made, which
on Python before 3.13 takes a third of the time that the API needs to start. This reads them when a schema is asked for.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema


class DocumentedSchema(GenerateJsonSchema):
    """A generator of JSON schemas, for the `schema_generator` of pydantic's functions."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        described = super().model_schema(schema)
        model: type[BaseModel] = schema["cls"]
        docs = field_docs(model)
        properties = described.get("properties", {})
        for name, field in model.model_fields.items():
            for spelling in (field.alias, field.serialization_alias, _first_choice(field.validation_alias), name):
                if spelling in properties and name in docs:
                    properties[spelling].setdefault("description", docs[name])
                    break
        return described


def field_docs(model: type[BaseModel]) -> dict[str, str]:
    """Return field to docstring, of the model and its bases."""
    docs: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if issubclass(base, BaseModel) and base is not BaseModel:
            docs |= _docs_of_module(base.__module__).get(base.__qualname__, {})
    return docs


@cache
def _docs_of_module(module: str) -> Mapping[str, Mapping[str, str]]:
    """Return the docstrings of attributes by the qualified names of the module's classes."""
    try:
        tree = ast.parse(inspect.getsource(sys.modules[module]))
    except (KeyError, OSError, TypeError):  # made at run time
        return {}
    found: dict[str, dict[str, str]] = {}
    _visit(tree, "", found)
    return found


def _visit(node: ast.AST, prefix: str, found: dict[str, dict[str, str]]) -> None:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            found[prefix + child.name] = _attributes(child)
            _visit(child, f"{prefix}{child.name}.", found)
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            _visit(child, f"{prefix}{child.name}.<locals>.", found)


def _attributes(node: ast.ClassDef) -> dict[str, str]:
    docs = {}
    for statement, following in zip(node.body, node.body[1:], strict=False):
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and isinstance(following, ast.Expr)
            and isinstance(following.value, ast.Constant)
            and isinstance(following.value.value, str)
        ):
            docs[statement.target.id] = inspect.cleandoc(following.value.value)
    return docs


def _first_choice(alias: Any) -> str | None:
    choices = getattr(alias, "choices", None)
    return str(choices[0]) if choices else alias if isinstance(alias, str) else None
