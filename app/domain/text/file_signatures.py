"""Name a file format that cannot be read by its first bytes, and say what to send instead."""

from __future__ import annotations

from codecs import BOM_UTF8

_SIGNATURES = (
    (b"%PDF-", "The file is a PDF. Export the table it was printed from as CSV or .xlsx and send that."),
    (b"\x89PNG", "The file is a PNG image. Send a table (CSV, .xlsx) or map data (GeoJSON, shapefile)."),
    (b"\xff\xd8\xff", "The file is a JPEG image. Send a table (CSV, .xlsx) or map data (GeoJSON, shapefile)."),
    (b"GIF8", "The file is a GIF image. Send a table (CSV, .xlsx) or map data (GeoJSON, shapefile)."),
    (b"II*\0", "The file is a TIFF image. Send a table (CSV, .xlsx) or map data (GeoJSON, shapefile)."),
    (b"MM\0*", "The file is a TIFF image. Send a table (CSV, .xlsx) or map data (GeoJSON, shapefile)."),
    (b"Rar!\x1a\x07", "The file is a RAR archive. Pack it as a zip file and send that."),
    (b"7z\xbc\xaf\x27\x1c", "The file is a 7-Zip archive. Pack it as a zip file and send that."),
    (b"\xfd7zXZ\0", "The file is compressed with xz. Compress it with gzip or zip instead."),
    (b"BZh", "The file is compressed with bzip2. Compress it with gzip or zip instead."),
    (b"\x28\xb5\x2f\xfd", "The file is compressed with zstd. Compress it with gzip or zip instead."),
    (b"\x1f\x9d", "The file is compressed with compress (.Z). Compress it with gzip or zip instead."),
    (b"{\\rtf", "The file is a text document (RTF). Save its table as CSV or .xlsx and send that."),
    (b"\0\x01\0\0Standard ", "The file is a Microsoft Access database. Export its table as CSV or .xlsx."),
    (b"\x7fELF", "The file is a program. Send a table (CSV, .xlsx) or map data (GeoJSON, shapefile)."),
    (b"MZ\x90\0", "The file is a program. Send a table (CSV, .xlsx) or map data (GeoJSON, shapefile)."),
    (b"\0\x01\0\0Jet", "The file is a Microsoft Access database. Export its table as CSV or .xlsx."),
    (b"AC10", "The file is a CAD drawing (.dwg). Export the parcels from it as a shapefile, GeoPackage or GeoJSON."),
    (b"ARROW1", "The file is Arrow/Feather. Save it as CSV, .xlsx or GeoParquet."),
    (b"Obj\x01", "The file is Avro. Save it as CSV, .xlsx or GeoParquet."),
    (b"PGDMP", "The file is a PostgreSQL dump. Export its table as CSV (\\copy … TO … CSV HEADER)."),
    (
        b"\0\0\x27\x0a",
        "The file is one part of a shapefile (.shp or .shx). Send all of its parts (.shp, .shx, .dbf, .prj) in one zip"
        " file.",
    ),
)  # fmt: skip
OSM_XML = "OpenStreetMap XML"
_HTML = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<title")
_XML = (b"<?xml", b"<gml", b"<osm", b"<gpx", b"<wfs:")


def describe(head: bytes) -> str | None:
    """Return a sentence about the format for a message; None for what may be text or is unknown."""
    for signature, sentence in _SIGNATURES:
        if head.startswith(signature):
            return sentence
    if _is_dbase(head):
        return "The file is a dBase table (.dbf). Open it in a spreadsheet, and save it as CSV or .xlsx."
    start = head[:1024].removeprefix(BOM_UTF8).lstrip(b" \t\r\n").lower()
    if start.split()[:2] == [b"0", b"section"]:
        return "The file is a CAD drawing (.dxf). Export the parcels from it as a shapefile, GeoPackage or GeoJSON."
    if start.startswith(_HTML):
        return (
            "The file is a web page (HTML), perhaps a login or error page in place of the file. Open the download"
            " address in a browser, and send the file that you get when you are logged in."
        )
    if start.startswith(b"<table"):
        return "The file is a web page (HTML) with a table. Open it in a spreadsheet and save it as .xlsx or CSV."
    if start.startswith(_XML):
        kind = next((name for sign, name in _XML_KINDS if sign in start), "XML")
        if kind == OSM_XML:
            return f"The file is {kind}. Convert it to .osm.pbf (osmium cat map.osm -o map.osm.pbf) and send that."
        return f"The file is {kind}. Convert it to GeoJSON, KML or CSV and send that."
    return None


def _is_dbase(head: bytes) -> bool:
    """Whether the header of a dBase table begins the file: version, date, and a length at whose end is a CR."""
    if len(head) < 33 or head[0] not in (0x02, 0x03, 0x04, 0x30, 0x31, 0x83, 0x8B, 0xF5):
        return False
    end = int.from_bytes(head[8:10], "little")
    return 1 <= head[2] <= 12 and 1 <= head[3] <= 31 and end >= 65 and head[end - 1 : end] in (b"\r", b"")


_XML_KINDS = (
    (b"<html", "a web page (XHTML)"), (b"urn:schemas-microsoft-com:office:spreadsheet", "a spreadsheet in XML"),
    (b"<gpx", "GPX"), (b"<osm", OSM_XML), (b"gml", "GML"),
)  # fmt: skip
