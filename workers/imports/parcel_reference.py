"""parcel_reference: the addresses of imported parcels as reference data, for the geocoder `local`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from app.db.core.pool import connection
from app.db.jobs import records as jobs
from app.db.jobs.creator import Creator
from app.db.reference import parcels, points, sources
from app.db.reference.parcels import NAME_PREFIX, ParcelAddress
from app.db.reference.points import StreetIds
from app.db.reference.sources import NewSource
from app.domain.imports import kinds
from app.domain.imports.kinds import (
    REFERENCE_CLEANUP,
    ParcelReferenceArgs,
    ReferenceCleanupArgs,
)
from app.domain.reference.address_points import PointBatch, PointCollector, split_number
from workers.core.context import JobContext

SPEC = kinds.PARCEL_REFERENCE
BATCH = 5_000


async def run(context: JobContext, args: ParcelReferenceArgs) -> dict[str, Any]:
    """Return `{"parcels": n, "houses": n}`: how many were read, and how many have a house number."""
    country = context.resources.settings.default_country
    state = context.checkpoint or {"run": str(uuid7()), "after": "", "parcels": 0, "houses": 0, "published": False}
    new = NewSource(f"{NAME_PREFIX}{args.source}", "parcels", country, shared=True)
    streets: StreetIds | None = None
    while not state["published"]:
        async with connection(context.resources.pool) as conn:
            found = await parcels.list_addresses(conn, args.source, state["after"], BATCH)
        batch = await asyncio.to_thread(_collect, found, state["parcels"], country)
        async with context.step() as step:
            source_id = await sources.begin(step.conn, UUID(state["run"]), context.id, new)
            streets = streets or StreetIds(source_id)
            await points.insert(step.conn, source_id, streets, batch)
            if not found:
                await sources.publish(step.conn, source_id)
                creator = Creator(await jobs.get_creator_id(step.conn, context.id))
                await jobs.insert(step.conn, [REFERENCE_CLEANUP.new_job(ReferenceCleanupArgs())], creator)
            state = state | {
                "after": found[-1].record_id if found else state["after"],
                "parcels": state["parcels"] + len(found),
                "houses": state["houses"] + batch.points,
                "published": not found,
            }
            step.processed, step.checkpoint = len(found), state
            if not found:
                step.total = state["parcels"]
    return {"parcels": state["parcels"], "houses": state["houses"]}


def _collect(found: Sequence[ParcelAddress], before: int, country: str) -> PointBatch:
    collector = PointCollector(country)
    for line, one in enumerate(found, before + 1):
        number, street = split_number(one.address)
        collector.add(line, number, street, one.city, one.state, one.zip_code, one.longitude, one.latitude)
    return collector.take()
