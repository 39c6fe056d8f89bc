"""Write a backup of a running platform."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from app.cli.backups import manifest, programs
from app.cli.backups.manifest import Manifest, StoredFile
from app.db.core.backups import Snapshot, open_snapshot
from app.storage.uploads import ORIGINAL, Uploads
from app.version import VERSION

PARTIAL = ".partial"
"""Ends the name of a folder that is being written."""


class FolderExists(Exception):
    """There is something where the backup was to go."""


async def create(dsn: str, uploads_url: str, folder: Path) -> Manifest:
    """Write the database and all stored uploads of one moment into a new folder.

    The folder gets its name when everything is in it, and safely on the disk: what a killed backup leaves behind is
    called `….partial`, and replaced by the next one. Nothing is locked for the platform, except that files of uploads
    stay until the end. Raises FolderExists, BackupRuns, ProgramFailed, ValueError, OSError and PostgresError.
    """
    await asyncio.to_thread(_refuse_existing, folder)
    draft = folder.with_name(folder.name + PARTIAL)
    async with open_snapshot(dsn) as snapshot:
        await asyncio.to_thread(_begin, draft)
        try:
            await _dump(dsn, snapshot, draft / manifest.DUMP)
            written = await asyncio.to_thread(_finish, draft, uploads_url, snapshot)
            await asyncio.to_thread(_publish, draft, folder)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    return written


def _refuse_existing(folder: Path) -> None:
    if folder.exists():
        raise FolderExists(f"{folder} exists: choose another name, backups are not overwritten")


def _begin(draft: Path) -> None:
    if draft.exists():  # of a killed backup: no other one runs
        shutil.rmtree(draft)
    draft.mkdir(mode=0o700, parents=True)


def _publish(draft: Path, folder: Path) -> None:
    _refuse_existing(folder)
    draft.rename(folder)
    _sync(folder.absolute().parent)


async def _dump(dsn: str, snapshot: Snapshot, file: Path) -> None:
    arguments = (f"--snapshot={snapshot.name}", "--format=custom", "--schema=public", f"--file={file}")
    process = await asyncio.create_subprocess_exec(
        *programs.command("pg_dump", *arguments, "--extension=*", "--no-password"),
        env=programs.environment(dsn), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        _, errors = await process.communicate()
    except BaseException:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        raise
    if process.returncode != 0:
        raise programs.failure("pg_dump", errors)


def _finish(draft: Path, uploads_url: str, snapshot: Snapshot) -> Manifest:
    """Add the uploads and the manifest. Blocks."""
    os.chmod(draft / manifest.DUMP, 0o600)
    _sync(draft / manifest.DUMP)
    store = Uploads(uploads_url)
    (draft / manifest.UPLOADS).mkdir(mode=0o700)
    files, missing = [manifest.describe_file(draft, manifest.DUMP)], []
    for upload_id in snapshot.uploads:
        copied = _copy_upload(store, upload_id, draft)
        files += copied
        if not copied:
            missing.append(str(upload_id))
    _sync(draft / manifest.UPLOADS)
    made = Manifest(
        created_at=datetime.now(UTC), version=VERSION, revision=snapshot.revision,
        server_version=snapshot.server_version, files=files, missing_uploads=missing,
    )  # fmt: skip
    manifest.write(draft, made)
    _sync(draft)
    return made


def _copy_upload(store: Uploads, upload_id: UUID, draft: Path) -> list[StoredFile]:
    """Copy the file and, if there is one, its original. Returns nothing for one that is not in the storage."""
    copied = []
    for suffix, open_file in (("", store.open), (ORIGINAL, store.open_original)):
        name = f"{manifest.UPLOADS}/{upload_id}{suffix}"
        with suppress(FileNotFoundError), open_file(upload_id) as source:
            _copy(source, draft / name)
            copied.append(manifest.describe_file(draft, name))
    return copied


def _copy(source: BinaryIO, path: Path) -> None:
    with open(path, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as target:
        shutil.copyfileobj(source, target, 1 << 20)
        target.flush()
        os.fsync(target.fileno())


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
