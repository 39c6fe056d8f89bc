"""The plan of geocoders for a job."""

from __future__ import annotations

from app.db.core.pool import connection
from app.db.jobs import records as jobs
from app.domain.geocoding.options import GeocodeOptions
from workers.core.context import JobContext
from workers.geocoding.plan import GeocodePlan


async def build_plan(context: JobContext, options: GeocodeOptions) -> GeocodePlan:
    """Return the plan for a job, which uses its creator's reference data. Raises ValueError for an unknown provider."""
    resources = context.resources
    await resources.geocoders.prepare()
    async with connection(resources.pool) as conn:
        asker = await jobs.get_creator_id(conn, context.id)
    return GeocodePlan.build(resources.geocoders, options, asker)
