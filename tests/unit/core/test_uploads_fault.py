"""What can be wrong with the folder of uploads."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.storage import uploads_fault
from app.storage.uploads_fault import UploadsCheck, find_uploads_fault


def test_a_folder_that_can_be_written_is_fine_and_left_as_it_was(tmp_path: Path) -> None:
    assert find_uploads_fault(tmp_path.as_uri()) is None
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_is_made_later(tmp_path: Path) -> None:
    assert find_uploads_fault((tmp_path / "a" / "b").as_uri()) is None
    assert not (tmp_path / "a").exists()


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    assert "cannot be written" in (find_uploads_fault((tmp_path / "a").as_uri()) or "")
    assert "cannot be created" in (find_uploads_fault((tmp_path / "a" / "b").as_uri()) or "")


def test_a_read_only_place_is_named() -> None:
    assert "cannot be created" in (find_uploads_fault("file:///proc/uploads") or "") or os.getuid() == 0
    assert "cannot be written" in (find_uploads_fault("file:///proc") or "")


def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads_fault, "MIN_FREE_BYTES", 1 << 60)
    assert "almost full" in (find_uploads_fault(tmp_path.as_uri()) or "")


async def test_the_disk_is_asked_once_in_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check = UploadsCheck(tmp_path.as_uri())
    assert await check.find_fault() is None
    monkeypatch.setattr(uploads_fault, "MIN_FREE_BYTES", 1 << 60)
    assert await check.find_fault() is None
