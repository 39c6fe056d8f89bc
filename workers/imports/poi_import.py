"""poi_import: points of interest with their categories, from CSV or GeoJSON."""

from __future__ import annotations

from typing import Any, BinaryIO
from uuid import UUID

from app.db.core.pool import Connection
from app.db.imports import staging
from app.db.imports.pois import POIS
from app.domain.imports import kinds
from app.domain.imports.chunks import Chunk, Reader
from app.domain.imports.kinds import ImportArgs
from app.domain.imports.layout import Layout
from app.domain.imports.pois import PoiReader
from app.domain.jobs.outcomes import Outcome
from workers.core.context import JobContext, Step
from workers.imports.import_run import run_import
from workers.imports.progress import ChunkCounts

SPEC = kinds.POI_IMPORT


async def run(context: JobContext, args: ImportArgs) -> dict[str, Any] | Outcome:
    return await run_import(context, args, PoiImporter(args))


class PoiImporter:
    counters = ()
    table = POIS

    def __init__(self, args: ImportArgs) -> None:
        self._args = args

    def reader(self, file: BinaryIO, layout: Layout, position: dict[str, Any]) -> Reader:
        return PoiReader(file, layout, position, mapping=self._args.mapping)

    async def write(self, conn: Connection, chunk: Chunk, run: UUID) -> ChunkCounts:
        written = await staging.upsert_chunk(conn, POIS, chunk.rows, self._args.source, run, dry=self._args.dry_run)
        return ChunkCounts(written.inserted, written.updated, written.unchanged, written.duplicates, {})

    async def finish(self, step: Step, context: JobContext) -> None:
        """Do nothing: no other work depends on points of interest."""
