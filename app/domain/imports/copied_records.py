"""Read the lines that readers make for PostgreSQL's COPY as records, for a preview."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from pydantic.alias_generators import to_camel

NUMBERS = frozenset({"latitude", "longitude", "acres", "area_m2"})


def copied_records(rows: bytes, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the line in the file and the record of each line of `Chunk.rows`, without fields that are null.

    Of a geometry, only that there is one.
    """
    for text in rows.decode().split("\n")[:-1]:
        line, *values, _ = text.split("\t")
        filled = {name: value for name, value in zip(columns, values, strict=True) if value}
        yield int(line), {to_camel(name): _value(name, value) for name, value in filled.items()}


def _value(name: str, text: str) -> Any:
    if name in NUMBERS:
        return float(text)
    match name:
        case "protected":
            return text == "t"
        case "geometry":
            return True
    plain = text.replace("\\\\", "\\")
    return orjson.loads(plain) if name == "extra" else plain
