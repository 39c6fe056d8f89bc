"""Who is asking for an address right now: one asker at a time over all workers, the others wait for the answer.

A claim is a courtesy with a short lease, never a lock that someone could be stuck behind: when its owner dies, it runs
out, and whoever waits asks. Claims are taken and given up in the order of their keys, in statements of their own, so
that two workers never wait for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from app.db.core.pool import Connection

LEASE = 30.0
"""Seconds."""


async def claim(conn: Connection, owner: UUID, keys: Sequence[str]) -> set[str]:
    """The keys that are now the owner's to ask for; the others are being asked for elsewhere."""
    rows = await conn.fetch(
        """INSERT INTO geocode_claims AS c (key, owner, until)
           SELECT key, $2, now() + make_interval(secs => $3) FROM unnest($1::text[]) AS key ORDER BY key
           ON CONFLICT (key) DO UPDATE SET owner = excluded.owner, until = excluded.until
           WHERE c.owner = excluded.owner OR c.until < now()
           RETURNING key""",
        list(set(keys)),
        owner,
        LEASE,
    )
    return {row["key"] for row in rows}


async def renew(conn: Connection, owner: UUID) -> None:
    await conn.execute(
        """UPDATE geocode_claims AS c SET until = now() + make_interval(secs => $2)
           FROM (SELECT key FROM geocode_claims WHERE owner = $1 ORDER BY key FOR UPDATE) AS mine
           WHERE c.key = mine.key""",
        owner,
        LEASE,
    )


async def release(conn: Connection, owner: UUID, keys: Sequence[str] | None = None) -> None:
    """Give up these claims of the owner; without keys all of them."""
    await conn.execute(
        """DELETE FROM geocode_claims AS c
           USING (SELECT key FROM geocode_claims
                  WHERE owner = $1 AND ($2::text[] IS NULL OR key = ANY($2)) ORDER BY key FOR UPDATE) AS mine
           WHERE c.key = mine.key""",
        owner,
        keys,
    )
