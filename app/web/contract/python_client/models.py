"""`app/client/models.py`: a model for each schema of the OpenAPI document, by datamodel-code-generator."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

Schema = dict[str, Any]

HEADER = '"""The models of requests and responses. Generated from docs/openapi.json by `make openapi`: do not edit."""'
REF = "#/components/schemas/"


def render(document: Schema) -> str:
    """Return the module."""
    from datamodel_code_generator import InputFileType, LiteralType, generate
    from datamodel_code_generator.enums import DataModelType
    from datamodel_code_generator.format import DatetimeClassType, Formatter, PythonVersion

    schemas = copy.deepcopy(document["components"]["schemas"])
    if ambiguous := [name for name in schemas if "__" in name]:
        raise ValueError(f"several models have one name, so the document calls them by module: {', '.join(ambiguous)}")
    unions = {name: schema for name, schema in schemas.items() if "oneOf" in schema}
    for union in unions.values():
        for name in set(_references(union)):
            _fix_discriminator(schemas[name]["properties"][union["discriminator"]["propertyName"]])
    schemas = {name: _plain(schema) for name, schema in schemas.items() if name not in unions}
    operations = [operation for methods in document["paths"].values() for operation in methods.values()]
    for name in referenced([operation["responses"] for operation in operations], schemas):
        if schemas[name].get("additionalProperties") is False:  # later versions of the platform may add members
            del schemas[name]["additionalProperties"]
    module = generate(
        json.dumps({"openapi": "3.1.0", "info": document["info"], "paths": {}, "components": {"schemas": schemas}}),
        input_file_type=InputFileType.OpenAPI,
        output_model_type=DataModelType.PydanticV2BaseModel,
        base_class="app.client.model.Model",
        target_python_version=PythonVersion.PY_311,
        output_datetime_class=DatetimeClassType.Datetime,
        enum_field_as_literal=LiteralType.All,
        snake_case_field=True,
        strict_nullable=True,
        field_constraints=True,
        use_annotated=True,
        use_union_operator=True,
        use_standard_collections=True,
        use_field_description=True,
        use_schema_description=True,
        use_single_line_docstring=True,
        use_double_quotes=True,
        use_one_literal_as_default=True,
        collapse_root_models=True,
        disable_timestamp=True,
        custom_file_header=HEADER,
        formatters=[Formatter.RUFF_FORMAT],
    )
    assert isinstance(module, str)
    return module + "".join(f"\n\n{name} = {' | '.join(_references(union))}\n" for name, union in unions.items())


def _fix_discriminator(schema: Schema) -> None:
    """Make the first of the names by which a union tells its members apart the only one, and the default."""
    schema["const"] = schema.pop("enum")[0]


def _plain(schema: Any) -> Any:
    """Return the schema without what only readers need, and with nullable types in their short form."""
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {
        name: {field: _plain(of) for field, of in value.items()} if name == "properties" else _plain(value)
        for name, value in schema.items()
        if name not in ("title", "examples", "discriminator") and (name != "default" or _is_plain_default(schema))
    }
    variants = plain.get("anyOf", [])
    match [variant for variant in variants if variant != {"type": "null"}]:
        case [{"type": str(type_)} as only] if len(variants) == 2:
            del plain["anyOf"]
            plain = {**plain, **only, "type": [type_, "null"]}
            if "enum" in only:
                plain["enum"] = [*only["enum"], None]
    return plain


def _is_plain_default(schema: Schema) -> bool:
    """Whether the default can stand in the class; others are the platform's matter, since what is unset is not sent."""
    return isinstance(schema["default"], str | int | float) and "format" not in schema


def referenced(part: Any, schemas: Mapping[str, Schema]) -> set[str]:
    """Return the names of the schemas that a part of a document needs."""
    names: set[str] = set()
    waiting = list(_references(part))
    while waiting:
        if (name := waiting.pop()) not in names:
            names.add(name)
            waiting += _references(schemas[name])
    return names


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if str(schema.get("$ref", "")).startswith(REF):
            yield schema["$ref"].removeprefix(REF)
        for name, part in schema.items():
            if name != "discriminator":
                yield from _references(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _references(part)
