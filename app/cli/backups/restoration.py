"""Put the state of a backup into a database and a storage of uploads."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from app.cli.backups import manifest, programs
from app.cli.backups.manifest import BackupUnusable, Manifest
from app.db.core import migrate
from app.db.core.backups import EMPTY_SCHEMA, inspect_target
from app.db.core.schema import known_revisions
from app.storage.uploads import ORIGINAL, Uploads

LEFT_OUT = (b"SET transaction_timeout = 0;\n", b"CREATE SCHEMA public;\n")
"""Servers before PostgreSQL 17 refuse the first, which pg_restore sends to all; the schema is there already."""
HEAD_BYTES = 1 << 12
"""They stand at the beginning, before any data."""


class RestoreRefused(Exception):
    """Nothing was changed. The message says what stands in the way."""


@dataclass(frozen=True)
class Restoration:
    """A backup that was checked, and where it goes."""

    folder: Path
    manifest: Manifest
    dsn: str
    uploads_url: str
    losses: list[str]
    """The data that the restoration replaces, to be confirmed by a person; empty for an empty database."""


async def prepare(folder: Path, dsn: str, uploads_url: str) -> Restoration:
    """Check the backup and its target. Changes nothing.

    Raises BackupUnusable, RestoreRefused, ValueError, OSError, TimeoutError and PostgresError.
    """
    found = await asyncio.to_thread(manifest.read, folder)
    if found.revision is not None and found.revision not in known_revisions():
        raise BackupUnusable(
            f"the backup was made by Trigpoint {found.version}, whose schema ({found.revision}) this version does not"
            " know: restore it with that version or a newer one"
        )
    target = await inspect_target(dsn)
    if target.processes:
        raise RestoreRefused(
            f"the platform is connected to this database ({target.processes} connections): stop the API and the"
            " workers first"
        )
    if target.foreign_tables:
        names = ", ".join(target.foreign_tables[:5])
        raise RestoreRefused(f"the database has tables of another program ({names}): use a database of its own")
    losses = [f"{count:,} {table}" for table, count in target.rows.items() if count]
    stored = await asyncio.to_thread(Uploads(uploads_url).ids)
    if shared := len(set(stored) & {upload_id for upload_id, _ in _uploads(found)}):
        losses.append(
            f"{shared:,} files in the uploads' storage with the same ids (if another installation uses them, set"
            " another TRIGPOINT_UPLOADS_URL for this one: both would remove them)"
        )
    return Restoration(folder, found, dsn, uploads_url, losses)


async def run(restoration: Restoration) -> None:
    """Restore. The database changes in one transaction, after all files are in the storage.

    Raises ProgramFailed, MigrationFailed and OSError; the database is then as it was.
    """
    await asyncio.to_thread(_store_uploads, restoration)
    await _load(restoration)
    await asyncio.to_thread(migrate.upgrade, restoration.dsn)


def _uploads(found: Manifest) -> list[tuple[UUID, bool]]:
    """Return the uploads in a backup: the id, and whether it is the original."""
    names = [file.name.rpartition("/")[2] for file in found.files if file.name != manifest.DUMP]
    return [(UUID(name.removesuffix(ORIGINAL)), name.endswith(ORIGINAL)) for name in names]


def _store_uploads(restoration: Restoration) -> None:
    store = Uploads(restoration.uploads_url)
    for upload_id, is_original in _uploads(restoration.manifest):
        name = f"{upload_id}{ORIGINAL if is_original else ''}"
        create = store.create_original if is_original else store.create
        with (restoration.folder / manifest.UPLOADS / name).open("rb") as source, closing(create(upload_id)) as sink:
            shutil.copyfileobj(source, sink, 1 << 20)


async def _load(restoration: Restoration) -> None:
    """Feed psql with what pg_restore says, and commit only when pg_restore ended well."""
    dump = str(restoration.folder / manifest.DUMP)
    environment = programs.environment(restoration.dsn)
    reader = await asyncio.create_subprocess_exec(
        *programs.command("pg_restore", "--no-owner", "--no-privileges", "--no-comments", "--file=-", dump),
        env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    writer = await asyncio.create_subprocess_exec(
        *programs.command("psql", "--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1"),
        env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert writer.stdin is not None and writer.stderr is not None and reader.stderr is not None
    said = asyncio.gather(reader.stderr.read(), writer.stderr.read())
    try:
        writer.stdin.write(f"BEGIN;\n{EMPTY_SCHEMA}".encode())
        is_fed = await _feed(reader, writer)
        if await reader.wait() == 0 and is_fed:
            writer.stdin.write(b"COMMIT;\n")
        writer.stdin.close()  # without the COMMIT, everything is rolled back
        status = await writer.wait()
        errors = await said
    finally:
        for process in (reader, writer):
            if process.returncode is None:
                process.kill()
                await process.wait()
    if reader.returncode != 0 and is_fed:
        raise programs.failure("pg_restore", errors[0])
    if status != 0 or not is_fed:
        raise programs.failure("psql", errors[1])


async def _feed(reader: asyncio.subprocess.Process, writer: asyncio.subprocess.Process) -> bool:
    """Pass everything on. Returns False if the writer ended before."""
    assert reader.stdout is not None and writer.stdin is not None
    try:
        head = b""
        while len(head) < HEAD_BYTES and (block := await reader.stdout.read(1 << 18)):
            head += block
        for line in LEFT_OUT:
            head = head.replace(line, b"", 1)
        writer.stdin.write(head)
        while block := await reader.stdout.read(1 << 18):
            writer.stdin.write(block)
            await writer.stdin.drain()
    except (BrokenPipeError, ConnectionResetError):
        reader.kill()
        return False
    return True
