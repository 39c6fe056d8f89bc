"""The storage of uploads: a folder, or anything else that fsspec reaches."""

from __future__ import annotations

import asyncio
import io
import threading
from pathlib import Path
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.storage.uploads import Uploads, opened


@pytest.mark.parametrize("place", ["file", "memory"])
def test_files_are_stored_read_and_removed(place: str, tmp_path: Path) -> None:
    store = Uploads((tmp_path / "uploads").as_uri() if place == "file" else "memory://uploads")
    name = uuid7()
    sink = store.create(name)
    sink.write(b"first line\n")
    sink.write(b"second line\n")
    sink.close()
    with store.open(name) as file:
        file.seek(6)
        assert file.readline(100) == b"line\n"
        assert file.read() == b"second line\n"
    assert store.ids() == [name]
    store.remove(name)
    store.remove(name)
    assert store.ids() == []
    with pytest.raises(FileNotFoundError):
        store.open(name)


async def test_a_file_that_is_being_opened_when_its_task_is_cancelled_is_closed() -> None:
    opens, file = threading.Event(), io.BytesIO()

    def open_slowly(_: UUID) -> io.BytesIO:
        opens.wait()
        return file

    async def read() -> None:
        async with opened(open_slowly, uuid7()):
            raise AssertionError("the task should have been cancelled")

    reading = asyncio.create_task(read())
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    opens.set()
    while not file.closed:
        await asyncio.sleep(0.001)


async def test_a_file_is_closed_though_its_task_is_cancelled_twice() -> None:
    closes, file = threading.Event(), SlowlyClosed()
    file.may_close = closes
    reads = asyncio.Event()

    async def read() -> None:
        async with opened(lambda _: file, uuid7()):
            reads.set()
            await asyncio.Event().wait()

    reading = asyncio.create_task(read())
    await reads.wait()
    reading.cancel()
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    closes.set()
    while not file.closed:
        await asyncio.sleep(0.001)


class SlowlyClosed(io.BytesIO):
    may_close: threading.Event

    def close(self) -> None:
        self.may_close.wait()
        super().close()
