"""Parcels: columns by their many names (Regrid's standard schema first, then what counties write), geometry checked."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from math import isfinite, nan
from typing import Any, BinaryIO

import orjson

from app.domain.imports.chunks import ROWS, Chunk, copy_text
from app.domain.imports.dwellings import dwelling
from app.domain.imports.features import Feature, features
from app.domain.imports.geometry import BadShape, Shape, shapes
from app.domain.imports.layout import Layout
from app.domain.imports.row_problems import Code
from app.domain.imports.survey import Format
from app.domain.text.columns import canonical, shown
from app.domain.text.csv_reader import BrokenRow
from app.domain.text.errors import Unreadable

COLUMNS = (
    "record_id", "owner", "address", "unit", "city", "state", "zip_code", "acres", "latitude", "longitude", "area_m2",
    "geometry", "extra",
)  # fmt: skip
ALIASES = {
    "id": (
        "parcelnumb",
        "apn",
        "pin",
        "parcelid",
        "parcelnumber",
        "parcelno",
        "parcel",
        "pid",
        "taxid",
        "lluuid",
        "id",
    ),
    "county": ("geoid", "fips", "countyfips"),
    "owner": ("owner", "ownername", "owner1", "ownernme1", "ownname"),
    "address": ("address", "situsaddr", "situsaddress", "siteaddress", "siteaddr", "propertyaddress", "propaddr"),
    "number": ("saddno", "situsno", "housenumber"),
    "direction": ("saddpref", "situsdir"),
    "street": ("saddstr", "situsstreet", "streetname"),
    "suffix": ("saddsttyp", "situssuffix", "streettype"),
    "unit": ("sunit", "unit", "situsunit"),
    "city": ("scity", "situscity", "sitecity", "city"),
    "state": ("state2", "sstate", "situsstate", "state"),
    "zip_code": ("szip", "szip5", "situszip", "sitezip", "zip", "zipcode"),
    "acres": ("llgisacre", "gisacre", "acres", "acreage", "calcacres", "gisacres"),
    "wkt": ("wkt", "geometry", "geom", "thegeom", "shape"),
}
"""Field to the canonical names that it goes by, the surest first."""
KNOWN = frozenset(name for names in ALIASES.values() for name in names)
LONGEST_ID = 255
LONGEST_TEXT = 500


def check_header(header: list[str]) -> None:
    """Raises Unreadable where a table has no column for the id."""
    present = {canonical(name) for name in header}
    if not present & set(ALIASES["id"]):
        names = ", ".join(ALIASES["id"][:6])
        raise Unreadable(f"No column of the header can be the parcel's id ({names} …); it has {shown(header)}.")


class ParcelReader:
    """See `Reader`."""

    def __init__(self, file: BinaryIO, layout: Layout, position: Mapping[str, int], *, country: str = "us") -> None:
        self._features = features(file, layout, position)
        self._wkt = layout.format is Format.DELIMITED
        self._left: int | None = position.get("left")
        self._country = country
        self._names: dict[tuple[str, ...], tuple[dict[str, str], frozenset[str]]] = {}

    def chunk(self) -> Chunk:
        want = ROWS if self._left is None else min(ROWS, self._left)
        read = self._features.take(want)
        chunk = Chunk({}, read=len(read))
        seen: set[str] = set()
        good: list[tuple[int, str, dict[str, str], Feature, frozenset[str]]] = []
        texts: list[str | bytes | None] = []
        for line, feature in read:
            if isinstance(feature, BrokenRow):
                chunk.reject(line, feature.original, Code(feature.code), feature.error)
                continue
            found, used = self._fields(feature)
            record_id = self._record_id(chunk, line, feature, found)
            if record_id is None:
                continue
            good.append((line, record_id, found, feature, used))
            texts.append(
                found.get("wkt") if self._wkt else orjson.dumps(feature.geometry) if feature.geometry else None
            )
        rows = []
        for entry, shape in zip(good, shapes(texts, wkt=self._wkt), strict=True):
            line, record_id = entry[:2]
            if record_id in seen:
                chunk.duplicate(line, record_id)
            elif (row := self._row(chunk, *entry, shape)) is not None:
                seen.add(record_id)
                rows.append(row)
        chunk.rows = b"".join(rows)
        chunk.last = len(read) < want
        chunk.position = dict(self._features.position)
        if self._left is not None:
            self._left -= len(read)
            chunk.position["left"] = self._left
            chunk.last = chunk.last or self._left == 0
        return chunk

    def _fields(self, feature: Feature) -> tuple[dict[str, str], frozenset[str]]:
        """The known fields as texts, and which properties they came from."""
        properties = feature.properties
        names = self._place(tuple(properties))
        found = {}
        for field, name in names[0].items():
            value = properties[name]
            if value is not None and not isinstance(value, (dict, list)):
                number = isinstance(value, float) and value.is_integer()
                text = " ".join(str(int(value) if number else value).replace("\0", " ").split())
                if text:
                    found[field] = text
        return found, names[1]

    def _place(self, header: tuple[str, ...]) -> tuple[dict[str, str], frozenset[str]]:
        """Field to property name; remembered, since features of one file mostly have the same properties."""
        if header not in self._names:
            if len(self._names) > 1000:
                self._names.clear()
            by_name = {canonical(name): name for name in reversed(header)}
            chosen = {
                field: next(by_name[alias] for alias in aliases if alias in by_name)
                for field, aliases in ALIASES.items()
                if any(alias in by_name for alias in aliases)
            }
            self._names[header] = (chosen, frozenset(chosen.values()))
        return self._names[header]

    def _record_id(self, chunk: Chunk, line: int, feature: Feature, found: dict[str, str]) -> str | None:
        number = found.get("id") or ("" if feature.id is None else " ".join(str(feature.id).replace("\0", "").split()))
        if not number:
            names = ", ".join(ALIASES["id"][:4])
            chunk.reject(line, feature.cells, Code.NO_ID, f"has no parcel id ({names} …)")
            return None
        record_id = f"{found['county']}:{number}" if "county" in found else number
        if len(record_id) > LONGEST_ID:
            chunk.reject(line, feature.cells, Code.TOO_LONG, f"has an id of more than {LONGEST_ID} characters")
            return None
        return record_id

    def _row(
        self,
        chunk: Chunk,
        line: int,
        record_id: str,
        found: dict[str, str],
        feature: Feature,
        used: frozenset[str],
        shape: Shape | BadShape | None,
    ) -> bytes | None:
        if isinstance(shape, BadShape):
            chunk.reject(line, feature.cells, shape.code, shape.error, record_id=record_id)
            return None
        if shape is None:
            chunk.warn(line, record_id, Code.NO_GEOMETRY, "has no geometry")
            place = ["", "", "", ""]
        else:
            if shape.repaired:
                chunk.warn(line, record_id, Code.REPAIRED, "has a polygon that crosses itself; it was repaired")
            wkb = "\\x" + shape.wkb
            place = [f"{shape.latitude:.8f}", f"{shape.longitude:.8f}", f"{shape.area:.2f}", wkb]
        street = " ".join(found[part] for part in ("number", "direction", "street", "suffix") if part in found)
        home = dwelling(
            found.get("address", street), found.get("unit", ""), found.get("city", ""), found.get("state", ""),
            found.get("zip_code", ""), self._country,
        )  # fmt: skip
        for name, code, value, message in home.problems:
            chunk.warn(line, record_id, code, message, column=name, value=value)
        extra = {k: v for k, v in feature.properties.items() if k not in used and v is not None and v != ""}
        values = (
            record_id, found.get("owner", "")[:LONGEST_TEXT], home.address, home.unit, home.city, home.state,
            home.zip_code, self._acres(chunk, line, record_id, found), *place, json_text(extra),
        )  # fmt: skip
        row = copy_text("\t".join(values)).encode()
        return b"%d\t%b\t%b\n" % (line, row, blake2b(row, digest_size=16).hexdigest().encode())

    def _acres(self, chunk: Chunk, line: int, record_id: str, found: dict[str, str]) -> str:
        text = found.get("acres", "")
        if text:
            try:
                acres = float(text.replace(",", ""))
            except ValueError:
                acres = nan
            if isfinite(acres):
                return repr(acres)
            chunk.warn(line, record_id, Code.BAD_NUMBER, "is no number", column="acres", value=text)
        return ""


def json_text(value: dict[str, Any]) -> str:
    """A JSON object for a jsonb column, empty for none; U+0000, which Postgres cannot hold, replaced."""
    return orjson.dumps(value).decode().replace("\\u0000", "\\ufffd") if value else ""
