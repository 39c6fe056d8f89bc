"""The bases of request and response models."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, TypeAdapter, ValidationError, WithJsonSchema
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema

from app.web.http.exact_types import exact


class RequestModel(BaseModel):
    """A request body or query: camelCase names on the wire, and no unknown names."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[BaseModel], handler: GetCoreSchemaHandler) -> CoreSchema:
        return exact(handler(source))


class ResponseModel(BaseModel):
    """A response, or a part of one: camelCase names on the wire. Only fields with `exclude_if` may be missing there."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        extra="forbid",
        json_schema_serialization_defaults_required=True,
    )


Value = TypeVar("Value")


class PageModel(ResponseModel):
    """A page of a list; subclasses add the list itself."""

    total: int
    """How many there are on all pages."""
    limit: int
    offset: int


class KeysetPageModel(PageModel):
    """A page of a list that may be long; subclasses add the list itself."""

    total_is_estimate: bool
    """Whether `total` is an estimate, because counting would take too long."""
    next_cursor: str | None
    """The `cursor` of the next page; null on the last one."""


RawObject = Annotated[Any, WithJsonSchema({"type": "object", "additionalProperties": True})]
"""A JSON object of a response that is passed through as it is stored: a dict, or JSON text as `orjson.Fragment`."""


def raw_object(text: str) -> Any:
    """Return stored JSON text as a RawObject; for a value that is no object, an object with the member `value`."""
    fragment = orjson.Fragment(text)
    return fragment if text.startswith("{") else {"value": fragment}


def stored_as(type_: TypeAdapter[Value], value: object) -> Value | None:
    """Return a stored value as a part of a response; None for one of another form, which earlier versions may hold."""
    try:
        return type_.validate_python(value)
    except ValidationError:
        return None


def is_none(value: object) -> bool:
    """Whether to leave out a field of a response: for `Field(default=None, exclude_if=is_none)`."""
    return value is None
