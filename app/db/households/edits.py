"""Correcting a household by hand, with a record of what it was before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.db.core import audit
from app.db.core.pool import Connection
from app.db.households.records import COLUMNS, Household
from app.domain.geocoding.places import GeocodedPlace
from app.domain.households.edits import EDITABLE, MOVING
from app.domain.households.input import NewHousehold
from app.domain.text.json_guard import load_stored_object

MAX_CHANGES = 50
EDITED, PLACED = "HOUSEHOLD_EDITED", "HOUSEHOLD_PLACED"
"""Actions in the audit log, whose details name the household and have its values before and after."""


@dataclass(frozen=True, slots=True)
class HouseholdChange:
    """A correction by a person."""

    at: datetime
    action: str
    by: str | None
    """Email address."""
    before: dict[str, Any]
    after: dict[str, Any]
    """By field; only what changed."""


async def lock(conn: Connection, household_id: UUID) -> Household | None:
    """Return the household, locked until the end of the transaction; None if there is none."""
    row = await conn.fetchrow(f"SELECT {COLUMNS} FROM households WHERE id = $1 FOR UPDATE", household_id)
    return Household(**row) if row else None


async def update_address(conn: Connection, old: Household, new: NewHousehold, user_id: UUID) -> bool:
    """Store a corrected address, and return whether the household lost its coordinates because it moved."""
    changed = [name for name in EDITABLE if getattr(old, name) != getattr(new, name)]
    if not changed:
        return False
    await conn.execute(
        """UPDATE households SET address = $2, unit = $3, city = $4, state = $5, zip_code = $6, country = $7,
               county = $8, precinct_number = $9, updated_at = now() WHERE id = $1""",
        old.id,
        new.address,
        new.unit,
        new.city,
        new.state,
        new.zip_code,
        new.country,
        new.county,
        new.precinct_number,
    )
    before = {name: getattr(old, name) for name in changed}
    after = {name: getattr(new, name) for name in changed}
    is_moved = old.geocoded and any(name in MOVING for name in changed)
    if is_moved:
        before |= _location(old)
        await conn.execute(
            """UPDATE households SET latitude = NULL, longitude = NULL, geocoded = false, geocoded_at = NULL,
                   geocoding_provider = NULL, accuracy = NULL, confidence = NULL, matched_address = NULL,
                   raw_score = NULL, attribution = NULL, expected_error_metres = NULL, geocoded_job = NULL
               WHERE id = $1""",
            old.id,
        )
    await _record(conn, EDITED, old.id, before, after, user_id)
    return is_moved


async def update_location(conn: Connection, old: Household, place: GeocodedPlace, user_id: UUID) -> None:
    """Store the coordinates that a person chose."""
    await conn.execute(
        """UPDATE households SET latitude = $2, longitude = $3, geocoded = true, geocoded_at = now(),
               geocoding_provider = $4, accuracy = $5, confidence = $6, matched_address = $7, raw_score = $8,
               attribution = $9, expected_error_metres = $10, geocoded_job = NULL, updated_at = now() WHERE id = $1""",
        old.id,
        place.latitude,
        place.longitude,
        place.provider,
        place.accuracy,
        place.confidence,
        place.matched_address or None,
        place.raw_score,
        place.attribution,
        place.expected_error_metres,
    )
    after = {"latitude": place.latitude, "longitude": place.longitude, "provider": place.provider}
    await _record(conn, PLACED, old.id, _location(old), after, user_id)


def _location(household: Household) -> dict[str, Any]:
    if household.latitude is None:
        return {}
    return {
        "latitude": household.latitude,
        "longitude": household.longitude,
        "provider": household.geocoding_provider,
    }


async def _record(
    conn: Connection,
    action: str,
    household_id: UUID,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    user_id: UUID,
) -> None:
    details = {"householdId": str(household_id), "before": before, "after": after}
    await audit.record(conn, action, details, user_id=user_id)


async def list_changes(conn: Connection, household_id: UUID) -> list[HouseholdChange]:
    """Return the corrections of a household by people, the latest first."""
    rows = await conn.fetch(
        """SELECT a.at, a.action, a.details, u.email FROM audit_log AS a LEFT JOIN users AS u ON u.id = a.user_id
           WHERE a.details ->> 'householdId' = $1 ORDER BY a.id DESC LIMIT $2""",
        str(household_id),
        MAX_CHANGES,
    )
    found = [(row, load_stored_object(row["details"])) for row in rows]
    return [
        HouseholdChange(row["at"], row["action"], row["email"], details["before"], details["after"])
        for row, details in found
    ]
