"""The converting process: writes the result to standard output, and a report as JSON to standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.storage.conversion.findings import Findings
    from app.storage.conversion.request import ConversionRequest


def main() -> int:
    from dataclasses import asdict

    import orjson

    from app.domain.text.errors import NeedsOption, Unreadable
    from app.storage.conversion.findings import Findings
    from app.storage.conversion.request import ConversionRequest, SourceFormat
    from app.storage.process_limits import limit_resources

    given = orjson.loads(sys.argv[1])
    request = ConversionRequest(**{**given, "format": SourceFormat(given["format"])})
    limit_resources(request.max_unpacked_bytes)
    findings = Findings()
    report: dict[str, Any] = {}
    try:
        for block in _convert(request, findings):
            sys.stdout.buffer.write(block)
        sys.stdout.buffer.flush()
    except Unreadable as error:
        report = {"error": str(error), "needsOption": isinstance(error, NeedsOption)}
    except MemoryError:
        return 2
    sys.stderr.buffer.write(b"\n" + orjson.dumps({**asdict(findings), **report}))
    return 1 if report else 0


def _convert(request: ConversionRequest, findings: Findings) -> Iterator[bytes]:
    from app.storage.conversion.request import SourceFormat

    match request.format:
        case SourceFormat.SPREADSHEET:
            from app.storage.conversion.spreadsheets import read_sheet

            return read_sheet(request, findings)
        case SourceFormat.ESRI_JSON | SourceFormat.GEOJSON:
            from app.storage.conversion.json_features import read_json_features

            return read_json_features(request, findings.notes)
        case SourceFormat.OSM:
            from app.storage.conversion.osm import read_extract

            return read_extract(request, findings)
        case _:
            from app.storage.conversion.layers import read_layers

            return read_layers(request, findings)


if __name__ == "__main__":
    sys.exit(main())
