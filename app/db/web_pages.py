"""Pages that were read and turns at hosts, for all fetchers of the installation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson

from app.db.pool import Connection

KEPT_DAYS = 30
"""For conditional requests when a page is wanted again; what is older is asked for anew."""

FAST = "(SELECT set_config('synchronous_commit', 'off', true)) AS fast"
"""In these statements: what a crash of the server takes with it is read again, so their commits wait for no disk."""

TAKE = f"""
WITH turn AS (
    INSERT INTO web_hosts AS h (host, free_at) SELECT $1, now() + make_interval(secs => $2) FROM {FAST}
    ON CONFLICT (host) DO UPDATE
    SET token = h.token + 1, held = true, free_at = now() + make_interval(secs => $2) WHERE h.free_at <= now()
    RETURNING token
)
SELECT token, false AS held, 0.0::float8 AS seconds FROM turn
UNION ALL
SELECT NULL, held, extract(epoch FROM free_at - clock_timestamp())::float8 FROM web_hosts
WHERE host = $1 AND NOT EXISTS (SELECT FROM turn)
"""

RENEW = f"""
UPDATE web_hosts SET free_at = now() + make_interval(secs => $3) FROM {FAST} WHERE host = $1 AND token = $2 AND held
"""

GIVE_BACK = f"""
WITH kept AS (
    INSERT INTO web_pages (url, answer, html) SELECT $4, $5, $6 WHERE $4::text IS NOT NULL
    ON CONFLICT (url) DO UPDATE SET fetched_at = now(), answer = excluded.answer, html = excluded.html
)
UPDATE web_hosts SET held = false, free_at = clock_timestamp() + make_interval(secs => $3)
FROM {FAST} WHERE host = $1 AND token = $2 AND held
"""


async def find(conn: Connection, url: str) -> asyncpg.Record | None:
    return await conn.fetchrow("SELECT fetched_at, answer, html FROM web_pages WHERE url = $1", url)


@dataclass(frozen=True)
class Taken:
    """The token of a turn; or None, with whether someone has it, and the seconds until it is free at the latest."""

    token: int | None
    held: bool
    seconds: float


async def take(conn: Connection, host: str, seconds: float) -> Taken:
    """The host's turn, for so many seconds at most, if it is free."""
    row = await conn.fetchrow(TAKE, host, seconds)
    if row is None:  # someone took the first turn of this host in this very moment
        return Taken(None, True, seconds)
    return Taken(row["token"], row["held"], max(row["seconds"], 0.0))


async def renew(conn: Connection, host: str, token: int, seconds: float) -> None:
    """Hold a turn for so many seconds more, if it has not run out."""
    await conn.execute(RENEW, host, token, seconds)


async def give_back(
    conn: Connection, host: str, token: int, pause: float, url: str | None, answer: dict[str, Any], html: bytes | None
) -> None:
    """End a turn, if it has not run out, and keep the answer to `url`, if there is one."""
    await conn.execute(GIVE_BACK, host, token, pause, url, orjson.dumps(answer).decode(), html)


async def purge(conn: Connection) -> None:
    """Forget old pages, and hosts that nobody asks any more."""
    await conn.execute(f"DELETE FROM web_pages WHERE fetched_at < now() - interval '{KEPT_DAYS} days'")
    await conn.execute(f"DELETE FROM web_hosts WHERE free_at < now() - interval '{KEPT_DAYS} days'")
