"""The number formats of an .xlsx sheet's columns: how it shows dates, percentages, amounts and ZIP codes."""

from __future__ import annotations

import posixpath
import zipfile
from typing import Any
from xml.etree import ElementTree

MAX_XML_BYTES = 1 << 20
"""Of the sheet; its first rows say which format its columns have."""
MAX_STYLES_BYTES = 16 << 20
GENERAL, TEXT_FORMAT = 0, 49
MAX_FORMAT_CHARACTERS = 255
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ERRORS = (
    zipfile.BadZipFile,
    KeyError,
    IndexError,
    StopIteration,
    ValueError,
    ElementTree.ParseError,
    OSError,
    NotImplementedError,
    EOFError,
)


def read_number_formats(path: str, sheet: str) -> dict[int, str | int]:
    """Return the formats by the index of the column: codes, or numbers of built-in ones.

    Nothing for other spreadsheets, and for files whose parts are not where they usually are: their cells have been
    read, and the formats are not worth an error.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            styles = _read_styles(archive)
            return _read_columns(archive, _find_sheet(archive, sheet), styles)
    except _ERRORS:
        return {}


def _parse(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    with archive.open(name) as file:
        return ElementTree.fromstring(file.read(MAX_STYLES_BYTES))


def _read_styles(archive: zipfile.ZipFile) -> list[str | int]:
    """Return the number format of each style of cells."""
    root = _parse(archive, "xl/styles.xml")
    codes: dict[int, str] = {
        int(entry.attrib["numFmtId"]): entry.attrib["formatCode"][:MAX_FORMAT_CHARACTERS]
        for entry in root.iterfind(f"{_MAIN}numFmts/{_MAIN}numFmt")
    }
    ids = [int(entry.get("numFmtId", GENERAL)) for entry in root.iterfind(f"{_MAIN}cellXfs/{_MAIN}xf")]
    return [codes.get(id, id) for id in ids]


def _find_sheet(archive: zipfile.ZipFile, name: str) -> str:
    """Return the member with the sheet. Raises KeyError."""
    relation = next(
        entry.attrib[_RELATION]
        for entry in _parse(archive, "xl/workbook.xml").iter(f"{_MAIN}sheet")
        if entry.get("name") == name
    )
    for entry in _parse(archive, "xl/_rels/workbook.xml.rels"):
        if entry.get("Id") == relation:
            return posixpath.normpath(posixpath.join("/xl", entry.attrib["Target"])).lstrip("/")
    raise KeyError(name)


def _read_columns(archive: zipfile.ZipFile, member: str, styles: list[str | int]) -> dict[int, str | int]:
    """Return the first format of each column that is not that of any text."""
    formats: dict[int, str | int] = {}
    parser: Any = ElementTree.XMLPullParser(["start"])
    with archive.open(member) as file:
        parser.feed(file.read(MAX_XML_BYTES))
    for _, element in parser.read_events():
        if element.tag != f"{_MAIN}c" or element.get("t", "n") not in ("n", "d"):
            continue
        format = styles[int(element.get("s", GENERAL))]
        if format not in (GENERAL, TEXT_FORMAT, "General", "@"):
            formats.setdefault(_column_index(element.get("r", "")), format)
    return formats


def _column_index(reference: str) -> int:
    """Return the index of a column from 0: that of `AB12` is 27."""
    index = 0
    for letter in reference.rstrip("0123456789"):
        index = index * 26 + ord(letter) - 64
    return index - 1
