"""The file in a zip file that is to be imported: its only one, or the only one that is no documentation."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from app.domain.text.errors import Unreadable

BLOCK_BYTES = 1 << 20
BOUNDED_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Methods of which `zipfile` decompresses no more than it is asked for; a megabyte of bzip2 becomes gigabytes."""
UNBOUNDED = "The zip file uses an unsupported compression method. Create it with deflate, or use gzip."
ZIP_ERRORS = (
    zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError,
    IndexError,
)  # fmt: skip
"""Errors that `zipfile` raises for damaged archives."""
_DOCUMENTS = frozenset((".pdf", ".doc", ".docx", ".rtf", ".odt", ".html", ".htm", ".xml", ".md", ".jpg", ".jpeg",
                        ".png", ".gif", ".url", ".lnk", ".ini", ".log", ".sha256", ".md5"))  # fmt: skip
_NAMES_OF_DOCUMENTS = re.compile(
    r"(?:read.?me|licen[cs]e|copying|layout|metadata|data.?dictionary|disclaimer|terms)(?![a-z])", re.IGNORECASE
)
MAX_NAMES = 8


@dataclass(frozen=True)
class Member:
    info: zipfile.ZipInfo
    others: Sequence[str]
    """Names of the files beside it, which are not read."""


def choose_member(archive: zipfile.ZipFile, asked: str) -> Member:
    """Return the file to read; `asked` is the name of one of several, or empty. Raises Unreadable."""
    members = [info for info in archive.infolist() if not info.is_dir() and not _is_metadata(info.filename)]
    if not members:
        raise Unreadable("The zip file is empty.")
    names = [info.filename for info in members]
    if asked and len(members) > 1:
        chosen = [info for info in members if _is_named(info.filename, asked)]
        if len(chosen) != 1:
            raise Unreadable(f"The zip file has no file {asked[:60]!r}; it has {_shown(names)}.")
    else:
        chosen = [info for info in members if not _is_document(info.filename)] if len(members) > 1 else members
    if len(chosen) != 1:
        raise Unreadable(
            f"The zip file must contain exactly one file, or map data (a shapefile, a file geodatabase); it contains"
            f" {_shown(names)}. Choose one with layer=<name>."
        )
    if chosen[0].compress_type not in BOUNDED_METHODS:
        raise Unreadable(UNBOUNDED)
    return Member(chosen[0], [name for name in names if name != chosen[0].filename])


def read_member(archive: zipfile.ZipFile, member: Member) -> Iterator[bytes]:
    """Yield the file, one block at a time. Raises Unreadable."""
    try:
        with archive.open(member.info) as file:
            while block := file.read(BLOCK_BYTES):
                yield block
    except ZIP_ERRORS as error:
        raise cannot_be_unpacked(error) from None


def open_archive(file: IO[bytes]) -> zipfile.ZipFile:
    """Open an archive. Raises Unreadable."""
    try:
        return zipfile.ZipFile(file)
    except ZIP_ERRORS as error:
        raise cannot_be_unpacked(error) from None


def cannot_be_unpacked(error: Exception) -> Unreadable:
    """Return the error for a damaged archive; an error that says what is wrong already is returned as it is."""
    return error if isinstance(error, Unreadable) else Unreadable(f"The zip file cannot be unpacked: {error}")


def note_others(member: Member) -> list[str]:
    """Return what to tell the sender about the files that were not read."""
    if not member.others:
        return []
    return [f"Of the zip file, {PurePosixPath(member.info.filename).name} was read, not {_shown(member.others)}."]


def _shown(names: Sequence[str]) -> str:
    more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
    return f"{', '.join(name[:60] for name in names[:MAX_NAMES])}{more}"


def _is_named(name: str, asked: str) -> bool:
    path, wanted = PurePosixPath(name.casefold()), asked.strip().casefold()
    return wanted in (name.casefold(), path.name, path.stem)


def _is_document(name: str) -> bool:
    path = PurePosixPath(name)
    return path.suffix.lower() in _DOCUMENTS or _NAMES_OF_DOCUMENTS.match(path.name) is not None


def _is_metadata(name: str) -> bool:
    """Whether the operating system added the file to the archive."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith(".")
