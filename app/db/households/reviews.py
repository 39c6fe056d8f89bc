"""What people decide about doubtful households."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from app.db.core.pool import Connection
from app.db.households.records import Household

Decision = Literal["accepted", "pinned", "rejected"]


async def decide(
    conn: Connection, household_id: UUID, decision: Decision, place: tuple[float, float] | None, user_id: UUID
) -> None:
    """Record a decision about a place (latitude and longitude), and take the household out of the queue."""
    latitude, longitude = place or (None, None)
    await conn.execute(
        """INSERT INTO household_reviews (household_id, decision, latitude, longitude, decided_by)
           VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (household_id) DO UPDATE SET decision = excluded.decision, latitude = excluded.latitude,
               longitude = excluded.longitude, decided_by = excluded.decided_by, at = now()""",
        household_id,
        decision,
        latitude,
        longitude,
        user_id,
    )
    await settle(conn, household_id)


async def settle(conn: Connection, household_id: UUID) -> None:
    """Take a household out of the queue: what was doubtful about it no longer holds."""
    await conn.execute("DELETE FROM household_doubts WHERE household_id = $1", household_id)


async def remove_location(conn: Connection, household: Household) -> None:
    """Remove the coordinates of a household."""
    await conn.execute(
        """UPDATE households SET latitude = NULL, longitude = NULL, geocoded = false, geocoded_at = NULL,
               geocoding_provider = NULL, accuracy = NULL, confidence = NULL, matched_address = NULL, raw_score = NULL,
               attribution = NULL, expected_error_metres = NULL, geocoded_job = NULL, updated_at = now()
           WHERE id = $1""",
        household.id,
    )
