"""Sources of reference data: versions of files, of which one answers at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.db.core.pool import Connection

VISIBLE = "status = 'ready' AND (shared OR created_by IS NOT DISTINCT FROM {owner}::uuid)"
"""SQL over `reference_sources`: those that answer a user; for nobody, the shared ones."""


@dataclass(frozen=True, slots=True)
class NewSource:
    name: str
    kind: str
    """`points` or `parcels`."""
    country: str
    area: str | None = None
    dated: date | None = None
    licence: str | None = None
    attribution: str | None = None
    shared: bool = False


@dataclass(frozen=True, slots=True)
class ReferenceSource:
    """A source that answers. `bounds` are south, west, north and east in degrees; None for one without houses."""

    run: UUID
    """Identifies it."""
    name: str
    kind: str
    country: str
    area: str | None
    rows: int
    dated: date | None
    licence: str | None
    attribution: str | None
    shared: bool
    created_by: UUID
    completed_at: datetime
    bounds: tuple[float, float, float, float] | None
    postcodes: dict[str, int]
    """Postcode to the number of its houses; at the key "" those without one."""


async def begin(conn: Connection, run: UUID, job_id: UUID, new: NewSource) -> int:
    """Return the id of the source that a run writes, which is created by the first call. It answers nothing yet.

    Its owner is the creator of the job.
    """
    await conn.execute(
        """INSERT INTO reference_sources (name, kind, created_by, shared, run, job_id, country, area, dated, licence,
                                          attribution)
           SELECT $3, $4, j.created_by, $5, $1, $2, $6, $7, $8, $9, $10 FROM jobs AS j WHERE j.id = $2
           ON CONFLICT (run) DO NOTHING""",
        run,
        job_id,
        new.name,
        new.kind,
        new.shared,
        new.country,
        new.area,
        new.dated,
        new.licence,
        new.attribution,
    )
    source_id: int = await conn.fetchval("SELECT id FROM reference_sources WHERE run = $1", run)
    return source_id


async def find_loading(conn: Connection, job_id: UUID) -> int | None:
    """Return the id of the source that a job is loading, None if there is none."""
    source_id: int | None = await conn.fetchval(
        "SELECT id FROM reference_sources WHERE job_id = $1 AND status = 'loading' ORDER BY id DESC LIMIT 1", job_id
    )
    return source_id


async def publish(conn: Connection, source_id: int) -> int:
    """Let a loaded source answer, and in the same transaction none of its earlier versions.

    Versions have the same name and owner, or the same name and are shared. Returns how many were replaced.
    """
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended('reference_sources', 0))")
    replaced: str = await conn.execute(
        """UPDATE reference_sources AS old SET status = 'removed'
           FROM reference_sources AS new
           WHERE new.id = $1 AND old.id <> new.id AND old.status = 'ready' AND old.name = new.name
             AND (old.created_by = new.created_by OR old.shared AND new.shared)""",
        source_id,
    )
    await conn.execute(
        """UPDATE reference_sources SET status = 'ready', completed_at = now(),
               rows = (SELECT coalesce(sum(points), 0) FROM reference_coverage WHERE source_id = $1)
           WHERE id = $1 AND status = 'loading'""",
        source_id,
    )
    return int(replaced.split()[-1])


async def is_ready(conn: Connection) -> bool:
    """Whether any source answers anybody."""
    return bool(await conn.fetchval("SELECT EXISTS (SELECT FROM reference_sources WHERE status = 'ready')"))


_LIST = f"""
SELECT s.run, s.name, s.kind, s.country, s.area, s.rows, s.dated, s.licence, s.attribution, s.shared, s.created_by,
       s.completed_at, c.south, c.west, c.north, c.east, c.postcodes, c.points
FROM reference_sources AS s LEFT JOIN LATERAL (
    SELECT min(south) AS south, min(west) AS west, max(north) AS north, max(east) AS east,
           array_agg(postcode ORDER BY postcode) AS postcodes, array_agg(points ORDER BY postcode) AS points
    FROM reference_coverage AS c WHERE c.source_id = s.id
) AS c ON true
WHERE ({VISIBLE.format(owner="$1")} OR status = 'ready' AND $2) AND ($3::uuid IS NULL OR s.run = $3)
ORDER BY s.name, s.id
"""


async def list_visible(
    conn: Connection, user_id: UUID, *, all_users: bool, run: UUID | None = None
) -> list[ReferenceSource]:
    """Return the sources that answer a user, or with `all_users` anybody, by name; only that of `run` if given."""
    return [
        ReferenceSource(
            row["run"], row["name"], row["kind"], row["country"], row["area"], row["rows"], row["dated"],
            row["licence"], row["attribution"], row["shared"], row["created_by"], row["completed_at"],
            None if row["south"] is None else
            (row["south"] / 1e7, row["west"] / 1e7, row["north"] / 1e7, row["east"] / 1e7),
            dict(zip(row["postcodes"] or (), row["points"] or (), strict=True)),
        )
        for row in await conn.fetch(_LIST, user_id, all_users, run)
    ]  # fmt: skip


async def remove(conn: Connection, run: UUID, user_id: UUID, *, all_users: bool) -> bool:
    """Let a source of this user, or with `all_users` of anybody, no longer answer. Returns whether there was one.

    What it has is deleted by `delete_removed`.
    """
    status: str = await conn.execute(
        """UPDATE reference_sources SET status = 'removed'
           WHERE run = $1 AND status = 'ready' AND (created_by = $2 OR $3)""",
        run,
        user_id,
        all_users,
    )
    return status != "UPDATE 0"


_ABANDONED = """
SELECT s.run FROM reference_sources AS s LEFT JOIN jobs AS j ON j.id = s.job_id
WHERE s.status = 'loading' AND s.created_at < now() - interval '1 minute'
  AND (j.id IS NULL OR j.status NOT IN ('pending', 'processing'))
"""


async def abandon_unfinished(conn: Connection) -> None:
    """Remove the sources of imports that ended before they were complete. A retry of such an import begins anew."""
    runs: Sequence[UUID] = [row["run"] for row in await conn.fetch(_ABANDONED)]
    if runs:
        await conn.execute("UPDATE reference_sources SET status = 'removed' WHERE run = ANY($1::uuid[])", runs)
        await conn.execute(
            "UPDATE import_runs SET undone_at = coalesce(undone_at, now()) WHERE run = ANY($1::uuid[])", runs
        )


_DELETE_POINTS = """
WITH doomed AS (
    SELECT t.id FROM reference_streets AS t JOIN reference_sources AS s ON s.id = t.source_id
    WHERE s.status = 'removed' LIMIT $1
), points AS (
    DELETE FROM reference_points USING doomed WHERE street_id = doomed.id
), stretches AS (
    DELETE FROM reference_stretches USING doomed WHERE street_id = doomed.id
)
DELETE FROM reference_streets AS t USING doomed WHERE t.id = doomed.id
"""


async def delete_removed(conn: Connection, streets: int) -> int:
    """Delete up to `streets` streets of removed sources, with their houses; the sources after their last street.

    Returns the number of streets; 0 when nothing is left.
    """
    status: str = await conn.execute(_DELETE_POINTS, streets)
    deleted = int(status.split()[-1])
    if not deleted:
        await conn.execute(
            """WITH doomed AS (SELECT id FROM reference_sources WHERE status = 'removed' FOR UPDATE SKIP LOCKED),
                    coverage AS (DELETE FROM reference_coverage USING doomed WHERE source_id = doomed.id)
               SELECT count(*) FROM doomed"""
        )
        await conn.execute(
            """DELETE FROM reference_sources AS s
               WHERE s.status = 'removed' AND NOT EXISTS (SELECT FROM reference_streets WHERE source_id = s.id)
                 AND NOT EXISTS (SELECT FROM reference_coverage WHERE source_id = s.id)"""
        )
    return deleted
