"""reference_import: addresses with coordinates, from which the geocoder `local` answers.

The rows of a file are written under a source that answers nothing yet. The last step lets it answer, and in the same
transaction none of its earlier versions: whatever is killed, the old data answer, or the new ones.
"""

from __future__ import annotations

from typing import Any, BinaryIO
from uuid import UUID

from app.db.core.pool import Connection
from app.db.jobs import records as jobs
from app.db.jobs.creator import Creator
from app.db.reference import points, sources
from app.db.reference.points import StreetIds
from app.db.reference.sources import NewSource
from app.domain.imports import kinds
from app.domain.imports.chunks import Chunk, Reader
from app.domain.imports.kinds import REFERENCE_CLEANUP, ReferenceCleanupArgs, ReferenceImportArgs
from app.domain.imports.layout import Layout
from app.domain.imports.reference_points import PointChunk, ReferenceReader
from app.domain.jobs.outcomes import Outcome
from workers.core.context import JobContext, Step
from workers.imports.import_run import run_import
from workers.imports.progress import ChunkCounts

SPEC = kinds.REFERENCE_IMPORT


async def run(context: JobContext, args: ReferenceImportArgs) -> dict[str, Any] | Outcome:
    return await run_import(context, args, ReferenceImporter(context, args))


class ReferenceImporter:
    counters = ("streets",)
    table = None

    def __init__(self, context: JobContext, args: ReferenceImportArgs) -> None:
        self._job_id, self._args = context.id, args
        self._country = (args.country or context.resources.settings.default_country).lower()
        self._streets: StreetIds | None = None

    def reader(self, file: BinaryIO, layout: Layout, position: dict[str, Any]) -> Reader:
        state = self._args.state or _state_of(self._args.place)
        return ReferenceReader(file, layout, position, country=self._country, state=state, mapping=self._args.mapping)

    async def write(self, conn: Connection, chunk: Chunk, run: UUID) -> ChunkCounts:
        assert isinstance(chunk, PointChunk)
        batch, created = chunk.batch, 0
        if not self._args.dry_run:
            source_id = await sources.begin(conn, run, self._job_id, self._new_source())
            self._streets = self._streets or StreetIds(source_id)
            created = await points.insert(conn, source_id, self._streets, batch)
        return ChunkCounts(batch.size, 0, 0, [], {"streets": created})

    async def finish(self, step: Step, context: JobContext) -> None:
        """Let the new data answer in place of the old ones, and have those deleted by a job of their own."""
        if self._args.dry_run:
            return
        source_id = await sources.find_loading(step.conn, context.id)
        if source_id is not None:
            await sources.publish(step.conn, source_id)
        creator = Creator(await jobs.get_creator_id(step.conn, context.id))
        await jobs.insert(step.conn, [REFERENCE_CLEANUP.new_job(ReferenceCleanupArgs())], creator)

    def _new_source(self) -> NewSource:
        args = self._args
        return NewSource(
            name=args.source,
            kind="points",
            country=self._country,
            area=args.place,
            dated=args.dated,
            licence=args.licence,
            attribution=args.attribution,
            shared=bool(args.shared),
        )


def _state_of(place: str | None) -> str:
    """Return the state in the code of a place, such as `us-nc-durham`."""
    parts = (place or "").split("-")
    return parts[1] if len(parts) > 1 and parts[0] == "us" else ""
