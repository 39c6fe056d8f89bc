"""The interface that each kind of import implements in its own way."""

from __future__ import annotations

from typing import Any, BinaryIO, Protocol
from uuid import UUID

from app.db.core.pool import Connection
from app.db.imports.staging import ImportTable
from app.domain.imports.chunks import Chunk, Reader
from app.domain.imports.layout import Layout
from workers.core.context import JobContext, Step
from workers.imports.progress import ChunkCounts


class Importer(Protocol):
    """The differences between the kinds of import."""

    @property
    def counters(self) -> tuple[str, ...]:
        """Names of further counters in the result."""
        ...

    @property
    def table(self) -> ImportTable | None:
        """The table of the records, if they belong to sources that number them."""
        ...

    def reader(self, file: BinaryIO, layout: Layout, position: dict[str, Any]) -> Reader:
        """Return a reader of the file that begins at a position. Called in a thread."""
        ...

    async def write(self, conn: Connection, chunk: Chunk, run: UUID) -> ChunkCounts:
        """Write the valid rows of a chunk in the transaction of `conn`."""
        ...

    async def finish(self, step: Step, context: JobContext) -> None:
        """Do what follows from the whole import, in its last transaction."""
