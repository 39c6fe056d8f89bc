"""The option `mapping`: which column of a file holds which field."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from pydantic import BeforeValidator
from pydantic.alias_generators import to_snake


def _parse(value: Any) -> Any:
    """Take a JSON object or its text, as queries and forms carry it; field names may be in camelCase."""
    if isinstance(value, str):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            raise ValueError('must be a JSON object such as {"zipCode": "Postal Code"}') from None
    return {to_snake(field): column for field, column in value.items()} if isinstance(value, dict) else value


ColumnMapping = Annotated[dict[str, str], BeforeValidator(_parse)]
"""Field in snake_case to the name of its column; takes precedence over the usual names of columns."""
