"""Compressed uploads are refused when they unpack to far more than their size, and tables are not."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable

import pytest

from app.domain.text.errors import Unreadable
from app.storage import upload_intake
from app.storage.archive_members import BLOCK_BYTES
from app.storage.conversion.request import ReadOptions
from app.storage.upload_intake import MAX_RATIO, Intake

LARGE = 5 << 30
FREE_BYTES = 1 << 20


@pytest.fixture(autouse=True)
def few_free_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_intake, "FREE_BYTES", FREE_BYTES)


class Counter:
    """A sink that counts bytes."""

    size = 0

    def write(self, block: bytes, /) -> int:
        self.size += len(block)
        return len(block)

    def close(self) -> None:
        pass


def zipped(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", data)
    return file.getvalue()


@pytest.mark.parametrize("pack", [gzip.compress, zipped])
def test_a_bomb_is_refused_early(pack: Callable[[bytes], bytes]) -> None:
    bomb = pack(b"address,city\n" * 400_000)
    sink = Counter()
    intake = Intake(sink, max_bytes=LARGE, max_unpacked_bytes=LARGE)
    with pytest.raises(Unreadable, match="more than 250 times its size"):
        intake.feed(bomb)
        intake.close()
    assert sink.size <= max(FREE_BYTES, MAX_RATIO * len(bomb)) + BLOCK_BYTES


@pytest.mark.parametrize("pack", [gzip.compress, zipped])
def test_a_table_is_taken(pack: Callable[[bytes], bytes]) -> None:
    rows = b"".join(b"%d,%d Main Street,Concord,CA\n" % (row, row * 7919 % 10_007) for row in range(100_000))
    data = b"id,address,city,state\n" + rows
    assert len(data) > FREE_BYTES
    sink = Counter()
    intake = Intake(sink, max_bytes=LARGE, max_unpacked_bytes=LARGE)
    intake.feed(pack(data))
    intake.close()
    assert sink.size == len(data)


class Buffer(io.BytesIO):
    """A sink that keeps what it was given."""

    def close(self) -> None:
        pass


def archive(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name in names:
            packed.writestr(name, f"id,name\n1,{name}\n")
    return file.getvalue()


def take(data: bytes, options: ReadOptions | None = None) -> tuple[bytes, list[str]]:
    sink = Buffer()
    intake = Intake(sink, max_bytes=LARGE, max_unpacked_bytes=LARGE)
    try:
        intake.feed(data)
        intake.close(options)
        return sink.getvalue(), intake.findings.notes
    finally:
        intake.discard()


def test_documentation_in_a_zip_file_is_left_out() -> None:
    content, notes = take(archive("data/voters.csv", "README.txt", "layout_voters.txt", "terms.pdf"))
    assert b"data/voters.csv" in content
    assert notes == ["Of the zip file, voters.csv was read, not README.txt, layout_voters.txt, terms.pdf."]
    assert take(archive("readme.csv"))[1] == []


@pytest.mark.parametrize("asked", ["b", "b.csv", "B.CSV", "data/b.csv"])
def test_one_of_several_tables_in_a_zip_file_is_chosen(asked: str) -> None:
    content, _ = take(archive("a.csv", "data/b.csv"), ReadOptions(layer=asked))
    assert b"data/b.csv" in content


@pytest.mark.parametrize(
    ("asked", "words"), [("", "a.csv, b.csv. Choose one with layer"), ("c", "no file 'c'; it has")]
)
def test_several_tables_in_a_zip_file_are_named(asked: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        take(archive("a.csv", "b.csv"), ReadOptions(layer=asked))


DBF = b"\x03\x7e\x0b\x1c" + b"\x01\0\0\0\x41\0\x0b\0" + b"\0" * 20 + b"NAME".ljust(32, b"\0") + b"\r Lee       \x1a"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (DBF, "a dBase table"),
        (b"AC1027" + b"\0" * 50, "a CAD drawing .*dwg"),
        (b"  0\r\nSECTION\r\n  2\r\nHEADER\r\n", "a CAD drawing .*dxf"),
        (b'{"type":"Topology","objects":{}}', "TopoJSON"),
        (b'{"error":{"code":499,"message":"Token Required"}}', "error of a server, not data: .*Token Required"),
        (b'{"type":"FeatureCollection","features":[]}', "its list is empty"),
        (b'[{"voter_id":1}]', "Send records as CSV"),
        (archive("Index/Document.iwa"), "Apple Numbers"),
    ],
)
def test_formats_that_cannot_be_read_are_named(data: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        take(data)
