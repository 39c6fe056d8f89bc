"""Claims on addresses that are being looked up: over all workers, one job asks and the others wait for its answer.

A claim is a short lease rather than a lock. If its owner dies, the claim expires and a waiting job asks instead. Claims
are taken and released in the order of their keys, in statements of their own, so that workers never wait for each
other.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from app.db.core.pool import Connection

LEASE_SECONDS = 30.0


async def claim(conn: Connection, owner: UUID, keys: Sequence[str]) -> set[str]:
    """Claim addresses and return the keys that now belong to `owner`; the others are claimed by another job."""
    rows = await conn.fetch(
        """INSERT INTO geocode_claims AS c (key, owner, until)
           SELECT key, $2, now() + make_interval(secs => $3) FROM unnest($1::text[]) AS key ORDER BY key
           ON CONFLICT (key) DO UPDATE SET owner = excluded.owner, until = excluded.until
           WHERE c.owner = excluded.owner OR c.until < now()
           RETURNING key""",
        list(set(keys)),
        owner,
        LEASE_SECONDS,
    )
    return {row["key"] for row in rows}


async def renew(conn: Connection, owner: UUID) -> None:
    """Extend all claims of the owner by LEASE_SECONDS from now."""
    await conn.execute(
        """UPDATE geocode_claims AS c SET until = now() + make_interval(secs => $2)
           FROM (SELECT key FROM geocode_claims WHERE owner = $1 ORDER BY key FOR UPDATE) AS mine
           WHERE c.key = mine.key""",
        owner,
        LEASE_SECONDS,
    )


async def release(conn: Connection, owner: UUID, keys: Sequence[str] | None = None) -> None:
    """Release these claims of the owner, or all of them."""
    await conn.execute(
        """DELETE FROM geocode_claims AS c
           USING (SELECT key FROM geocode_claims
                  WHERE owner = $1 AND ($2::text[] IS NULL OR key = ANY($2)) ORDER BY key FOR UPDATE) AS mine
           WHERE c.key = mine.key""",
        owner,
        keys,
    )
