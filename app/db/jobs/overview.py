"""The last day at a glance: how much was done."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.db.core.pages import fetch_within
from app.db.core.pool import Connection
from app.domain.companies.kinds import COMPANY_RESEARCH
from app.domain.geocoding.kinds import GEOCODE_HOUSEHOLDS
from app.domain.websites.kinds import WEBSITE_VALIDATION

BUDGET_MS = 500


@dataclass(frozen=True, slots=True)
class DayFigures:
    """Jobs that ended within 24 hours, and what they did."""

    completed: int
    failed: int
    located: int
    """Households that got coordinates."""
    websites: int
    """Websites that were checked."""
    reports: int
    """Companies that were researched."""
    signals: int
    """Signals that were detected."""


async def get_figures(conn: Connection, reader: UUID | None) -> DayFigures | None:
    """Return the figures of the jobs that `reader` (None: an admin) may read, None if counting takes long."""
    rows = await fetch_within(
        conn,
        BUDGET_MS,
        f"""SELECT count(*) FILTER (WHERE status = 'completed') AS completed,
                   count(*) FILTER (WHERE status = 'failed') AS failed,
                   coalesce(sum(processed_items - failed_items)
                       FILTER (WHERE kind = '{GEOCODE_HOUSEHOLDS.kind}'), 0)::bigint AS located,
                   count(*) FILTER (WHERE status = 'completed' AND kind = '{WEBSITE_VALIDATION.kind}') AS websites,
                   count(*) FILTER (WHERE status = 'completed' AND kind = '{COMPANY_RESEARCH.kind}') AS reports,
                   (SELECT count(*) FROM signals WHERE detected_at > now() - interval '1 day') AS signals
            FROM jobs WHERE completed_at > now() - interval '1 day' AND ($1::uuid IS NULL OR created_by = $1)""",
        [reader],
    )
    return None if rows is None else DayFigures(**rows[0])


async def has_any(conn: Connection, reader: UUID | None) -> bool:
    """Return whether there is any job that `reader` (None: an admin) may read, or any household."""
    return bool(
        await conn.fetchval(
            """SELECT EXISTS (SELECT FROM jobs WHERE $1::uuid IS NULL OR created_by = $1)
                   OR EXISTS (SELECT FROM households)""",
            reader,
        )
    )
