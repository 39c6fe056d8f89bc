"""Imported parcels become reference data by jobs of their own."""

from __future__ import annotations

from uuid import UUID

from app.db.core.pool import Connection
from app.db.jobs import records as jobs
from app.db.jobs.creator import Creator
from app.db.reference import parcels
from app.domain.imports.kinds import PARCEL_REFERENCE, ParcelReferenceArgs


async def index_parcels(conn: Connection, source: str, job_id: UUID) -> None:
    """Create the jobs that make parcels reference data: those of `source`, and of earlier imports that are none yet."""
    wanted = dict.fromkeys([source, *await parcels.list_not_indexed(conn)])
    creator = Creator(await jobs.get_creator_id(conn, job_id))
    await jobs.insert(conn, [PARCEL_REFERENCE.new_job(ParcelReferenceArgs(source=one)) for one in wanted], creator)
