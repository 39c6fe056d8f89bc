"""The list of everything in a backup, by which a damaged or incomplete one is recognised."""

from __future__ import annotations

import os
from datetime import datetime
from hashlib import file_digest
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

NAME = "manifest.json"
DUMP = "database.dump"
UPLOADS = "uploads"
FORMAT = 1


class BackupUnusable(Exception):
    """The folder is no backup, or a damaged one. The message says what is wrong."""


class StoredFile(BaseModel):
    model_config = ConfigDict(frozen=True)

    name: str
    """Within the folder of the backup."""
    size: int
    sha256: str


class Manifest(BaseModel):
    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    created_at: datetime
    version: str
    """The version of Trigpoint that wrote the backup."""
    revision: str | None
    """The revision of the schema; None for an empty database."""
    server_version: str
    files: list[StoredFile]
    missing_uploads: list[str] = []
    """Uploads whose file was not in the storage."""

    def size(self) -> int:
        """Return the bytes of all files."""
        return sum(file.size for file in self.files)


def describe_file(folder: Path, name: str) -> StoredFile:
    """Return the entry of a file in the folder."""
    with (folder / name).open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
        return StoredFile(name=name, size=os.fstat(file.fileno()).st_size, sha256=digest)


def write(folder: Path, manifest: Manifest) -> None:
    """Store the manifest, so that it survives a power failure."""
    with open(folder / NAME, "x", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(manifest.model_dump_json(indent=2))
        file.flush()
        os.fsync(file.fileno())


def read(folder: Path) -> Manifest:
    """Return the manifest of a backup, all of whose files were compared with it. Raises BackupUnusable."""
    path = folder / NAME
    if not path.exists():
        raise BackupUnusable(f"{folder} is not a complete backup: it has no {NAME}")
    try:
        manifest = Manifest.model_validate_json(path.read_text())
    except (ValidationError, UnicodeDecodeError):
        raise BackupUnusable(f"{path} cannot be read: it is damaged, or of another program") from None
    if manifest.format != FORMAT:
        raise BackupUnusable(f"{folder} has the format {manifest.format}; this version reads {FORMAT}")
    if DUMP not in {file.name for file in manifest.files}:
        raise BackupUnusable(f"{path} names no {DUMP}")
    for file in manifest.files:
        place = folder / file.name
        if not place.resolve().is_relative_to(folder.resolve()):
            raise BackupUnusable(f"{path} names a file outside of its folder: {file.name}")
        if not place.is_file():
            raise BackupUnusable(f"{place} is missing")
        if place.stat().st_size != file.size:
            raise BackupUnusable(f"{place} has {place.stat().st_size:,} bytes instead of {file.size:,}")
        if describe_file(folder, file.name) != file:
            raise BackupUnusable(f"{place} is damaged: its SHA-256 is not the one in {NAME}")
    return manifest
