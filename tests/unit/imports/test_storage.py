"""The storage of uploads: a folder, or anything else that fsspec reaches."""

from __future__ import annotations

from pathlib import Path

import pytest
from uuid_utils.compat import uuid7

from app.storage.uploads import Uploads


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
