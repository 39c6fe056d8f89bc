"""Compressed uploads are refused when they unpack to far more than their size, and tables are not."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable

import pytest

from app.domain.text.errors import Unreadable
from app.storage import upload_intake
from app.storage.upload_intake import BLOCK_BYTES, MAX_RATIO, Intake

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
