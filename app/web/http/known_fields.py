"""The fields that a model knows at some place of a request, for errors about unknown ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, get_args

from pydantic import AliasChoices, BaseModel
from pydantic.fields import FieldInfo


def known_fields(model: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    """Return the wire names of the fields at `path`, as pydantic's errors give it; none if that is no object."""
    types = [model]
    for part in path:
        if isinstance(part, str):
            types = [inner for type_ in types for inner in _inside(type_, part)]
    return list(dict.fromkeys(name for type_ in types for name in wire_names(type_)))


def wire_names(model: type[BaseModel]) -> list[str]:
    """Return the names by which clients send the model's fields."""
    return [names[0] for names in wire_spellings(model)]


def wire_spellings(model: type[BaseModel]) -> list[list[str]]:
    """Return all names by which clients may send each field, the documented one first."""
    return [_spellings(name, field) for name, field in model.model_fields.items()]


def _spellings(name: str, field: FieldInfo) -> list[str]:
    if isinstance(field.validation_alias, AliasChoices):
        return [str(choice) for choice in field.validation_alias.choices]
    return [field.alias or name]


def _inside(model: type[BaseModel], part: str) -> Iterator[type[BaseModel]]:
    if part == model.__name__:  # pydantic names the members of unions
        yield model
    for name, field in model.model_fields.items():
        if part in _spellings(name, field):
            yield from _models([field.annotation])


def _models(annotations: Iterable[Any]) -> Iterator[type[BaseModel]]:
    """Yield the models within lists, unions and other types."""
    for annotation in annotations:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield annotation
        else:
            yield from _models(get_args(annotation))
