"""Pages that were read and turns at hosts, for all fetchers of the installation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import orjson

from app.db.pool import Connection

KEPT_DAYS = 30
"""For conditional requests when a page is wanted again; what is older is asked for anew."""

FAST = "(SELECT set_config('synchronous_commit', 'off', true)) AS fast"
"""In these statements: what a crash of the server takes with it is read again, so their commits wait for no disk."""

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


async def turn(
    conn: Connection, url: str, host: str, since: datetime, seconds: float, passing: Sequence[str], believed: float
) -> asyncpg.Record:
    """A page that is known, the turn at its host for so many seconds, or why there is none: see migration 0010.

    `passing` are the outcomes that are believed for `believed` seconds only.
    """
    row = await conn.fetchrow(
        "SELECT * FROM web_turn($1, $2, $3, $4, $5, $6)",
        url,
        host,
        since,
        timedelta(seconds=seconds),
        passing,
        timedelta(seconds=believed),
    )
    assert row is not None
    return row


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
