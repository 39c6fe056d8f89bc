"""voter_import: voters and the households they live in, from a register's file."""

from __future__ import annotations

from typing import Any, BinaryIO
from uuid import UUID

from app.db.core.pool import Connection
from app.db.imports import voters
from app.db.jobs import records as jobs
from app.db.jobs.creator import Creator
from app.domain.geocoding.kinds import GEOCODE_HOUSEHOLDS, GeocodeHouseholdsArgs
from app.domain.imports import kinds
from app.domain.imports.chunks import Chunk, Reader
from app.domain.imports.kinds import VoterImportArgs
from app.domain.imports.layout import Layout
from app.domain.imports.voters import VoterReader
from app.domain.jobs.outcomes import Outcome
from workers.core.context import JobContext, Step
from workers.imports.import_run import run_import
from workers.imports.progress import ChunkCounts

SPEC = kinds.VOTER_IMPORT


async def run(context: JobContext, args: VoterImportArgs) -> dict[str, Any] | Outcome:
    return await run_import(context, args, VoterImporter(args, context.resources.settings.default_country))


class VoterImporter:
    counters = ("protected", "householdsCreated")
    table = voters.VOTERS

    def __init__(self, args: VoterImportArgs, country: str) -> None:
        self._args, self._country = args, country

    def reader(self, file: BinaryIO, layout: Layout, position: dict[str, Any]) -> Reader:
        args = self._args
        return VoterReader(
            file,
            layout,
            position,
            country=self._country,
            county=args.county,
            mapping=args.mapping,
            date_order=args.date_order,
        )

    async def write(self, conn: Connection, chunk: Chunk, run: UUID) -> ChunkCounts:
        args = self._args
        counts = await voters.upsert_chunk(
            conn,
            chunk.rows,
            chunk.households,
            args.source,
            run,
            protected=chunk.counts["protected"],
            dry=args.dry_run,
        )
        written = counts.voters
        more = {"protected": chunk.counts["protected"], "householdsCreated": counts.households_created}
        return ChunkCounts(written.inserted, written.updated, written.unchanged, written.duplicates, more)

    async def finish(self, step: Step, context: JobContext) -> None:
        if self._args.geocode_after and not self._args.dry_run:
            await _geocode_households(step.conn, context)


async def _geocode_households(conn: Connection, context: JobContext) -> None:
    """Create a job that geocodes all households without coordinates; it starts when this job has ended."""
    args = GeocodeHouseholdsArgs(limit=context.resources.settings.max_items)
    creator = Creator(await jobs.get_creator_id(conn, context.id))
    await jobs.insert(conn, [GEOCODE_HOUSEHOLDS.new_job(args)], creator)
