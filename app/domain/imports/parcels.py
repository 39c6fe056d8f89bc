"""Parcels: columns by the names of Regrid's standard schema and of many counties, with checked geometry."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from math import isfinite, nan
from typing import BinaryIO

import orjson

from app.domain.imports.chunks import Chunk, RowLimit, copy_text
from app.domain.imports.dwellings import normalise_dwelling
from app.domain.imports.feature_reader import open_features
from app.domain.imports.features import Feature, extra_json
from app.domain.imports.geometry import BadShape, Shape, shapes
from app.domain.imports.layout import Layout
from app.domain.imports.row_problems import ProblemCode
from app.domain.imports.survey import FileFormat
from app.domain.text.columns import Vocabulary, shown
from app.domain.text.csv_reader import BrokenRow
from app.domain.text.errors import Unreadable

COLUMNS = (
    "record_id", "owner", "address", "unit", "city", "state", "zip_code", "acres", "latitude", "longitude", "area_m2",
    "geometry", "extra",
)  # fmt: skip
NAMES = Vocabulary({
    "id": (
        "parcelnumb", "apn", "pin", "parcelid", "parcelnumber", "parcelno", "parcel", "pid", "taxid", "lluuid", "id",
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
})  # fmt: skip
"""Without the general names of address columns: in a parcel file those are often the owner's mailing address."""
MAX_ID_CHARACTERS = 255
MAX_OWNER_CHARACTERS = 500
MAX_CACHED_NAMES = 1_000


def check_header(header: list[str]) -> None:
    """Raises Unreadable where a table has no column for the id."""
    if "id" not in NAMES.locate(header):
        names = ", ".join(NAMES.names["id"][:6])
        raise Unreadable(f"No column of the header can be the parcel's id ({names} …); it has {shown(header)}.")


class ParcelReader:
    """See `Reader`."""

    def __init__(self, file: BinaryIO, layout: Layout, position: Mapping[str, int], *, country: str = "us") -> None:
        self._features = open_features(file, layout, position)
        self._wkt = layout.format is FileFormat.DELIMITED
        self._limit = RowLimit(position)
        self._country = country
        self._names: dict[tuple[str, ...], dict[str, str]] = {}

    def chunk(self) -> Chunk:
        read = self._features.read(self._limit.next_rows)
        chunk = Chunk(read=len(read))
        seen: set[str] = set()
        good: list[tuple[int, str, dict[str, str], Feature, frozenset[str]]] = []
        texts: list[str | bytes | None] = []
        for line, feature in read:
            if isinstance(feature, BrokenRow):
                chunk.reject(line, feature.original, ProblemCode(feature.code), feature.error)
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
                chunk.add_duplicate(line, record_id)
            elif (row := self._row(chunk, *entry, shape)) is not None:
                seen.add(record_id)
                rows.append(row)
        chunk.rows = b"".join(rows)
        self._limit.end(chunk, self._features.position)
        return chunk

    def _fields(self, feature: Feature) -> tuple[dict[str, str], frozenset[str]]:
        """Return the known fields as text, and the properties that they came from."""
        names = self._locate(tuple(feature.properties))
        found = {}
        for field, name in names.items():
            value = feature.properties[name]
            if value is not None and not isinstance(value, (dict, list)):
                number = isinstance(value, float) and value.is_integer()
                text = " ".join(str(int(value) if number else value).replace("\0", " ").split())
                if text:
                    found[field] = text
        return found, frozenset(names.values())

    def _locate(self, properties: tuple[str, ...]) -> dict[str, str]:
        """Return field to property name; cached, since most features of a file have the same properties."""
        if properties not in self._names:
            if len(self._names) > MAX_CACHED_NAMES:
                self._names.clear()
            self._names[properties] = {field: properties[index] for field, index in NAMES.locate(properties).items()}
        return self._names[properties]

    def _record_id(self, chunk: Chunk, line: int, feature: Feature, found: dict[str, str]) -> str | None:
        number = found.get("id") or ("" if feature.id is None else " ".join(str(feature.id).replace("\0", "").split()))
        if not number:
            names = ", ".join(NAMES.names["id"][:4])
            chunk.reject(line, feature.cells, ProblemCode.NO_ID, f"has no parcel id ({names} …)")
            return None
        record_id = f"{found['county']}:{number}" if "county" in found else number
        if len(record_id) > MAX_ID_CHARACTERS:
            error = f"has an id of more than {MAX_ID_CHARACTERS} characters"
            chunk.reject(line, feature.cells, ProblemCode.TOO_LONG, error)
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
            chunk.warn(line, record_id, ProblemCode.NO_GEOMETRY, "has no geometry")
            place = ["", "", "", ""]
        else:
            if shape.repaired:
                chunk.warn(line, record_id, ProblemCode.REPAIRED, "has a polygon that crosses itself; it was repaired")
            wkb = "\\x" + shape.wkb
            place = [f"{shape.latitude:.8f}", f"{shape.longitude:.8f}", f"{shape.area:.2f}", wkb]
        street = " ".join(found[part] for part in ("number", "direction", "street", "suffix") if part in found)
        home = normalise_dwelling(
            found.get("address", street), found.get("unit", ""), found.get("city", ""), found.get("state", ""),
            found.get("zip_code", ""), self._country,
        )  # fmt: skip
        for name, code, value, message in home.problems:
            chunk.warn(line, record_id, code, message, column=name, value=value)
        values = (
            record_id, found.get("owner", "")[:MAX_OWNER_CHARACTERS], home.address, home.unit, home.city, home.state,
            home.zip_code, self._acres(chunk, line, record_id, found), *place, extra_json(feature.properties, used),
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
            chunk.warn(line, record_id, ProblemCode.BAD_NUMBER, "is not a number", column="acres", value=text)
        return ""
