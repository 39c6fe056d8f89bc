"""Some records from several parts of a file, to find out what it is about: a few megabytes of a file of any size."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from app.domain.imports.coordinates import first_position, in_degrees
from app.domain.imports.feature_reader import open_features
from app.domain.imports.features import Feature
from app.domain.imports.layout import Layout
from app.domain.imports.survey import FileFormat
from app.domain.text.columns import ADDRESS, canonical
from app.domain.text.errors import Unreadable
from app.domain.text.numbers import degrees

RECORDS_PER_PART = 150
"""From the beginning, and from each of the further parts."""
PARTS = (0.25, 0.5, 0.75, 0.95)
"""Where the further parts begin, as shares of the file: many files are sorted by county or town."""
PART_BYTES = 1 << 18
MAX_ATTEMPTS = 40
_FEATURE = re.compile(r'\{\s{0,9}"type"\s{0,9}:\s{0,9}"Feature"\s{0,9},')
_WKT = re.compile(
    r"\s{0,9}(?:SRID=\d{1,6};)?(?:MULTI)?(?:POLYGON|POINT)[ ZM]{0,4}\(+\s{0,9}(-?[\d.]{1,30}) (-?[\d.]{1,30})"
)


@dataclass(frozen=True, slots=True)
class SampledRecord:
    values: Mapping[str, str]
    """Canonical name of the column or property to its text, without empty ones."""
    point: tuple[float, float] | None
    """Longitude and latitude, in degrees."""


def sample_parts(file: BinaryIO, layout: Layout, size: int) -> list[SampledRecord]:
    """Return some records of a file of `size` bytes. What cannot be read is left out."""
    records: list[SampledRecord] = []
    try:
        records += _read(file, layout, layout.start_position)
    except Unreadable:
        return records
    for share in PARTS:
        offset = int(size * share)
        if offset <= layout.start[0] + PART_BYTES:
            continue
        file.seek(offset)
        block = file.read(PART_BYTES)
        if layout.format is FileFormat.GEOJSON:
            records += map(_to_record, _features_within(block))
        elif (end := block.find(b"\n")) >= 0:
            try:
                records += _read(file, layout, {"offset": offset + end + 1, "line": 0})
            except Unreadable:
                continue
    return records


def column_names(file: BinaryIO, layout: Layout) -> list[str]:
    """Return the canonical names of the columns, or of the properties of the first features, sorted."""
    names = set(layout.header[: layout.own])
    if layout.format is not FileFormat.DELIMITED:
        try:
            rows = open_features(file, layout, layout.start_position).read(RECORDS_PER_PART)
        except Unreadable:
            rows = []
        names = {name for _, feature in rows if isinstance(feature, Feature) for name in feature.properties}
    return sorted({canonical(name) for name in names} - {""})


def _read(file: BinaryIO, layout: Layout, position: Mapping[str, int]) -> Iterator[SampledRecord]:
    rows = open_features(file, layout, position).read(RECORDS_PER_PART)
    return (_to_record(feature) for _, feature in rows if isinstance(feature, Feature))


def _to_record(feature: Feature) -> SampledRecord:
    values: dict[str, str] = {}
    point = first_position(feature.geometry)
    for name, value in feature.properties.items():
        if value is None or isinstance(value, (dict, list)):
            continue
        text = " ".join(str(value).split())
        if text and point is None and (wkt := _WKT.match(text)):
            point = _point(wkt[1], wkt[2])
        elif text:
            values.setdefault(canonical(name), text)
    if isinstance(feature.id, str):
        values.setdefault("id", feature.id)
    if point is None:
        latitude = next((values[name] for name in (*ADDRESS["latitude"], "y") if name in values), "")
        longitude = next((values[name] for name in (*ADDRESS["longitude"], "x") if name in values), "")
        point = _point(longitude, latitude)
    return SampledRecord(values, point if point is not None and in_degrees(*point) else None)


def _point(longitude: str, latitude: str) -> tuple[float, float] | None:
    try:
        point = degrees(longitude), degrees(latitude)
    except ValueError:
        return None
    return point if in_degrees(*point) else None


def _features_within(block: bytes) -> Iterator[Feature]:
    """Yield whole features that begin in a block from the middle of a GeoJSON collection."""
    decoder = json.JSONDecoder()
    text = block.decode(errors="replace")
    after = 0
    for number, match in enumerate(_FEATURE.finditer(text)):
        if number >= MAX_ATTEMPTS:
            return
        if match.start() < after:
            continue
        try:
            item, after = decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            continue
        properties = item.get("properties")
        yield Feature(properties if isinstance(properties, dict) else {}, item.get("geometry"), None, None)
