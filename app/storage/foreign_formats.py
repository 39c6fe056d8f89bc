"""Which files are converted before they are stored: recognised by their first bytes, zip files by their members."""

from __future__ import annotations

import re
import zipfile
from codecs import BOM_UTF8

from app.domain.imports.coordinates import in_degrees
from app.domain.imports.geojson import declares_degrees
from app.domain.text.errors import Unreadable
from app.storage.conversion.request import SourceFormat

_HEAD_BYTES = 1 << 16
_SIGNATURES = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", SourceFormat.SPREADSHEET),  # .xls
    (b"SQLite format 3\0", SourceFormat.GEOPACKAGE),
    (b"fgb\x03", SourceFormat.FLATGEOBUF),
    (b"PAR1", SourceFormat.PARQUET),
)
_OSM_OFFSET, _OSM = 4, b"\n\tOSMHeader"
"""The name of the first block of .osm.pbf, behind its length."""
_KML = re.compile(rb"<(?:kml:)?kml[\s>]", re.IGNORECASE)
_POSITION = re.compile(
    rb'"coordinates"\s{0,20}:[\s\[]{0,80}(-?[\d.]{1,40}(?:[eE][+-]?\d{1,3})?)\s{0,20},\s{0,20}(-?[\d.]{1,40}(?:[eE][+-]?\d{1,3})?)'
)
_OFFICE = (("word/", "a text document (.docx)"), ("ppt/", "a presentation (.pptx)"), ("visio/", "a drawing (.vsdx)"))
_OTHER_MAPS = (".tab", ".mif", ".dgn", ".dxf", ".e00")


def find_format(block: bytes) -> SourceFormat | None:
    """Return the format that a file must be converted from; None for one that is stored as it is."""
    for signature, format in _SIGNATURES:
        if block.startswith(signature):
            return format
    if block[_OSM_OFFSET:].startswith(_OSM):
        return SourceFormat.OSM
    head = block[:_HEAD_BYTES].removeprefix(BOM_UTF8).lstrip(b" \t\r\n\x1e")
    if head.startswith(b"<"):
        return SourceFormat.KML if _KML.search(head[:4_096]) else None
    if head.startswith(b"{"):
        return _json_format(head)
    return None


def _json_format(head: bytes) -> SourceFormat | None:
    is_collection = b'"FeatureCollection"' in head or b'"Feature"' in head
    if b'"esriGeometry' in head or (b'"attributes"' in head and b'"features"' in head and not is_collection):
        return SourceFormat.ESRI_JSON
    if not is_collection:
        return None
    if not declares_degrees(head):
        return SourceFormat.GEOJSON
    position = _POSITION.search(head)
    try:
        is_projected = position is not None and not in_degrees(float(position[1]), float(position[2]))
    except ValueError:
        return None
    return SourceFormat.GEOJSON if is_projected else None


def find_format_of_archive(archive: zipfile.ZipFile) -> SourceFormat | None:
    """Return the format that a zip file must be converted from; None for one whose single file is stored.

    Raises Unreadable for documents of other programs.
    """
    names = [info.filename.lower() for info in archive.infolist() if not info.filename.startswith("__MACOSX/")]
    if any(name.startswith(("xl/workbook", "xl/worksheets/")) for name in names):
        return SourceFormat.SPREADSHEET
    if "mimetype" in names and "content.xml" in names:
        kind = archive.open(next(info for info in archive.infolist() if info.filename == "mimetype")).read(200)
        if b"spreadsheet" in kind:
            return SourceFormat.SPREADSHEET
        raise Unreadable("The file is an OpenDocument file, but no spreadsheet. Save its table as CSV or .ods.")
    if any(name.endswith(".iwa") for name in names):
        raise Unreadable("The file is of Apple Numbers, Pages or Keynote. Export its table as CSV or .xlsx.")
    for folder, kind_name in _OFFICE:
        if any(name.startswith(folder) for name in names):
            raise Unreadable(f"The file is {kind_name}. Save its table as CSV or .xlsx and send that.")
    if any(name.endswith(".shp") for name in names):
        return SourceFormat.SHAPEFILE
    if any(name.endswith("featnames.dbf") for name in names):
        raise Unreadable(
            "The zip file has TIGER's FEATNAMES, which are names without lines. Send them with ADDRFEAT of the same"
            " county: unpack both zip files, and put all of their files into one."
        )
    if any(".gdb/" in name for name in names):
        return SourceFormat.FILE_GEODATABASE
    if any(name.endswith(".kml") for name in names):
        return SourceFormat.KMZ
    if any(name.endswith(_OTHER_MAPS) for name in names):
        raise Unreadable("The zip file has map data of another program. Export it as GeoPackage, shapefile or GeoJSON.")
    return None
