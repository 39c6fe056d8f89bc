"""Files of any bytes become rows, row errors or one clear error; no row is lost or invented.

Tables are made by hypothesis; files of other programs are damaged at places that a seed chooses.
"""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import orjson
import pyogrio.raw
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.imports import businesses, layout, parcels, pois
from app.domain.imports.chunks import Chunk
from app.domain.imports.layout import Layout
from app.domain.imports.survey import FileFormat, Survey
from app.domain.imports.voters import VoterReader
from app.domain.text.csv_reader import BrokenRow, CsvReader, Position
from app.domain.text.errors import Unreadable
from app.errors import LimitReached, TooLarge
from app.storage.upload_intake import Intake
from tests import registers

REFUSED = (Unreadable, TooLarge, LimitReached)
"""What the sender of a file is told as a 4xx."""
MAX_BYTES = 20_000_000
DAMAGES = 6
"""Of each file: every kind of damage. Each takes a process."""


def take(raw: bytes, block: int = 1 << 20) -> tuple[FileFormat, Survey, bytes]:
    """Return what is stored of a file. Raises one of REFUSED."""

    class Stored(io.BytesIO):
        def close(self) -> None:
            """Keep what was written."""

    sink = Stored()
    intake = Intake(sink, max_bytes=MAX_BYTES, max_unpacked_bytes=MAX_BYTES)
    try:
        for start in range(0, len(raw), block):
            intake.feed(raw[start : start + block])
        return intake.close(), intake.survey, sink.getvalue()
    finally:
        intake.discard()


def read_all(make: Callable[[dict[str, int]], object], start: dict[str, int]) -> Iterator[Chunk]:
    reader = make(start)
    for _ in range(1_000):
        chunk = reader.chunk()  # type: ignore[attr-defined]
        yield chunk
        if chunk.last:
            return
    raise AssertionError("the reader does not end")


def check_readers(format: FileFormat, survey: Survey, stored: bytes) -> None:
    """Read the file as every kind of import does; each row that was read is valid or rejected."""
    is_table = format is FileFormat.DELIMITED
    attempts: list[Callable[[], Iterator[Chunk]]] = []

    def places(known: frozenset[str] | set[str], reader: type) -> Iterator[Chunk]:
        found = layout.recognise_table(survey, known) if is_table else Layout(format, [])
        options: dict[str, Any] = {"mapping": {}} | ({"country": "us"} if reader is parcels.ParcelReader else {})
        return read_all(lambda at: reader(io.BytesIO(stored), found, at, **options), found.start_position)

    attempts.append(lambda: places(set(parcels.NAMES.known), parcels.ParcelReader))
    attempts.append(lambda: places(set(pois.NAMES.known), pois.PoiReader))

    def voters() -> Iterator[Chunk]:
        found = layout.recognise_voter_file(survey, None, {})
        return read_all(
            lambda at: VoterReader(io.BytesIO(stored), found, at, country="us", county="", mapping={}),
            found.start_position,
        )

    def companies() -> Iterator[Chunk]:
        found = businesses.recognise_business_file(survey, {})
        return read_all(
            lambda at: businesses.BusinessReader(io.BytesIO(stored), found, at, normalise=str), found.start_position
        )

    attempts += [voters, companies]
    for attempt in attempts:
        try:
            for chunk in attempt():
                kept = chunk.rows.count(b"\n") + len(chunk.businesses) + chunk.duplicates
                assert kept >= chunk.read - chunk.rejected >= 0
        except REFUSED as refused:
            assert str(refused)


def check(raw: bytes, block: int = 1 << 20) -> None:
    try:
        found = take(raw, block)
    except REFUSED as refused:
        assert str(refused)
        return
    check_readers(*found)


PIECES = st.sampled_from([
    b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"sep=;", b"voter_id,last_name", b"apn;address", b"name\twebsite",
    b"id|lat",
    b",", b";", b"\t", b"|", b'"', b'""', b"'", b"\r", b"\n", b"\r\n", b"\0", b"\x1a", b"\x1e", b" ", b"Total", b"=1+1",
    b"V1", b"94550", b"1 Main St", b"\xe4\xf6", "é漢".encode(), "é".encode("utf-16-le"), b"{", b"}", b"[", b"]", b":",
    b'{"type":"FeatureCollection","features":[', b'{"type":"Feature","properties":{"id":1},"geometry":null}',
    b'{"type":"Point","coordinates":[1,2]}', b"1e999", b"PK\x03\x04", b"\x1f\x8b\x08", b"SQLite format 3\0", b"PAR1",
    b"<kml>", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
])  # fmt: skip


@settings(deadline=None)
@given(st.lists(PIECES | st.binary(max_size=3), max_size=40).map(b"".join), st.sampled_from([1, 7, 1 << 20]))
def test_any_bytes(raw: bytes, block: int) -> None:
    if raw[:4] in (b"PK\x03\x04", b"PAR1") or raw[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" or raw[:6] == b"SQLite":
        return  # a process for each of them takes too long; they are below
    check(raw, block)


CONTROL = "".join(map(chr, range(32))).translate({ord(char): None for char in "\t\n\r"})
"""With a few of them in a small file, it is refused as binary data."""
CELLS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters=CONTROL + "\ufeff\ufffe\uffff\x85\u2028\u2029"),
    max_size=12,
)


@settings(deadline=None)
@given(
    st.integers(2, 5).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=20)),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\r\n", "\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
    st.sampled_from([5, 1 << 20]),
)
def test_every_row_of_a_table_is_read(
    rows: list[list[str]], delimiter: str, end: str, encoding: str, block: int
) -> None:
    width = len(rows[0]) if rows else 2
    header = [f"column{index}" for index in range(width - 1)] + ["parcel id"]
    table = [[f"P{number}", *row[1:]] for number, row in enumerate(rows)]
    quoted = ('"' + cell.replace('"', '""') + '"' for row in [header, *table] for cell in row)
    lines = (delimiter.join([next(quoted) for _ in range(width)]) for _ in range(len(table) + 1))
    raw = "".join(line + end for line in lines).encode(encoding)
    format, survey, stored = take(raw, block)
    assert format is FileFormat.DELIMITED
    found = layout.recognise_table(survey, {"parcelid"})
    assert (found.header, found.delimiter) == (header, delimiter)
    reader = CsvReader(io.BytesIO(stored), found.dialect, Position(*found.start))
    read = [cells for _, cells in reader.read(1_000)]
    kept = [cells for cells in read if not isinstance(cells, BrokenRow)]
    assert len(read) == len(table)
    assert [[cell.replace("\r\n", "\n") for cell in row] for row in kept] == [
        [cell.replace("\r\n", "\n") for cell in row] for row in table
    ]


def spreadsheet() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(registers.voter(0)))
    for number in range(30):
        sheet.append(list(registers.voter(number).values()))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def map_file(folder: Path, suffix: str) -> bytes:
    path = folder / f"parcels.{suffix}"
    squares = [shapely.box(6_100_000 + n, 2_000_000, 6_100_100 + n, 2_000_100) for n in range(30)]
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(squares),
        field_data=[np.array([f"A-{n}" for n in range(30)], dtype=object)],
        fields=["APN"],
        geometry_type="Polygon",
        crs="EPSG:2227",
    )
    if suffix != "shp":
        return path.read_bytes()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for part in sorted(folder.glob("parcels.*")):
            archive.write(part, part.name)
    return packed.getvalue()


def damaged(raw: bytes, seed: int) -> bytes:
    """Return the file cut off, with bytes changed, or with a part doubled, removed or zeroed."""
    chance = random.Random(seed)
    at, length = chance.randrange(len(raw)), chance.randrange(1, 200)
    match seed % 5:
        case 0:
            return raw[:at]
        case 1:
            changed = bytearray(raw)
            for _ in range(chance.randrange(1, 20)):
                changed[chance.randrange(len(raw))] = chance.randrange(256)
            return bytes(changed)
        case 2:
            return raw[:at] + raw[at : at + length] + raw[at:]
        case 3:
            return raw[:at] + raw[at + length :]
        case _:
            return raw[:at] + bytes(length) + raw[at + length :]


@pytest.mark.parametrize("suffix", ["xlsx", "shp", "gpkg", "fgb"])
def test_damaged_files_of_other_programs(tmp_path: Path, suffix: str) -> None:
    raw = spreadsheet() if suffix == "xlsx" else map_file(tmp_path, suffix)
    check(raw)
    for seed in range(DAMAGES):
        check(damaged(raw, seed))


def geojson() -> bytes:
    return registers.collection([registers.parcel(number) for number in range(20)])


@pytest.mark.parametrize(
    "raw",
    [
        geojson(),
        b"\n".join(orjson.dumps(registers.parcel(number)) for number in range(20)),
        registers.table([registers.voter(number) for number in range(30)]),
    ],
    ids=["geojson", "lines", "voters"],
)
def test_damaged_text(raw: bytes) -> None:
    for seed in range(150):
        check(damaged(raw, seed), 1000)
