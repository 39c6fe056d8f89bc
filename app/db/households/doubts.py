"""Households that a person should look at: the reasons that jobs find, and reading them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from app.db.core.pages import Page, count_or_estimate
from app.db.core.pool import Connection
from app.db.households.records import COLUMNS, Household
from app.domain.geocoding.doubts import DoubtReason, FoundDoubt
from app.domain.text.json_guard import load_stored_object

MIN_CLUSTER = 5
"""Addresses at one point, from which on it is suspicious."""
MIN_AREA = 20
"""Located households of a precinct or county, from which on those far from the others are told."""
SPREADS, MIN_METRES = 4.0, 2_000.0
"""A household is outside if it is farther from the middle than so many times the distance of the ninth tenth, and than
this."""

LOCAL = "local"
"""The geocoder that answers from reference data, which may be one user's."""


def _is_accepted(household_id: str) -> str:
    """Return the SQL condition that a person accepted the place that a household has."""
    return f"""EXISTS (
        SELECT FROM household_reviews AS r JOIN households AS placed ON placed.id = r.household_id
        WHERE r.household_id = {household_id} AND r.decision = 'accepted'
          AND r.latitude = placed.latitude AND r.longitude = placed.longitude)"""


_INSERT = f"""
INSERT INTO household_doubts AS d (household_id, reason, detail, job_id)
SELECT new.id, new.reason, new.detail::jsonb, $4
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS new (id, reason, detail)
JOIN households AS h ON h.id = new.id
WHERE NOT {_is_accepted("h.id")}
ON CONFLICT (household_id, reason) DO UPDATE SET detail = excluded.detail, job_id = excluded.job_id, at = now()
"""

_CLUSTERS = f"""
INSERT INTO household_doubts AS d (household_id, reason, detail, job_id)
SELECT h.id, 'cluster', jsonb_build_object('addresses', c.addresses), $1::uuid
FROM households AS h JOIN (
    SELECT latitude, longitude, count(DISTINCT lower(address)) AS addresses FROM households
    WHERE geocoded_job = $1 AND accuracy IN ('rooftop', 'interpolated')
    GROUP BY latitude, longitude HAVING count(DISTINCT lower(address)) >= {MIN_CLUSTER}
) AS c USING (latitude, longitude)
WHERE h.geocoded_job = $1 AND h.accuracy IN ('rooftop', 'interpolated') AND NOT {_is_accepted("h.id")}
ON CONFLICT (household_id, reason) DO UPDATE SET detail = excluded.detail, job_id = excluded.job_id, at = now()
"""

_OUTSIDE = f"""
WITH located AS MATERIALIZED (
    SELECT id, lower(state) AS state, lower(county) AS county, precinct_number, latitude, longitude
    FROM households WHERE geocoded_job = $1 AND accuracy IN ('rooftop', 'interpolated', 'street') AND county IS NOT NULL
), areas AS (
    SELECT state, county, NULL AS precinct, percentile_cont(0.5) WITHIN GROUP (ORDER BY latitude) AS latitude,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY longitude) AS longitude
    FROM located GROUP BY state, county HAVING count(*) >= {MIN_AREA}
    UNION ALL
    SELECT state, county, precinct_number, percentile_cont(0.5) WITHIN GROUP (ORDER BY latitude),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY longitude)
    FROM located WHERE precinct_number IS NOT NULL
    GROUP BY state, county, precinct_number HAVING count(*) >= {MIN_AREA}
), measured AS MATERIALIZED (
    SELECT l.id, a.state, a.county, a.precinct,
           111195 * sqrt((l.latitude - a.latitude) ^ 2
                         + ((l.longitude - a.longitude) * cos(radians(a.latitude))) ^ 2) AS metres
    FROM located AS l JOIN areas AS a ON a.state IS NOT DISTINCT FROM l.state AND a.county = l.county
        AND (a.precinct IS NULL OR a.precinct = l.precinct_number)
), spreads AS (
    SELECT state, county, precinct, percentile_cont(0.9) WITHIN GROUP (ORDER BY metres) AS metres
    FROM measured GROUP BY state, county, precinct
)
INSERT INTO household_doubts AS d (household_id, reason, detail, job_id)
SELECT DISTINCT ON (m.id) m.id, 'outside',
       jsonb_build_object('area', CASE WHEN m.precinct IS NULL THEN 'county' ELSE 'precinct' END,
                          'name', coalesce(m.precinct, m.county), 'metres', round(m.metres)), $1::uuid
FROM measured AS m JOIN spreads AS s ON s.state IS NOT DISTINCT FROM m.state AND s.county = m.county
    AND s.precinct IS NOT DISTINCT FROM m.precinct
WHERE m.metres > greatest({MIN_METRES}, {SPREADS} * s.metres) AND NOT {_is_accepted("m.id")}
ORDER BY m.id, m.metres DESC
ON CONFLICT (household_id, reason) DO UPDATE SET detail = excluded.detail, job_id = excluded.job_id, at = now()
"""


@dataclass(frozen=True, slots=True)
class HouseholdDoubt:
    reason: DoubtReason
    detail: dict[str, Any]
    """Without what comes from reference data, unless the reader may read the job that found it."""
    at: datetime


async def insert_of_one(conn: Connection, found: Mapping[UUID, Sequence[FoundDoubt]], job_id: UUID) -> None:
    """Store what a job found doubtful about households.

    Nothing is doubtful about a place that a person accepted.
    """
    if not found:
        return
    pairs = [(household_id, doubt) for household_id, doubts in found.items() for doubt in doubts]
    await conn.execute(
        _INSERT,
        [household_id for household_id, _ in pairs],
        [doubt.reason.value for _, doubt in pairs],
        [orjson.dumps(doubt.detail).decode() for _, doubt in pairs],
        job_id,
    )


async def finish(conn: Connection, job_id: UUID) -> dict[str, int]:
    """Find the clusters and outliers among the households that a job located; returns how many by reason.

    What earlier jobs found doubtful about these households is removed. Nothing is doubtful about a place that a person
    accepted.
    """
    await conn.execute(
        """DELETE FROM household_doubts AS d USING households AS h
           WHERE h.id = d.household_id AND h.geocoded_job = $1
             AND (d.job_id IS DISTINCT FROM $1 OR d.reason IN ('cluster', 'outside'))""",
        job_id,
    )
    found = {}
    for reason, statement in ((DoubtReason.CLUSTER, _CLUSTERS), (DoubtReason.OUTSIDE, _OUTSIDE)):
        status: str = await conn.execute(statement, job_id)
        if count := int(status.split()[-1]):
            found[reason.value] = count
    return found


async def count_by_reason(conn: Connection) -> dict[str, int]:
    """Return how many households are to be reviewed for each reason."""
    rows = await conn.fetch(
        "SELECT reason, count(*) AS households FROM household_doubts GROUP BY reason ORDER BY reason"
    )
    return {row["reason"]: row["households"] for row in rows}


async def list_doubtful(
    conn: Connection, reason: DoubtReason | None, *, after: UUID | None, limit: int, offset: int = 0
) -> Page[Household]:
    """Return a page of the households that are to be reviewed, by id."""
    condition = """EXISTS (SELECT FROM household_doubts AS d
                           WHERE d.household_id = households.id AND ($1::text IS NULL OR d.reason = $1))"""
    total = await count_or_estimate(conn, f"SELECT FROM households WHERE {condition}", [reason])
    rows = await conn.fetch(
        f"""SELECT {COLUMNS} FROM households WHERE {condition} AND ($2::uuid IS NULL OR id > $2)
            ORDER BY id LIMIT $3 OFFSET $4""",
        reason,
        after,
        limit + 1,
        offset,
    )
    return Page.of([Household(**row) for row in rows], limit, total)


async def list_of(
    conn: Connection, household_ids: Sequence[UUID], reader: UUID | None
) -> dict[UUID, list[HouseholdDoubt]]:
    """Return the doubts about these households.

    Candidates, and another place that `local` found, are from the reference data of whoever created the job, so that
    only they see them, and an administrator (`reader` None).
    """
    rows = await conn.fetch(
        f"""SELECT d.household_id, d.reason, d.at,
                  CASE WHEN $2::uuid IS NULL
                            OR EXISTS (SELECT FROM jobs WHERE id = d.job_id AND created_by = $2)
                            OR EXISTS (SELECT FROM archived_jobs WHERE id = d.job_id AND created_by = $2) THEN d.detail
                       WHEN d.reason = 'disagreement' AND d.detail ->> 'provider' = '{LOCAL}'
                           THEN d.detail - '{{found,latitude,longitude}}'::text[]
                       ELSE d.detail - 'candidates' END AS detail
           FROM household_doubts AS d
           WHERE d.household_id = ANY($1::uuid[]) ORDER BY d.household_id, d.reason""",
        household_ids,
        reader,
    )
    found: dict[UUID, list[HouseholdDoubt]] = {}
    for row in rows:
        doubt = HouseholdDoubt(DoubtReason(row["reason"]), load_stored_object(row["detail"]), row["at"])
        found.setdefault(row["household_id"], []).append(doubt)
    return found
