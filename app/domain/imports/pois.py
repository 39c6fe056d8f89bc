"""Points of interest: CSV (`id,name,category,lat,lon`) or GeoJSON, with OpenStreetMap's tags understood."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import blake2b
from math import isfinite
from typing import Any, BinaryIO

from app.domain.imports.chunks import ROWS, Chunk, copy_text
from app.domain.imports.coordinates import first_position, in_degrees
from app.domain.imports.features import Feature, features
from app.domain.imports.layout import Layout
from app.domain.imports.parcels import json_text
from app.domain.imports.row_problems import Code
from app.domain.text.columns import canonical, shown
from app.domain.text.csv_reader import BrokenRow
from app.domain.text.errors import Unreadable

COLUMNS = ("record_id", "name", "category", "latitude", "longitude", "extra")
ALIASES = {
    "id": ("id", "@id", "osmid", "fid"),
    "name": ("name", "title", "brand"),
    "category": ("category", "type", "kind", "class"),
    "latitude": ("lat", "latitude", "y"),
    "longitude": ("lon", "lng", "long", "longitude", "x"),
}
KNOWN = frozenset(name for names in ALIASES.values() for name in names)
TAGS = ("shop", "amenity", "leisure", "healthcare", "tourism", "public_transport", "railway", "highway", "office")
"""OpenStreetMap keys that say what a place is, the most telling first (wiki.openstreetmap.org/wiki/Map_features)."""
SAME = {
    "grocery": "supermarket", "groceries": "supermarket", "grocery_store": "supermarket", "wholesale": "supermarket",
    "greengrocer": "supermarket", "convenience_store": "convenience", "corner_shop": "convenience",
    "chemist": "pharmacy", "drugstore": "pharmacy", "coffee_shop": "cafe", "kindergarten": "school",
    "doctor": "doctors", "clinic": "doctors", "fitness_center": "fitness_centre", "gym": "fitness_centre",
    "bus_station": "bus_stop", "platform": "bus_stop",
}  # fmt: skip
"""Words that mean another category."""
LONGEST = {"record_id": 255, "category": 60, "name": 300}


def check_header(header: list[str]) -> None:
    """Raises Unreadable where a table has no columns for the coordinates."""
    present = {canonical(name) for name in header}
    for field in ("latitude", "longitude"):
        if not present & set(ALIASES[field]):
            names = " or ".join(ALIASES[field][:3])
            raise Unreadable(f"No column of the header is the {field} ({names}); it has {shown(header)}.")


def category(properties: Mapping[str, Any]) -> str | None:
    """What a place is: its category where it says so, `supermarket` for `shop=supermarket` and the like."""
    by_name = {canonical(name): value for name, value in properties.items()}
    tags = properties.get("tags")
    tagged = {**tags, **properties} if isinstance(tags, dict) else properties
    first, *others = (by_name.get(name) for name in ALIASES["category"])
    for value in (first, *(tagged.get(tag) for tag in TAGS), *others):
        if isinstance(value, str) and (word := re.sub(r"[^\w]+", "_", value.rpartition("=")[2].strip().lower())):
            return SAME.get(word, word)
    return None


class PoiReader:
    """See `Reader`."""

    def __init__(self, file: BinaryIO, layout: Layout, position: Mapping[str, int]) -> None:
        self._features = features(file, layout, position)
        self._left: int | None = position.get("left")

    def chunk(self) -> Chunk:
        want = ROWS if self._left is None else min(ROWS, self._left)
        read = self._features.take(want)
        chunk = Chunk({}, read=len(read))
        seen: set[str] = set()
        rows = [row for line, feature in read if (row := self._row(chunk, seen, line, feature)) is not None]
        chunk.rows = b"".join(rows)
        chunk.last = len(read) < want
        chunk.position = dict(self._features.position)
        if self._left is not None:
            self._left -= len(read)
            chunk.position["left"] = self._left
            chunk.last = chunk.last or self._left == 0
        return chunk

    def _row(self, chunk: Chunk, seen: set[str], line: int, feature: Feature | BrokenRow) -> bytes | None:
        if isinstance(feature, BrokenRow):
            chunk.reject(line, feature.original, Code(feature.code), feature.error)
            return None
        by_name = {canonical(name): name for name in reversed(feature.properties)}
        names = {f: by_name[a] for f, aliases in ALIASES.items() for a in reversed(aliases) if a in by_name}
        found = {field: plain(feature.properties[name]) for field, name in names.items()}
        record_id = found.get("id") or plain(feature.id)
        if not record_id or len(record_id) > LONGEST["record_id"]:
            code = Code.TOO_LONG if record_id else Code.NO_ID
            error = f"needs an id of at most {LONGEST['record_id']} characters"
            chunk.reject(line, feature.cells, code, error, column=names.get("id"))
            return None
        place = _place(feature, found)
        if place is None:
            error = "has no latitude and longitude in degrees"
            chunk.reject(line, feature.cells, Code.BAD_COORDINATES, error, record_id=record_id)
            return None
        what = category(feature.properties)
        if what is None or len(what) > LONGEST["category"]:
            error = "has no category, nor a tag that tells one"
            chunk.reject(line, feature.cells, Code.BAD_CATEGORY, error, record_id=record_id)
            return None
        if record_id in seen:
            chunk.duplicate(line, record_id)
            return None
        seen.add(record_id)
        used = {names[field] for field in names if field != "category"}
        extra = {k: v for k, v in feature.properties.items() if k not in used and v is not None and v != ""}
        name = found.get("name", "")[: LONGEST["name"]]
        values = (record_id, name, what, repr(place[1]), repr(place[0]), json_text(extra))
        row = copy_text("\t".join(values)).encode()
        return b"%d\t%b\t%b\n" % (line, row, blake2b(row, digest_size=16).hexdigest().encode())


def plain(value: Any) -> str:
    """A scalar as text on one line; empty for anything else."""
    if value is None or isinstance(value, (dict, list)):
        return ""
    return " ".join(str(value).replace("\0", " ").split())


def _place(feature: Feature, found: Mapping[str, str]) -> tuple[float, float] | None:
    """Longitude and latitude; of a building's outline its first corner."""
    place = first_position(feature.geometry)
    if place is None:
        try:
            place = (float(found["longitude"]), float(found["latitude"]))
        except (KeyError, ValueError):
            return None
    return place if all(map(isfinite, place)) and in_degrees(*place) else None
