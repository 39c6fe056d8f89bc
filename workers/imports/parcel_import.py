"""parcel_import: parcels with their polygons, from GeoJSON or CSV with WKT."""

from __future__ import annotations

from typing import Any, BinaryIO
from uuid import UUID

from app.db.core.pool import Connection
from app.db.imports import staging
from app.db.imports.parcels import PARCELS
from app.domain.imports import kinds
from app.domain.imports.chunks import Chunk, Reader
from app.domain.imports.kinds import ImportArgs
from app.domain.imports.layout import Layout
from app.domain.imports.parcels import ParcelReader
from app.domain.jobs.outcomes import Outcome
from workers.core.context import JobContext, Step
from workers.imports.import_run import run_import
from workers.imports.parcel_index import index_parcels
from workers.imports.progress import ChunkCounts

SPEC = kinds.PARCEL_IMPORT


async def run(context: JobContext, args: ImportArgs) -> dict[str, Any] | Outcome:
    return await run_import(context, args, ParcelImporter(args, context.resources.settings.default_country))


class ParcelImporter:
    counters = ("protected",)
    table = PARCELS

    def __init__(self, args: ImportArgs, country: str) -> None:
        self._args, self._country = args, country

    def reader(self, file: BinaryIO, layout: Layout, position: dict[str, Any]) -> Reader:
        return ParcelReader(file, layout, position, country=self._country, mapping=self._args.mapping)

    async def write(self, conn: Connection, chunk: Chunk, run: UUID) -> ChunkCounts:
        written = await staging.upsert_chunk(conn, PARCELS, chunk.rows, self._args.source, run, dry=self._args.dry_run)
        return ChunkCounts(written.inserted, written.updated, written.unchanged, written.duplicates, dict(chunk.counts))

    async def finish(self, step: Step, context: JobContext) -> None:
        """Have the addresses of the parcels made reference data."""
        if not self._args.dry_run:
            await index_parcels(step.conn, self._args.source, context.id)
