"""Parcels: columns by the names of Regrid's standard schema and of many counties, with checked geometry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from math import isfinite, nan
from typing import Any, BinaryIO

import orjson

from app.domain.imports.chunks import Chunk, RowLimit, copy_text
from app.domain.imports.dwellings import normalise_dwelling
from app.domain.imports.feature_reader import open_features
from app.domain.imports.features import Feature, extra_json
from app.domain.imports.geometry import BadShape, Shape, shapes
from app.domain.imports.layout import Layout
from app.domain.imports.row_numbers import id_advice, own_id
from app.domain.imports.row_problems import ProblemCode
from app.domain.imports.survey import FileFormat
from app.domain.text.address_groups import PROPERTY
from app.domain.text.column_mapping import Mapped
from app.domain.text.columns import ADDRESS, STREET_PARTS, Vocabulary, shown
from app.domain.text.confidentiality import FeatureFlags, is_unknown
from app.domain.text.csv_reader import BrokenRow
from app.domain.text.errors import Unreadable
from app.domain.text.findings import NOTHING, Findings
from app.domain.text.located_columns import Located
from app.domain.text.numbers import number_text

COLUMNS = (
    "record_id", "owner", "address", "unit", "city", "state", "zip_code", "acres", "latitude", "longitude", "area_m2",
    "geometry", "extra",
)  # fmt: skip
NAMES = Vocabulary({
    "id": (
        "parcelnumb", "apn", "pin", "parcelid", "parcelnumber", "parcelno", "parcelnum", "parcelidnumber", "parcelnbr",
        "parid", "parcelkey", "parcel", "pid", "ain", "bbl", "blklot", "mapblklot", "folio", "folionumber", "locid",
        "propid", "propertyid", "propid2", "sbl", "gpin", "strap", "taxpin", "taxparcel", "taxparcelid", "taxid",
        "prclid", "schedulenum", "parno", "parcelpin", "parcelpk", "parcelapn", "altparcelid", "printkey",
        "gisparcelid", "apnnodash", "upi", "uprn", "lluuid", "id",
    ),
    "county": ("geoid", "fips", "countyfips"),
    "owner": ("owner", "ownername", "owner1", "ownernme1", "ownname", "ownername1", "ownernm", "own1", "ownr",
    "primaryowner", "taxpayer"),
    "address": ("address", "situsaddr", "situsaddress", "siteaddress", "siteaddr", "propertyaddress", "propaddr",
    "parceladdr", "siteadd", "siteadress", "saddress", "phyaddr1", "locaddr"),
    "house_number": (
        "saddno", "situsaddrnum", "situsno", "situsnum", "situsnumber", "sitenumber", "propertynumber", "propstreetnum",
        *(name for name in ADDRESS["house_number"] if name != "number"),
    ),
    "house_fraction": ("situsaddrsfx", *ADDRESS["house_fraction"]),
    "pre_direction": ("situsdir", "situspredir", "situsdirection", "situsfdpre", "fdpre", *ADDRESS["pre_direction"]),
    "street": ("situsstreet", "situsstreetname", "situsfname", "sitestreet", "propstreet", *ADDRESS["street"], "fname"),
    "street_type": ("situssuffix", "situsstreettype", "situsftype", "ftype", *ADDRESS["street_type"]),
    "post_direction": ("situsfdsuf", "fdsuf", *ADDRESS["post_direction"]),
    "unit": ("sunit", "unit", "situsunit", "unitnum", "unitnumber"),
    "city": ("scity", "situscity", "sitecity", "city"),
    "state": ("state2", "sstate", "situsstate", "state"),
    "zip_code": ("szip", "szip5", "phyzipcd", "situszip", "sitezip", "zip", "zipcode"),
    "acres": ("llgisacre", "gisacre", "acres", "acreage", "landacres", "deedacres", "deedacreage", "taxacres",
    "calcacres", "gisacres"),
    "wkt": ("wkt", "geometry", "geom", "thegeom", "shape"),
}, ids=("id",), addresses=PROPERTY)  # fmt: skip
"""Without the general names of address columns: in a parcel file those are often the owner's mailing address."""
MAX_ID_CHARACTERS = 255
MAX_OWNER_CHARACTERS = 500
MAX_CACHED_NAMES = 1_000


def check_header(header: Sequence[str], mapping: Mapped, findings: Findings = NOTHING) -> None:
    """Raises Unreadable where a table has no column for the id, or `mapping` does not fit."""
    if not NAMES.locate(header, mapping, findings=findings).columns.get("id"):
        names = ", ".join(NAMES.names["id"][:6])
        raise Unreadable(
            f"No column of the header can be the parcel's id ({names} …); it has {shown(header)}. Name the column:"
            ' mapping={"id": "<column>"}.'
        )


@dataclass(frozen=True)
class _Columns:
    """The properties of the fields of features that have the same properties."""

    constants: dict[str, str]
    single: Sequence[tuple[str, str]]
    """Field and property, for fields of one property."""
    joined: Sequence[tuple[str, Sequence[str]]]
    used: frozenset[str]

    @classmethod
    def of(cls, located: Located, names: Sequence[str]) -> _Columns:
        named = [(field, [names[index] for index in indexes]) for field, indexes in located.columns.items()]
        return cls(
            located.constants,
            [(field, found[0]) for field, found in named if len(found) == 1],
            [(field, found) for field, found in named if len(found) > 1],
            frozenset(names[index] for index in located.used),
        )


class ParcelReader:
    """See `Reader`."""

    def __init__(
        self,
        file: BinaryIO,
        layout: Layout,
        position: Mapping[str, int],
        *,
        country: str = "us",
        mapping: Mapped | None = None,
    ) -> None:
        self._mapping, self._findings = mapping or {}, layout.findings
        self._features = open_features(file, layout, position)
        self._wkt = layout.format is FileFormat.DELIMITED
        self._flags = FeatureFlags()
        self._limit = RowLimit(position)
        self._country = layout.country or country
        self._names: dict[tuple[str, ...], _Columns] = {}

    def chunk(self) -> Chunk:
        read = self._features.read(self._limit.next_rows)
        chunk = Chunk(read=len(read), counts={"protected": 0})
        seen: set[str] = set()
        good: list[tuple[int, str, dict[str, str], Feature, frozenset[str]]] = []
        texts: list[str | bytes | None] = []
        for line, feature in read:
            if isinstance(feature, BrokenRow):
                chunk.reject(line, feature.original, ProblemCode(feature.code), feature.error)
                continue
            try:
                found, used = self._fields(feature)
            except ValueError as error:
                chunk.reject(line, feature.cells, ProblemCode.BAD_NUMBER, str(error))
                continue
            flag = self._flags.find_protecting(feature.properties)
            if flag is not None:
                feature, used = _without_owner(feature, found), frozenset(feature.properties)
            record_id = self._record_id(chunk, line, feature, found)
            if record_id is None:
                continue
            if flag is not None:
                chunk.counts["protected"] += 1
                if is_unknown(value := feature.properties[flag]):
                    message = "is neither a yes nor a no; the owner counts as protected"
                    chunk.warn(line, record_id, ProblemCode.UNKNOWN_FLAG, message, column=flag, value=str(value))
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
        """Return the known fields as text, and the properties that they came from. Raises ValueError."""
        properties = feature.properties
        columns = self._locate(tuple(properties))
        found = dict(columns.constants)
        for field, name in columns.single:
            if text := _text(properties[name], name):
                found[field] = text
        for field, names in columns.joined:
            if parts := [text for name in names if (text := _text(properties[name], name))]:
                found[field] = " ".join(parts)
        return found, columns.used

    def _locate(self, properties: tuple[str, ...]) -> _Columns:
        """Return the properties of the fields; cached, since most features of a file have the same properties."""
        if properties not in self._names:
            if len(self._names) > MAX_CACHED_NAMES:
                self._names.clear()
            located = NAMES.locate(properties, self._mapping, sparse=True, findings=self._findings)
            self._names[properties] = _Columns.of(located, properties)
        return self._names[properties]

    def _record_id(self, chunk: Chunk, line: int, feature: Feature, found: dict[str, str]) -> str | None:
        number = found.get("id") or own_id(feature.id)
        if not number:
            names = ", ".join(NAMES.names["id"][:4])
            chunk.reject(line, feature.cells, ProblemCode.NO_ID, f"has no parcel id ({names} …). {id_advice(feature)}")
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
            if shape.reduced:
                error = "has points or lines beside its polygons; they are left out"
                chunk.warn(line, record_id, ProblemCode.REPAIRED, error)
            place = [f"{shape.latitude:.8f}", f"{shape.longitude:.8f}", f"{shape.area:.2f}", wkb]
        has_number = found.get("house_number", "0") not in ("0", "0.0")
        has_house = has_number and "street" in found
        street = " ".join(found[part] for part in STREET_PARTS if part in found) if has_house else ""
        address = found.get("address", street)
        if address and has_number and "street" not in found and not address[0].isdigit():
            address = f"{found['house_number']} {address}"  # the address is only the street
        home = normalise_dwelling(
            address, found.get("unit", ""), found.get("city", ""), found.get("state", ""),
            found.get("zip_code", ""), self._country, keyed=False,
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


KEPT_IF_PROTECTED = ("id", "county", "wkt", "acres")


def _without_owner(feature: Feature, found: dict[str, str]) -> Feature:
    """Leave of the parcel of a protected owner its id and its shape, also in the report of a rejected row."""
    for field in found.keys() - set(KEPT_IF_PROTECTED):
        del found[field]
    return replace(feature, source=["*" if cell else "" for cell in feature.cells])


def _text(value: Any, name: str) -> str:
    """Return a property as text on one line; empty for none. Raises ValueError."""
    if type(value) is str:
        return " ".join(value.replace("\0", " ").split()) if value else ""
    if value is None or isinstance(value, (dict, list)):
        return ""
    try:
        text = number_text(value) if isinstance(value, float) else str(value)
    except ValueError as error:
        raise ValueError(f"has a {name} that {error}") from None
    return " ".join(text.replace("\0", " ").split())
