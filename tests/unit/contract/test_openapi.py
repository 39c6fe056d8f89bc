"""The OpenAPI document is valid, complete, and the one in docs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from starlette.routing import Route

from app.web.contract import markdown
from app.web.http.operation import operation_of
from app.web.routes import ROUTES
from tests.contract import document
from workers.registry import load

DOCS = Path(__file__).parents[3] / "docs"


def operations() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    ]


def test_the_document_is_valid() -> None:
    OpenAPIV31SpecValidator(document()).validate()


def test_operations_have_names_and_summaries_of_their_own() -> None:
    ids = [operation["operationId"] for _, operation in operations()]
    assert len(ids) == len(set(ids))
    for where, operation in operations():
        assert re.fullmatch(r"[A-Z][^\n]+", operation["summary"]), where


def test_schemas_have_names_of_their_own() -> None:
    """pydantic names models by module where two have the same name."""
    assert [name for name in document()["components"]["schemas"] if "__" in name] == []


def test_every_parameter_and_every_body_has_a_type() -> None:
    for where, operation in operations():
        for parameter in operation.get("parameters", ()):
            assert parameter["schema"], f"{where}: {parameter['name']}"
        for media, content in operation.get("requestBody", {}).get("content", {}).items():
            assert content["schema"], f"{where}: {media}"


@pytest.mark.parametrize("name", sorted(document()["components"]["schemas"]))
def test_examples_are_valid(name: str) -> None:
    schema = document()["components"]["schemas"][name]
    valid = jsonschema_rs.Draft202012Validator({**schema, "components": document()["components"]})
    for example in schema.get("examples", ()):
        valid.validate(example)


def test_the_pages_in_docs_are_up_to_date() -> None:
    """`make openapi` writes them."""
    assert orjson.loads((DOCS / "openapi.json").read_bytes()) == orjson.loads(orjson.dumps(document()))
    assert (DOCS / "api.md").read_text() == markdown.render(document())


def test_every_route_declares_its_operation() -> None:
    missing = [route.path for route in ROUTES if isinstance(route, Route) and operation_of(route.endpoint) is None]
    assert missing == []


def test_json_bodies_have_examples() -> None:
    schemas = document()["components"]["schemas"]
    for where, operation in operations():
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body is not None:
            text = orjson.dumps(body).decode()
            named = re.findall(r"#/components/schemas/(\w+)", text)
            assert "example" in text or any("examples" in schemas[name] for name in named), where


def test_every_kind_describes_its_result() -> None:
    described = document()["components"]["schemas"]["JobResults"]["properties"]
    assert described.keys() == {kind for kind, loaded in load().items() if loaded.spec.kind == kind}
