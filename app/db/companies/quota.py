"""The number of researches that a user had in this month (UTC).

There is no counter. A research is a job of this month that neither failed nor was cancelled, or the report of such a
job that was deleted since. So a research counts once however often it is retried, and one that fails or is cancelled
does not count, nor does one whose report says that sources could not be read. A cancelled one counts if it has written
a section, which its user can read.
"""

from __future__ import annotations

from uuid import UUID

from app.db.core import locks
from app.db.core.locks import named_lock
from app.db.core.pool import Connection
from app.domain.companies.kinds import COMPANY_RESEARCH

HAS_SECTIONS = "EXISTS (SELECT FROM research_sections AS s WHERE s.report_id = r.id)"
COUNT = f"""
SELECT count(*) FROM (
    SELECT j.id FROM jobs AS j
    WHERE j.created_by = $1 AND j.kind = '{COMPANY_RESEARCH.kind}' AND j.created_at >= date_trunc('month', now())
      AND (j.status NOT IN ('failed', 'cancelled') OR j.status = 'cancelled' AND EXISTS (
          SELECT FROM research_reports AS r WHERE r.job_id = j.id AND {HAS_SECTIONS}))
      AND NOT EXISTS (SELECT FROM research_reports AS r WHERE r.job_id = j.id AND r.problems <> '{{}}')
      AND ($2::uuid IS NULL OR j.id < $2)
    UNION
    SELECT r.job_id FROM research_reports AS r
    WHERE r.created_by = $1 AND r.created_at >= date_trunc('month', now())
      AND (r.completed_at IS NOT NULL OR {HAS_SECTIONS}) AND r.problems = '{{}}'
      AND NOT EXISTS (SELECT FROM jobs AS j WHERE j.id = r.job_id)
) AS researches
"""


async def acquire_lock(conn: Connection, user_id: UUID) -> None:
    """Until the end of the transaction, keep others that call this from adding a research for the user."""
    await locks.acquire(conn, named_lock("research quota", str(user_id)))


async def count_used(conn: Connection, user_id: UUID, *, before: UUID | None = None) -> int:
    """Return the user's researches of this month; with `before`, only those of jobs older than that job."""
    count: int = await conn.fetchval(COUNT, user_id, before)
    return count


async def get_seconds_to_next_month(conn: Connection) -> int:
    """Return the seconds until the quota is renewed, rounded up."""
    seconds: int = await conn.fetchval(
        "SELECT ceil(extract(epoch FROM date_trunc('month', now()) + interval '1 month' - now()))::int"
    )
    return seconds
