"""`trigpoint erase`: remove what is stored of a person."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Annotated
from uuid import UUID

import asyncpg
import typer

from app.cli import output
from app.cli.databases import running_database, uploads_url_of
from app.cli.options import DatabaseUrl, UploadsUrl
from app.cli.up import DATA_DIR, DataDir
from app.storage.uploads import Uploads

BLOCK_BYTES = 1 << 20
ENCODINGS = ("utf-8", "cp1252", "utf-16-le", "utf-16-be")


class NotConfirmed(Exception):
    """Everything is rolled back."""


def erase(
    values: Annotated[list[str], typer.Argument(help="What the person is found by: e-mail address, full name, phone…")],
    database_url: DatabaseUrl = None,
    uploads_url: UploadsUrl = None,
    data_dir: DataDir = DATA_DIR,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase a person everywhere: in all tables, and uploaded files that name them. Shows what is affected, and asks.

    Rows about the person are deleted; other texts lose the value. Give every spelling (two of a telephone number, for
    example) as a value of its own. The audit log records that it was done, with the SHA-256 of the values. Backups and
    files outside of the platform are not touched.
    """
    from app.db.core.erasure import StillNeeded, check_values

    try:
        checked = check_values(values)
        with running_database(database_url, data_dir) as dsn:
            asyncio.run(_erase(dsn, uploads_url_of(uploads_url, data_dir), checked, yes))
    except (ValueError, StillNeeded) as error:
        output.fail(str(error))
    except NotConfirmed:
        output.fail("Nothing was changed." if sys.stdin.isatty() else "Nothing was changed. Pass --yes to erase this.")
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        output.fail(f"The person was not erased: {type(error).__name__}: {error}. Run the command again.")
    typer.echo("erased, and recorded in the audit log")


async def _erase(dsn: str, uploads_url: str, values: list[str], yes: bool) -> None:
    from app.db.core import erasure
    from app.db.core.connect import connect
    from app.db.imports import uploads

    store = Uploads(uploads_url)
    conn = await connect(dsn, name="trigpoint erase")
    try:
        async with conn.transaction():
            for setting in ("statement_timeout", "idle_in_transaction_session_timeout"):
                await conn.execute(f"SET LOCAL {setting} = 0")
            rows = await erasure.erase(conn, values)
            files = await asyncio.to_thread(_find_files, store, values)
            await erasure.refuse_needed_files(conn, files)
            for table, count in sorted(rows.items()):
                typer.echo(f"{count:>9,} rows of {table}")
            typer.echo(f"{len(files):>9,} uploaded files")
            if not yes and not (sys.stdin.isatty() and typer.confirm("Erase all this? There is no way back.")):
                raise NotConfirmed
            for upload_id in files:
                await asyncio.to_thread(store.remove, upload_id)
                await uploads.mark_removed(conn, upload_id)
            await erasure.record(conn, values, rows, len(files))
    finally:
        await conn.close()


def _find_files(store: Uploads, values: list[str]) -> list[UUID]:
    """Return the stored uploads that contain one of the values, in any case and the usual encodings."""
    wanted = {spelling for value in values for spelling in _spellings(value)}
    longest = max(map(len, wanted))
    found = []
    for upload_id in store.ids():
        with store.open(upload_id) as file:
            tail = b""
            while block := file.read(BLOCK_BYTES):
                text = tail + block.lower()
                if any(value in text for value in wanted):
                    found.append(upload_id)
                    break
                tail = text[-longest:]
    return found


def _spellings(value: str) -> Iterator[bytes]:
    """Yield the value as files may have it, with small letters in ASCII as `bytes.lower` makes them."""
    for written in (value.lower(), value.upper(), value.title()):
        for encoding in ENCODINGS:
            with suppress(UnicodeEncodeError):
                yield written.encode(encoding).lower()
