"""Response models with the fields' own names, as document 004 has them, made from those in camelCase."""

from __future__ import annotations

from copy import copy
from functools import cache, reduce
from operator import or_
from types import UnionType, new_class
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import ConfigDict

from app.web.http.models import ResponseModel

Model = TypeVar("Model", bound=ResponseModel)


@cache
def in_snake_case(model: type[Model]) -> type[Model]:
    """Return the variant of a response model, and of the models in its fields, that has the fields' own names.

    It accepts what `model_dump(by_alias=False)` of the model returns.
    """
    nested = {name: _in_snake_case(field.annotation) for name, field in model.model_fields.items()}
    changed = {name: type_ for name, type_ in nested.items() if type_ is not model.model_fields[name].annotation}
    namespace: dict[str, Any] = {
        "__module__": model.__module__,
        "__doc__": model.__doc__,
        "__annotations__": changed,
        "model_config": ConfigDict(alias_generator=str),
        **{name: copy(model.model_fields[name]) for name in changed},
    }
    name = f"SnakeCase{model.__name__.removesuffix('Model')}"
    variant: type[Model] = new_class(name, (model,), exec_body=lambda body: body.update(namespace))
    return variant


def _in_snake_case(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, ResponseModel):
        return in_snake_case(annotation)
    types = get_args(annotation)
    nested = tuple(map(_in_snake_case, types))
    if nested == types:
        return annotation
    if get_origin(annotation) in (Union, UnionType):
        return reduce(or_, nested)
    return get_origin(annotation)[nested]
