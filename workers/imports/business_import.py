"""business_import: businesses from a CSV file, each with the jobs that visit its website."""

from __future__ import annotations

from typing import Any, BinaryIO
from uuid import UUID

from app.db.core.pool import Connection
from app.db.imports import business_changes, seen_records
from app.db.jobs import records as jobs
from app.db.jobs.creator import Creator
from app.db.websites import business_jobs
from app.domain.imports import kinds
from app.domain.imports.businesses import BusinessReader, report_id
from app.domain.imports.chunks import Chunk, Reader
from app.domain.imports.kinds import BusinessImportArgs
from app.domain.imports.layout import Layout
from app.domain.jobs.outcomes import Outcome
from app.domain.websites.businesses import FROM_CSV
from app.domain.websites.kinds import WEBSITE_KINDS
from providers.web import normalise_url
from workers.core.context import JobContext, Step
from workers.imports.import_run import run_import
from workers.imports.progress import ChunkCounts

SPEC = kinds.BUSINESS_IMPORT


async def run(context: JobContext, args: BusinessImportArgs) -> dict[str, Any] | Outcome:
    return await run_import(context, args, BusinessImporter(context, args))


class BusinessImporter:
    counters = ("excluded", "jobsCreated")
    table = None

    def __init__(self, context: JobContext, args: BusinessImportArgs) -> None:
        self._kinds = WEBSITE_KINDS if args.visit else ()
        self._job_id, self._country = context.id, context.resources.settings.default_country
        self._args = args

    def reader(self, file: BinaryIO, layout: Layout, position: dict[str, Any]) -> Reader:
        ids_of = "" if self._args.source == FROM_CSV else self._args.source
        mapping = self._args.mapping
        return BusinessReader(file, layout, position, normalise=normalise_url, mapping=mapping, ids_of=ids_of)

    async def write(self, conn: Connection, chunk: Chunk, run: UUID) -> ChunkCounts:
        unseen = await seen_records.insert_unseen(conn, run, [business.key for _, business in chunk.businesses])
        duplicates = [(line, report_id(business)) for line, business in chunk.businesses if business.key not in unseen]
        trial = conn.transaction()  # a dry run does all of it, and is rolled back
        await trial.start()
        if not self._args.dry_run:
            await business_changes.keep_before(conn, run, [business.key for _, business in chunk.businesses])
        saved, created = await business_jobs.upsert_with_jobs(
            conn,
            [business for _, business in chunk.businesses if business.key in unseen],
            self._kinds,
            source=self._args.source,
            country=self._country,
            creator=Creator(await jobs.get_creator_id(conn, self._job_id)),
            priority=self._args.priority,
        )
        if not self._args.dry_run:
            await business_changes.note_written(
                conn,
                run,
                inserted=[business.id for business in saved.values() if business.is_new],
                updated=[business.id for business in saved.values() if business.is_changed],
                unchanged=[b.id for b in saved.values() if not (b.is_new or b.is_changed)],
            )
        await (trial.rollback() if self._args.dry_run else trial.commit())
        inserted = sum(business.is_new for business in saved.values())
        updated = sum(business.is_changed for business in saved.values())
        more = {
            "excluded": sum(business.is_excluded for business in saved.values()),
            "jobsCreated": sum(job.is_new for job in created),
        }
        return ChunkCounts(inserted, updated, len(saved) - inserted - updated, duplicates, more)

    async def finish(self, step: Step, context: JobContext) -> None:
        """Do nothing: the jobs were created with their businesses."""
