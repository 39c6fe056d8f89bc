"""Address points: a county's file in its own columns, OpenAddresses, or the National Address Database; and streets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import orjson

from app.domain.imports.chunks import Chunk, RowLimit
from app.domain.imports.coordinates import first_position
from app.domain.imports.feature_reader import open_features
from app.domain.imports.features import Feature, FeatureRow
from app.domain.imports.geometry import BadShape, shapes
from app.domain.imports.layout import Layout
from app.domain.imports.reference_cells import RowValues
from app.domain.imports.row_problems import ProblemCode
from app.domain.imports.street_lines import StreetLines, read_street_lines
from app.domain.imports.survey import FileFormat
from app.domain.reference.address_points import PointBatch, PointCollector
from app.domain.text.address_groups import PROPERTY
from app.domain.text.column_mapping import Mapped
from app.domain.text.columns import ADDRESS, Vocabulary, shown
from app.domain.text.csv_reader import BrokenRow, Position, Row
from app.domain.text.errors import Unreadable
from app.domain.text.findings import NOTHING, Findings
from app.domain.text.located_columns import Located
from app.domain.text.numbers import number_text
from app.domain.text.table_blocks import Columns, TableBlocks

ROWS_PER_CHUNK = 20_000
"""More than other imports have: a row takes a tenth of their time."""
MAX_CACHED_NAMES = 1_000

NAMES = Vocabulary({
    "house_number": (
        *(name for name in ADDRESS["house_number"] if name not in ("house", "number")), "situsaddrnum", "situsno",
        "situsnum", "situsnumber", "sitenumber", "propertynumber", "addnum", "addrnumber", "adrno", "housenr", "hnum",
        "hseno", "hsenum", "addrno", "house", "number",
    ),
    "house_fraction": (*ADDRESS["house_fraction"], "addnumsuf", "addrnsfx", "addrnumsfx", "situsaddrsfx", "numsuf",
    "hsesuffix"),
    "pre_direction": (*ADDRESS["pre_direction"], "situsdir", "situspredir", "situsfdpre", "fdpre", "stpredir",
    "prefixdir", "prefdir", "dirpre"),
    "street": (*ADDRESS["street"], "stnam", "situsstreet", "situsstreetname", "situsfname", "sitestreet", "fname",
    "feanme", "streetnam", "rdname", "primaryname", "fullname", "strname"),
    "street_type": (*ADDRESS["street_type"], "stpostyp", "stpostype", "situssuffix", "situsstreettype", "situsftype",
    "ftype", "featyp", "streettyp", "rdtype"),
    "post_direction": (*ADDRESS["post_direction"], "situsfdsuf", "fdsuf", "stposdir", "suffixdir", "sufdir", "dirsuf"),
    "address": (*ADDRESS["address"], "fulladdr", "situsaddr", "siteaddr", "propaddr", "addrfull", "addressfull",
    "fulladd", "saddress", "stfull"),
    "city": ("postcity", "postcomm", "postalcity", *ADDRESS["city"], "incmuni", "muni", "msagcomm", "community",
    "scity"),
    "state": (*ADDRESS["state"], "state2", "sstate"),
    "zip_code": (*ADDRESS["zip_code"], "szip", "szip5", "postalcd", "phyzipcd"),
    "latitude": (*ADDRESS["latitude"], "lati", "ycoord", "y"),
    "longitude": (*ADDRESS["longitude"], "longi", "xcoord", "x"),
    "wkt": ("wkt", "geometry", "geom", "thegeom", "shape"),
}, addresses=PROPERTY)  # fmt: skip


def check_header(header: Sequence[str], mapping: Mapped, findings: Findings = NOTHING) -> None:
    """Raises Unreadable where a table has no columns for addresses or coordinates, or `mapping` does not fit."""
    located = NAMES.locate(header, mapping, findings=findings)
    if "address" not in located and not {"house_number", "street"} <= located.fields:
        raise Unreadable(
            f"No columns of the header can hold house number and street; it has {shown(header)}. Name them:"
            ' mapping={"houseNumber": "<column>", "street": "<column>"}, or {"address": "<column>"}.'
        )
    if "wkt" not in located and not {"latitude", "longitude"} <= located.fields:
        raise Unreadable(
            f"No columns of the header can be the coordinates; it has {shown(header)}. Name them:"
            ' mapping={"latitude": "<column>", "longitude": "<column>"}.'
        )


@dataclass
class PointChunk(Chunk):
    """A chunk that has houses in place of `rows`."""

    batch: PointBatch = field(default_factory=PointBatch)


class ReferenceReader:
    """See `Reader`."""

    def __init__(
        self,
        file: BinaryIO,
        layout: Layout,
        position: Mapping[str, int],
        *,
        country: str = "us",
        state: str = "",
        mapping: Mapped | None = None,
    ) -> None:
        self._mapping, self._findings = mapping or {}, layout.findings
        self._country = country
        self._collector = PointCollector(country, state)
        self._limit = RowLimit(position, ROWS_PER_CHUNK)
        self._width = len(layout.header)
        self._table: TableBlocks | None = None
        self._names: dict[tuple[str, ...], Located] = {}
        if layout.format is FileFormat.DELIMITED:
            self._located = self._locate(tuple(layout.header[: layout.own]))
            if "wkt" not in self._located or "latitude" in self._located:
                self._table = TableBlocks(file, layout.dialect, Position(position["offset"], position["line"]))
        if self._table is None:
            self._features = open_features(file, layout, position)
        self._wkt = layout.format is FileFormat.DELIMITED

    def chunk(self) -> PointChunk:
        chunk = PointChunk()
        if self._table is not None:
            self._read_table(self._table, chunk)
            end = {"offset": self._table.position.offset, "line": self._table.position.line}
        else:
            self._read_features(chunk)
            end = self._features.position
        chunk.batch = self._collector.take()
        chunk.duplicates = chunk.batch.duplicates
        self._limit.end(chunk, end)
        return chunk

    def _locate(self, names: tuple[str, ...]) -> Located:
        if names not in self._names:
            if len(self._names) > MAX_CACHED_NAMES:
                self._names.clear()
            self._names[names] = NAMES.locate(names, self._mapping, sparse=True, findings=self._findings)
        return self._names[names]

    def _read_table(self, table: TableBlocks, chunk: PointChunk) -> None:
        values = RowValues(self._located, self._country)  # anew, so that what it remembers is bounded
        while chunk.read < self._limit.next_rows:
            found = table.read(self._limit.next_rows - chunk.read)
            if not found:
                break
            if isinstance(found, Columns):
                chunk.read += found.rows
                self._add_columns(found, values, chunk)
            else:
                chunk.read += len(found)
                self._add_rows(found, values, chunk)

    def _add_columns(self, found: Columns, values: RowValues, chunk: PointChunk) -> None:
        numbers, addresses = values.addresses(found)
        longitudes, latitudes = values.positions(found)
        for index, problem in self._collector.add_many(found.line, numbers, addresses, longitudes, latitudes):
            chunk.reject(found.line + index, found.row(index), _code(problem), problem)

    def _add_rows(self, rows: Sequence[Row], values: RowValues, chunk: PointChunk) -> None:
        width = self._width
        for line, cells in rows:
            if isinstance(cells, BrokenRow):
                chunk.reject(line, cells.original, ProblemCode(cells.code), cells.error)
                continue
            if len(cells) != width:
                error = f"has {len(cells)} cells, but the header has {width}"
                chunk.reject(line, cells, ProblemCode.WRONG_COLUMNS, error)
                continue
            number, street, city, state, postcode = values.address(cells)
            longitude, latitude = values.coordinates(cells)
            problem = self._collector.add(line, number, street, city, state, postcode, longitude, latitude)
            if problem is not None:
                chunk.reject(line, cells, _code(problem), problem)

    def _read_features(self, chunk: PointChunk) -> None:
        read = self._features.read(self._limit.next_rows)
        chunk.read = len(read)
        places = self._places(read)
        for (line, feature), place in zip(read, places, strict=True):
            if isinstance(feature, BrokenRow):
                chunk.reject(line, feature.original, ProblemCode(feature.code), feature.error)
                continue
            if isinstance(place, StreetLines):
                self._add_street_lines(line, feature, place, chunk)
                continue
            if isinstance(place, BadShape):
                chunk.reject(line, feature.cells, place.code, place.error)
                continue
            properties = _with_levels(feature.properties)
            names = tuple(properties)
            located = self._locate(names)
            cells = [_text(properties[name]) for name in names]
            values = RowValues(located, self._country)
            number, street, city, state, postcode = values.address(cells)
            longitude, latitude = values.coordinates(cells) if place is None else place
            problem = self._collector.add(line, number, street, city, state, postcode, longitude, latitude)
            if problem is not None:
                chunk.reject(line, feature.cells, _code(problem), problem)

    def _add_street_lines(self, line: int, feature: Feature, found: StreetLines, chunk: PointChunk) -> None:
        problem = found.problem
        for one in found.lines:
            address = (one.street, one.city, one.state, one.postcode)
            numbers: dict[str, Any] = {"low": one.low, "high": one.high, "parity": one.parity, "side": one.side}
            problem = self._collector.add_stretch(line, address, one.line, **numbers) or problem
        if problem is None:
            return
        if found.lines:
            chunk.warn(line, None, _code(problem), problem)
        else:
            chunk.reject(line, feature.cells, _code(problem), problem)

    def _places(self, read: Sequence[FeatureRow]) -> list[tuple[float, float] | StreetLines | BadShape | None]:
        """Return longitude and latitude of each feature, of an outline those of its centroid; or it as a street."""
        places: list[tuple[float, float] | StreetLines | BadShape | None] = [None] * len(read)
        outlines: dict[int, str | bytes] = {}
        for index, (_, feature) in enumerate(read):
            if not isinstance(feature, Feature):
                continue
            if self._wkt:
                if text := self._outline(feature):
                    outlines[index] = text
            elif feature.geometry is not None:
                if (streets := read_street_lines(feature)) is not None:
                    places[index] = streets
                elif feature.geometry.get("type") in ("Point", "MultiPoint"):
                    places[index] = first_position(feature.geometry)
                else:
                    outlines[index] = orjson.dumps(feature.geometry)
        for index, shape in zip(outlines, shapes(list(outlines.values()), wkt=self._wkt), strict=True):
            if isinstance(shape, BadShape):
                places[index] = shape
            elif shape is not None:
                places[index] = (shape.longitude, shape.latitude)
        return places

    def _outline(self, feature: Feature) -> str:
        names = tuple(feature.properties)
        index = self._locate(names).index("wkt")
        return "" if index is None else str(feature.properties[names[index]])


def _with_levels(properties: dict[str, Any]) -> dict[str, Any]:
    """Return the properties with state and city of Overture's `address_levels`: a list from the largest area on."""
    levels = properties.get("address_levels")
    if not isinstance(levels, list):
        return properties
    names = [str(level["value"]) for level in levels if isinstance(level, dict) and level.get("value")]
    return {"state": names[0] if len(names) > 1 else "", "city": names[-1] if names else "", **properties}


def _text(value: Any) -> str:
    """Return a property as text; empty for none, and for lists and objects."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, (dict, list, bool)):
        return ""
    try:
        return number_text(value) if isinstance(value, float) else str(value)
    except ValueError:
        return ""


def _code(problem: str) -> ProblemCode:
    return ProblemCode.BAD_COORDINATES if "coordinates" in problem else ProblemCode.NO_ADDRESS
