"""How many researches a user has had in a month (UTC).

Nothing is counted up: a research is one job of the month that neither failed nor was cancelled, or the report of one
that was deleted since. So it counts once however often it is tried, and failing or cancelling gives it back.
"""

from __future__ import annotations

from uuid import UUID

from app.db.core import locks
from app.db.core.locks import named_lock
from app.db.core.pool import Connection
from app.domain.companies.kinds import COMPANY_RESEARCH

USED = f"""
SELECT count(*) FROM (
    SELECT j.id FROM jobs AS j
    WHERE j.created_by = $1 AND j.kind = '{COMPANY_RESEARCH.kind}' AND j.created_at >= date_trunc('month', now())
      AND j.status NOT IN ('failed', 'cancelled') AND ($2::uuid IS NULL OR j.id < $2)
    UNION
    SELECT r.job_id FROM research_reports AS r
    WHERE r.created_by = $1 AND r.created_at >= date_trunc('month', now()) AND r.completed_at IS NOT NULL
      AND NOT EXISTS (SELECT FROM jobs AS j WHERE j.id = r.job_id)
) AS researches
"""


async def lock(conn: Connection, user_id: UUID) -> None:
    """Only one transaction at a time may add a research for the user."""
    await locks.acquire(conn, named_lock("research quota", str(user_id)))


async def used(conn: Connection, user_id: UUID, *, before: UUID | None = None) -> int:
    """Researches of this month; with `before` those of jobs older than that one."""
    count: int = await conn.fetchval(USED, user_id, before)
    return count


async def seconds_to_next_month(conn: Connection) -> int:
    seconds: int = await conn.fetchval(
        "SELECT ceil(extract(epoch FROM date_trunc('month', now()) + interval '1 month' - now()))::int"
    )
    return seconds
