"""Pages that were read and turns at hosts, for all fetchers of the installation."""

from __future__ import annotations

from typing import Any

import asyncpg
import orjson

from app.db.pool import Connection

KEPT_DAYS = 30
"""For conditional requests when a page is wanted again; what is older is asked for anew."""

FAST = "(SELECT set_config('synchronous_commit', 'off', true)) AS fast"
"""In these statements: what a crash of the server takes with it is read again, so their commits wait for no disk."""

TAKE = f"""
INSERT INTO web_hosts AS h (host, free_at) SELECT $1, now() + make_interval(secs => $2) FROM {FAST}
ON CONFLICT (host) DO UPDATE
SET token = h.token + 1, held = true, free_at = now() + make_interval(secs => $2) WHERE h.free_at <= now()
RETURNING token
"""

WAIT = "SELECT held, extract(epoch FROM free_at - clock_timestamp())::float8 AS seconds FROM web_hosts WHERE host = $1"

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


async def take(conn: Connection, host: str, seconds: float) -> int | None:
    """The token of the host's turn, which lasts so many seconds at most; None where it is not free."""
    token: int | None = await conn.fetchval(TAKE, host, seconds)
    return token


async def wait(conn: Connection, host: str) -> tuple[bool, float]:
    """Whether someone holds the turn, and the seconds until it is free at the latest."""
    row = await conn.fetchrow(WAIT, host)
    return (row["held"], max(row["seconds"], 0.0)) if row else (False, 0.0)


async def give_back(
    conn: Connection, host: str, token: int, pause: float, url: str | None, answer: dict[str, Any], html: bytes | None
) -> None:
    """End a turn, if it has not run out, and keep the answer to `url`, if there is one."""
    await conn.execute(GIVE_BACK, host, token, pause, url, orjson.dumps(answer).decode(), html)


async def purge(conn: Connection) -> None:
    """Forget old pages, and hosts that nobody asks any more."""
    await conn.execute(f"DELETE FROM web_pages WHERE fetched_at < now() - interval '{KEPT_DAYS} days'")
    await conn.execute(f"DELETE FROM web_hosts WHERE free_at < now() - interval '{KEPT_DAYS} days'")
