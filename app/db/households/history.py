"""The origin of a household and its coordinates: the import, the job, and the failures of earlier jobs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.db.core.pool import Connection
from app.db.jobs.archive import ALL_JOBS

MAX_FAILURES = 20


@dataclass(frozen=True, slots=True)
class HouseholdOrigin:
    """The import or request that created a household."""

    created_at: datetime
    updated_at: datetime
    retired_at: datetime | None
    geocoded_job: UUID | None
    """The job that found its coordinates."""
    import_job: UUID | None
    """The job whose import created it; None if it was loaded over REST."""
    file_name: str | None
    """Of that import."""
    voters: int
    """Number of voters who live there."""


@dataclass(frozen=True, slots=True)
class GeocodingFailure:
    """A job that did not find the household's coordinates."""

    job_id: UUID
    at: datetime
    error: str


async def get_origin(conn: Connection, household_id: UUID) -> HouseholdOrigin | None:
    """Return where a household comes from, None if there is none."""
    row = await conn.fetchrow(
        """SELECT h.created_at, h.updated_at, h.retired_at, h.geocoded_job, r.job_id AS import_job, r.file_name,
                  (SELECT count(*) FROM voters AS v WHERE v.household_id = h.id AND v.retired_at IS NULL) AS voters
           FROM households AS h LEFT JOIN import_runs AS r ON r.run = h.created_run WHERE h.id = $1""",
        household_id,
    )
    return HouseholdOrigin(**row) if row else None


async def list_failures(conn: Connection, household_id: UUID, reader: UUID | None) -> list[GeocodingFailure]:
    """Return the failures of jobs that `reader` (None: an admin) may read to geocode a household, newest first."""
    rows = await conn.fetch(
        f"""SELECT e.job_id, e.at, e.error FROM job_errors AS e JOIN {ALL_JOBS} AS j ON j.id = e.job_id
           WHERE e.item_id = $1 AND j.kind = 'geocode_households' AND ($2::uuid IS NULL OR j.created_by = $2)
           ORDER BY e.at DESC LIMIT $3""",
        str(household_id),
        reader,
        MAX_FAILURES,
    )
    return [GeocodingFailure(**row) for row in rows]
