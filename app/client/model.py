"""The base of the generated models."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A request or a response, or a part of one: snake_case here, as in the document on the wire.

    Members of a response that this version does not know are ignored.
    """

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, defer_build=True, extra="ignore")

    def model_post_init(self, context: Any) -> None:
        self.__pydantic_fields_set__.update(_constants(type(self)))

    def to_json(self) -> Any:
        """Return the members that were set, and those that can have only one value, as they are sent."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


@cache
def _constants(model: type[BaseModel]) -> frozenset[str]:
    fields = model.model_fields.items()
    return frozenset(
        name
        for name, field in fields
        if get_origin(field.annotation) is Literal and len(get_args(field.annotation)) == 1 and not field.is_required()
    )
