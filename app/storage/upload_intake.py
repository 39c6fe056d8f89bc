"""Take in one uploaded file: it is decompressed, examined and stored while it streams by, never whole in memory.

All of this blocks: use it in a thread, with a block of about a megabyte per call.
"""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from codecs import BOM_UTF8
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from typing import IO, Literal

from app.domain.imports.geojson import FeatureCount
from app.domain.imports.survey import FileFormat, Survey
from app.domain.text.encodings import Transcoder, find_encoding
from app.domain.text.errors import Unreadable
from app.domain.text.file_signatures import describe
from app.errors import LimitReached, TooLarge
from app.storage.archive_members import (
    BLOCK_BYTES,
    BOUNDED_METHODS,
    UNBOUNDED,
    ZIP_ERRORS,
    cannot_be_unpacked,
    choose_member,
    note_others,
    open_archive,
    read_member,
)
from app.storage.conversion.findings import Findings
from app.storage.conversion.request import ConversionRequest, ReadOptions, SourceFormat
from app.storage.converter import Conversion
from app.storage.foreign_formats import find_format, find_format_of_archive
from app.storage.temporary_folders import UPLOAD_PREFIX, make_folder
from app.storage.uploads import Sink

MAX_RATIO, FREE_BYTES = 250, 32 << 20
"""A compressed file may unpack to so many times its size, beyond so many bytes. Tables reach a ratio of ten to fifty,
and deflate a thousand, with which a megabyte would take a processor for most of a minute."""
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"


class Intake:
    """Takes one file: call `feed` with every block, then `close`. Both may raise TooLarge or Unreadable."""

    def __init__(
        self,
        sink: Sink,
        *,
        max_bytes: int,
        max_unpacked_bytes: int,
        room: int | None = None,
        create_original: Callable[[], Sink] | None = None,
        any_layer: bool = False,
    ) -> None:
        """`room` is how many bytes the user may store besides what is stored already; None is no limit.

        With `create_original`, a file that is converted is also kept as it is, so that it can be converted in another
        way. With `any_layer`, the first of several layers is read where none is named.
        """
        self.survey = Survey()
        self.count: FeatureCount | None = None
        """Counts the features if the file is GeoJSON."""
        self.digest = sha256()
        """SHA-256 of the file as it was sent."""
        self.received = 0
        """Bytes, as they were sent."""
        self._sink = sink
        self._max_bytes, self._max_unpacked_bytes, self._room = max_bytes, max_unpacked_bytes, room
        self._create_original, self._any_layer = create_original, any_layer
        self.original_bytes = 0
        """Size of the original, if it is kept."""
        self._gzip: zlib._Decompress | None = None
        self._spool: IO[bytes] | None = None
        """What is unpacked or converted when it is complete."""
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._foreign: SourceFormat | None = None
        self._conversion: Conversion | None = None
        self.packing: Literal["gzip", "zip"] | None = None
        """How the file was compressed."""
        self._transcoder: Transcoder | None = None
        self._has_content = self._is_member = False
        self._notes: list[str] = []
        self._spooled = 0

    @property
    def source(self) -> SourceFormat | None:
        """The format that the file was converted from; None for text that is stored as it is."""
        return self._foreign if self._conversion is not None else None

    @property
    def encoding(self) -> str:
        """The encoding of text, by the beginning of the file."""
        if self._transcoder is not None:
            return self._transcoder.encoding
        try:
            self.survey.head[: len(self.survey.head) - 4].decode()
        except UnicodeDecodeError:
            return "windows-1252"
        return "utf-8"

    @property
    def findings(self) -> Findings:
        """Return the findings of the conversion about the file, and which one of a zip file it is."""
        found = self._conversion.findings if self._conversion is not None else Findings()
        return replace(found, notes=[*self._notes, *found.notes])

    @property
    def takes_long_to_close(self) -> bool:
        """Whether `close` unpacks or converts the whole file."""
        return self._spool is not None

    def feed(self, block: bytes) -> None:
        if not self.received and block.startswith(GZIP):
            self._gzip = zlib.decompressobj(31)
            self.packing = "gzip"
        self.received += len(block)
        if self.received > self._max_bytes:
            raise too_large(self._max_bytes)
        self.digest.update(block)
        if self._gzip is not None:
            self._gunzip(block)
        else:
            self._store(block)

    def close(self, options: ReadOptions | None = None) -> FileFormat:
        """End the file and return its format."""
        if self._gzip is not None and not self._gzip.eof:
            raise Unreadable("The gzip file is cut off.")
        if self._spool is not None:
            self._spool.flush()
            self._end_spool(self._spool, options or ReadOptions())
        if self._transcoder is not None:
            self._write(self._transcoder.feed(b"", final=True))
        found = self.survey.format()
        if self.count is not None:
            self.count.close()
        elif found is FileFormat.GEOJSON:
            raise Unreadable(
                "The JSON is neither a GeoJSON FeatureCollection nor one GeoJSON feature per line. Send records as CSV"
                " or .xlsx."
            )
        return found

    def discard(self) -> None:
        """End a conversion that runs, and remove what was kept for it or for unpacking."""
        if self._conversion is not None:
            self._conversion.stop()
        if self._spool is not None:
            self._spool.close()
        if self._folder is not None:
            self._folder.cleanup()

    def _begin_spool(self) -> None:
        self.discard()
        self._folder = make_folder(UPLOAD_PREFIX)
        self._spool = open(f"{self._folder.name}/file", "w+b")  # noqa: SIM115  (discard() closes it)

    def _end_spool(self, spool: IO[bytes], options: ReadOptions) -> None:
        """Convert the file, or unpack the only file of an archive, which may have to be converted itself."""
        format = self._foreign = self._foreign or self._archive_format(spool)
        if format is None:
            self.packing = "zip"
            folder, self._spool, self._folder = self._folder, None, None
            try:
                self._has_content, self._is_member, self._spooled = False, True, 0
                with open_archive(spool) as archive:
                    member = choose_member(archive, options.layer or options.sheet)
                    self._notes += note_others(member)
                    for block in read_member(archive, member):
                        self._store(block)
            finally:
                spool.close()
                if folder is not None:
                    folder.cleanup()
            if self._spool is not None:
                self._spool.flush()
                self._end_spool(self._spool, options)
            return
        if self._create_original is not None:
            self._keep_original(spool, self._create_original)
        named = (options.sheet, options.layer, options.crs)
        request = ConversionRequest(format, spool.name, *named, self._max_unpacked_bytes, any_layer=self._any_layer)
        self._conversion = Conversion(request)
        for block in self._conversion.blocks():
            self._write(block)
        if format is SourceFormat.SPREADSHEET:
            self.survey.spreadsheet_columns = self._conversion.findings.columns
        if not self.survey.size:
            raise Unreadable(f"The {format} has no data.")

    def _keep_original(self, spool: IO[bytes], create: Callable[[], Sink]) -> None:
        self.original_bytes = self._spooled
        if self._room is not None and self.original_bytes > self._room:
            raise no_room(self.original_bytes, self._room)
        with closing(create()) as original:
            spool.seek(0)
            while block := spool.read(BLOCK_BYTES):
                original.write(block)

    def _archive_format(self, spool: IO[bytes]) -> SourceFormat | None:
        try:
            with zipfile.ZipFile(spool) as archive:
                format = find_format_of_archive(archive)
                if format is None and self._is_member:
                    raise Unreadable("The zip file contains another zip file. Send the file in it.")
                members = archive.infolist()
        except ZIP_ERRORS as error:
            raise cannot_be_unpacked(error) from None
        if format is not None and sum(info.file_size for info in members) > self._max_unpacked_bytes:
            raise self._too_large_unpacked()
        if format is not None and any(info.compress_type not in BOUNDED_METHODS for info in members):
            raise Unreadable(UNBOUNDED)
        return format

    def _too_large_unpacked(self) -> TooLarge:
        return TooLarge(
            f"Unpacked, the file may have at most {self._max_unpacked_bytes:,} bytes.", limit=self._max_unpacked_bytes
        )

    def _gunzip(self, block: bytes) -> None:
        """Decompress at most one block at a time: a small file may unpack to any size."""
        while block:
            assert self._gzip is not None
            try:
                self._store(self._gzip.decompress(block, BLOCK_BYTES))
            except zlib.error as error:
                raise Unreadable(f"The gzip file is damaged: {error}") from None
            block = self._gzip.unconsumed_tail
            if self._gzip.eof:
                block = self._gzip.unused_data.lstrip(b"\0")
                self._gzip = zlib.decompressobj(31) if block else self._gzip

    def _store(self, block: bytes) -> None:
        """Store a block of the unpacked file, as UTF-8 if it is text of another encoding, or keep it for conversion."""
        if not self._has_content and block:
            self._has_content = True
            self._foreign = find_format(block)
            if self._foreign is not None or block.startswith(ZIP):
                self._begin_spool()
            elif (sentence := describe(block)) is not None:
                raise Unreadable(sentence)
            elif (encoding := find_encoding(block)) is not None:
                self._transcoder = Transcoder(encoding)
        if self._spool is not None:
            self._spooled += len(block)
            if self._spooled > self._max_unpacked_bytes:
                raise self._too_large_unpacked()
            self._spool.write(block)
            return
        self._write(self._transcoder.feed(block) if self._transcoder else block)

    def _write(self, block: bytes) -> None:
        started = self.survey.size > 0
        self.survey.feed(block)
        if self.survey.size > self._max_unpacked_bytes:
            raise self._too_large_unpacked()
        if self.survey.size > max(FREE_BYTES, MAX_RATIO * self.received):
            raise Unreadable(f"The file unpacks to more than {MAX_RATIO} times its size. Send it uncompressed.")
        if self._room is not None and self.original_bytes + self.survey.size > self._room:
            raise no_room(self.original_bytes + self.survey.size, self._room)
        if not started and block.lstrip(BOM_UTF8 + b" \t\r\n")[:1] == b"{" and self._is_collection(block):
            self.count = FeatureCount()
        if self.count is not None:
            self.count.feed(block if started else block.removeprefix(BOM_UTF8))
        self._sink.write(block)

    def _is_collection(self, block: bytes) -> bool:
        first = Survey()
        first.feed(block)
        return first.format() is FileFormat.GEOJSON


def no_room(current: int, maximum: int) -> LimitReached:
    """Return the error for a file that does not fit into what its user may store."""
    return LimitReached(
        "Unpacked, the file does not fit into the space for your uploads. Delete failed and cancelled jobs whose files"
        " you do not need any more, or ask an administrator for more space.",
        limit="storedBytes",
        maximum=maximum,
        current=current,
    )


def too_large(limit: int) -> TooLarge:
    """Return the error for a file of more than `limit` bytes."""
    return TooLarge(
        f"The file may have at most {limit:,} bytes. Compress it (gzip, zip), or split it and send the parts.",
        limit=limit,
    )
