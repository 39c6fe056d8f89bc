"""reference_cleanup: deletes the rows of reference data that was replaced, removed or never completed."""

from __future__ import annotations

from typing import Any

from app.db.reference import sources
from app.domain.imports import kinds
from app.domain.imports.kinds import ReferenceCleanupArgs
from workers.core.context import JobContext

SPEC = kinds.REFERENCE_CLEANUP


async def run(context: JobContext, args: ReferenceCleanupArgs) -> dict[str, Any]:
    """Return `{"streets": n}`, the number of streets that were deleted with their houses."""
    streets = (context.checkpoint or {"streets": 0})["streets"]
    while True:
        async with context.step() as step:
            await sources.abandon_unfinished(step.conn)
            deleted = await sources.delete_removed(step.conn, args.streets_per_step)
            streets += deleted
            step.processed, step.checkpoint = deleted, {"streets": streets}
            if not deleted:
                step.total = streets
        if not deleted:
            return {"streets": streets}
