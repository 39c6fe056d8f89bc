"""The writing process: reads rows from standard input, and reports as JSON to standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

MAX_FILE_BYTES = 8 << 30


def main() -> int:
    import orjson

    from app.domain.text.typed_columns import CellKind, TypedColumn
    from app.storage.process_limits import limit_resources
    from app.storage.writing.request import CannotWrite, TargetFormat, WritingRequest

    limit_resources(MAX_FILE_BYTES)
    given = orjson.loads(sys.stdin.buffer.readline())
    columns = [
        TypedColumn(column["name"], [CellKind(kind) for kind in column["kinds"]], column["number_format"])
        for column in given["columns"]
    ]
    request = WritingRequest(**{**given, "format": TargetFormat(given["format"]), "columns": columns})
    try:
        match request.format:
            case TargetFormat.XLSX:
                from app.storage.writing.spreadsheet import write_sheet

                write_sheet(request, _rows())
            case TargetFormat.GEOPACKAGE:
                from app.storage.writing.geopackage import write_layer

                write_layer(request, _rows())
    except CannotWrite as error:
        sys.stderr.buffer.write(b"\n" + orjson.dumps({"error": str(error)}))
        return 1
    except MemoryError:
        return 2
    return 0


def _rows() -> Iterator[list[Any]]:
    import orjson

    for line in sys.stdin.buffer:
        yield orjson.loads(line)


if __name__ == "__main__":
    sys.exit(main())
