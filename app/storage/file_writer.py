"""Runs the process that writes a spreadsheet or a GeoPackage, and passes the rows on to it as they come."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import asdict
from typing import IO, BinaryIO
from weakref import WeakKeyDictionary

import orjson

from app.domain.text.typed_columns import TypedColumn
from app.storage.process_limits import isolated_environment
from app.storage.temporary_folders import DOWNLOAD_PREFIX, make_folder
from app.storage.writing.request import CannotWrite, TargetFormat, WritingRequest

MAX_SECONDS = 900
MAX_PROCESSES = 2
"""At the same time; further downloads wait for their turn."""
MAX_REPORT_BYTES = 10_000
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def write_table(
    format: TargetFormat,
    title: str,
    columns: list[TypedColumn],
    point: tuple[int, int] | None,
    geometry: int | None,
    blocks: AsyncIterator[bytes],
) -> BinaryIO:
    """Return the open file with the rows, which has no name any more: it is gone when it is closed.

    `blocks` are lines of JSON, each a list with the cells of a row. Raises CannotWrite for a table that the format has
    no room for, or that takes too much time.
    """
    turns = _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(MAX_PROCESSES))
    async with turns:
        folder = await asyncio.to_thread(make_folder, DOWNLOAD_PREFIX)
        try:
            request = WritingRequest(format, f"{folder.name}/table.{format}", title, columns, point, geometry)
            await _run(request, blocks, folder.name)
            return await asyncio.to_thread(open, request.path, "rb")
        finally:
            await asyncio.shield(asyncio.to_thread(folder.cleanup))


async def _run(request: WritingRequest, blocks: AsyncIterator[bytes], folder: str) -> None:
    with tempfile.TemporaryFile() as report:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "app.storage.writing",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=report,
            env=isolated_environment(folder),
            cwd=folder,
        )
        try:
            async with asyncio.timeout(MAX_SECONDS):
                await _send(process, request, blocks)
                await process.wait()
        except TimeoutError:
            raise CannotWrite("The table takes more time than one file may take. Use CSV.") from None
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if process.returncode:
            raise CannotWrite(_read_error(report))


async def _send(process: asyncio.subprocess.Process, request: WritingRequest, blocks: AsyncIterator[bytes]) -> None:
    assert process.stdin is not None
    with suppress(BrokenPipeError, ConnectionResetError):  # the process has ended, and its report says why
        process.stdin.write(orjson.dumps(asdict(request)) + b"\n")
        async for block in blocks:
            process.stdin.write(block)
            await process.stdin.drain()
        process.stdin.close()
        await process.stdin.wait_closed()


def _read_error(report: IO[bytes]) -> str:
    report.seek(0, os.SEEK_END)
    report.seek(max(0, report.tell() - MAX_REPORT_BYTES))
    try:
        found = orjson.loads(report.read().rpartition(b"\n")[2])
    except orjson.JSONDecodeError:
        found = None
    if isinstance(found, dict) and "error" in found:
        return str(found["error"])
    return "The table takes more memory or time than one file may take. Use CSV."
