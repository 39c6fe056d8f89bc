"""Points of interest from CSV (`id,name,category,lat,lon`) or GeoJSON, with OpenStreetMap's tags."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from math import isfinite
from typing import Any, BinaryIO

from app.domain.imports.chunks import Chunk, RowLimit, copy_text
from app.domain.imports.coordinates import first_position, in_degrees
from app.domain.imports.feature_reader import open_features
from app.domain.imports.features import Feature, extra_json
from app.domain.imports.geometry import centre
from app.domain.imports.layout import Layout
from app.domain.imports.row_numbers import id_advice, own_id
from app.domain.imports.row_problems import ProblemCode
from app.domain.text.column_mapping import Mapped
from app.domain.text.columns import ADDRESS, Vocabulary, canonical, shown
from app.domain.text.confidentiality import FeatureFlags
from app.domain.text.csv_reader import BrokenRow
from app.domain.text.errors import Unreadable
from app.domain.text.findings import NOTHING, Findings
from app.domain.text.located_columns import Located, Rule
from app.domain.text.numbers import MAX_EXACT, degrees

COLUMNS = ("record_id", "name", "category", "latitude", "longitude", "extra")
NAMES = Vocabulary(
    {
        "id": ("id", "osmid"),
        "name": ("name", "title", "brand"),
        "category": ("category", "type", "kind", "class"),
        "latitude": (*ADDRESS["latitude"], "y"),
        "longitude": (*ADDRESS["longitude"], "x"),
    },
    ids=("id",),
)
TAGS = ("shop", "amenity", "leisure", "healthcare", "tourism", "public_transport", "railway", "highway", "office")
"""OpenStreetMap keys that give the category, the most specific first (wiki.openstreetmap.org/wiki/Map_features)."""
CATEGORY_SYNONYMS = {
    "grocery": "supermarket", "groceries": "supermarket", "grocery_store": "supermarket", "wholesale": "supermarket",
    "greengrocer": "supermarket", "convenience_store": "convenience", "corner_shop": "convenience",
    "chemist": "pharmacy", "drugstore": "pharmacy", "coffee_shop": "cafe", "kindergarten": "school",
    "doctor": "doctors", "clinic": "doctors", "fitness_center": "fitness_centre", "gym": "fitness_centre",
    "bus_station": "bus_stop", "platform": "bus_stop",
}  # fmt: skip
"""Word to category."""
MAX_CACHED_NAMES = 1_000
MAX_CHARACTERS = {"record_id": 255, "category": 60, "name": 300}


def check_header(header: Sequence[str], mapping: Mapped, findings: Findings = NOTHING) -> None:
    """Raises Unreadable where a table has no columns for the coordinates, or `mapping` does not fit."""
    columns = NAMES.locate(header, mapping, findings=findings)
    for field in ("latitude", "longitude"):
        if field not in columns:
            names = " or ".join(NAMES.names[field][:3])
            raise Unreadable(
                f"No column of the header is the {field} ({names}); it has {shown(header)}. Name the"
                f' column: mapping={{"{field}": "<column>"}}.'
            )


def find_category(properties: Mapping[str, Any]) -> str | None:
    """Return the category that the properties name, or that a tag gives: `supermarket` of `shop=supermarket`."""
    by_name = {canonical(name): value for name, value in properties.items()}
    tags = properties.get("tags")
    tagged = {**tags, **properties} if isinstance(tags, dict) else properties
    first, *others = (by_name.get(name) for name in NAMES.names["category"])
    for value in (first, *(tagged.get(tag) for tag in TAGS), *others):
        if isinstance(value, str) and (category := _category(value)):
            return category
    return None


def _category(text: str) -> str | None:
    """Return the category that a text names; None for an empty one."""
    word = re.sub(r"[^\w]+", "_", text.rpartition("=")[2].strip().lower())
    return CATEGORY_SYNONYMS.get(word, word) or None


class PoiReader:
    """See `Reader`."""

    def __init__(
        self, file: BinaryIO, layout: Layout, position: Mapping[str, int], *, mapping: Mapped | None = None
    ) -> None:
        self._mapping, self._findings = mapping or {}, layout.findings
        self._located: dict[tuple[str, ...], Located] = {}
        self._features = open_features(file, layout, position)
        self._flags = FeatureFlags()
        self._limit = RowLimit(position)

    def _locate(self, properties: tuple[str, ...]) -> Located:
        """Return the properties of the fields; cached, since most features of a file have the same properties."""
        if properties not in self._located:
            if len(self._located) > MAX_CACHED_NAMES:
                self._located.clear()
            self._located[properties] = NAMES.locate(properties, self._mapping, sparse=True, findings=self._findings)
        return self._located[properties]

    def chunk(self) -> Chunk:
        read = self._features.read(self._limit.next_rows)
        chunk = Chunk(read=len(read))
        seen: set[str] = set()
        rows = [row for line, feature in read if (row := self._row(chunk, seen, line, feature)) is not None]
        chunk.rows = b"".join(rows)
        self._limit.end(chunk, self._features.position)
        return chunk

    def _row(self, chunk: Chunk, seen: set[str], line: int, feature: Feature | BrokenRow) -> bytes | None:
        if isinstance(feature, BrokenRow):
            chunk.reject(line, feature.original, ProblemCode(feature.code), feature.error)
            return None
        properties = tuple(feature.properties)
        located = self._locate(properties)
        if (flag := self._flags.find_protecting(feature.properties)) is not None:
            chunk.reject_protected(line, feature.cells, flag)
            return None
        found = dict(located.constants)
        for field, indexes in located.columns.items():
            parts = (_plain(feature.properties[properties[index]]) for index in indexes)
            found[field] = " ".join(filter(None, parts))
        names = {field: properties[indexes[0]] for field, indexes in located.columns.items() if indexes}
        record_id = found.get("id") or own_id(feature.id)
        if isinstance(number := feature.properties.get(names.get("id", "")), float) and abs(number) > MAX_EXACT:
            error = "is a float with more digits than floats keep; send it as text, in quotes"
            chunk.reject(line, feature.cells, ProblemCode.BAD_NUMBER, error, column=names["id"])
            return None
        if not record_id or len(record_id) > MAX_CHARACTERS["record_id"]:
            code = ProblemCode.TOO_LONG if record_id else ProblemCode.NO_ID
            error = f"needs an id of at most {MAX_CHARACTERS['record_id']} characters"
            if not record_id and not names.get("id"):
                error = f"{error}. {id_advice(feature)}"
            chunk.reject(line, feature.cells, code, error, column=names.get("id"))
            return None
        place = _place(feature, found)
        if place is None:
            error = "has no latitude and longitude in degrees"
            chunk.reject(line, feature.cells, ProblemCode.BAD_COORDINATES, error, record_id=record_id)
            return None
        category = (
            _category(found.get("category", "")) if "category" in self._mapping else find_category(feature.properties)
        )
        if category is None or len(category) > MAX_CHARACTERS["category"]:
            error = "has no category, and no tag that gives one"
            chunk.reject(line, feature.cells, ProblemCode.BAD_CATEGORY, error, record_id=record_id)
            return None
        if record_id in seen:
            chunk.add_duplicate(line, record_id)
            return None
        seen.add(record_id)
        by_name = located.rules.get("category") is Rule.NAME  # the tag itself is kept
        used = {properties[i] for field in located.columns if not (field == "category" and by_name)
                for i in located.columns[field]}  # fmt: skip
        name = found.get("name", "")[: MAX_CHARACTERS["name"]]
        values = (record_id, name, category, repr(place[1]), repr(place[0]), extra_json(feature.properties, used))
        row = copy_text("\t".join(values)).encode()
        return b"%d\t%b\t%b\n" % (line, row, blake2b(row, digest_size=16).hexdigest().encode())


def _plain(value: Any) -> str:
    """Return a scalar as text on one line; an empty string for anything else."""
    if value is None or isinstance(value, (dict, list)):
        return ""
    return " ".join(str(value).replace("\0", " ").split())


def _place(feature: Feature, found: Mapping[str, str]) -> tuple[float, float] | None:
    """Return longitude and latitude, of an outline or a line those of its centre; None unless they are degrees."""
    place = first_position(feature.geometry)
    if feature.geometry is not None and feature.geometry.get("type") != "Point":
        place = centre(feature.geometry) or place
    if place is None:
        try:
            place = (degrees(found["longitude"]), degrees(found["latitude"]))
        except (KeyError, ValueError):
            return None
    return place if all(map(isfinite, place)) and in_degrees(*place) else None
