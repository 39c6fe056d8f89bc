"""Pages that were read and turns at hosts, for all fetchers of the installation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from app.db.core.pool import NO_WAIT, Connection

KEPT_DAYS = 30
"""For conditional requests when a page is wanted again; what is older is asked for anew."""

# What a crash of the server takes of these is asked for again, so their commits wait for no disk.
RENEW = f"""
UPDATE web_hosts SET free_at = now() + make_interval(secs => $3) FROM {NO_WAIT} WHERE host = $1 AND token = $2 AND held
"""

# Rows are locked in the order of their hosts, here and in TURNS: two workers never wait for each other crosswise.
TURNS = """
SELECT w.* FROM unnest($1::text[], $2::text[], $3::timestamptz[]) WITH ORDINALITY AS a (host, url, since, place)
CROSS JOIN LATERAL web_turn(a.url, a.host, a.since, $4, $5, $6) AS w ORDER BY a.place
"""

GIVE_BACK = f"""
WITH ended AS (
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::float8[], $4::text[], $5::jsonb[], $6::bytea[])
        AS e (host, token, pause, url, answer, html)
), kept AS (
    INSERT INTO web_pages (url, answer, html)
    SELECT DISTINCT ON (url) url, answer, html FROM ended WHERE url IS NOT NULL ORDER BY url
    ON CONFLICT (url) DO UPDATE SET fetched_at = now(), answer = excluded.answer, html = excluded.html
), locked AS MATERIALIZED (
    SELECT host FROM web_hosts WHERE host = ANY($1) ORDER BY host FOR UPDATE
)
UPDATE web_hosts AS h SET held = false, free_at = clock_timestamp() + make_interval(secs => e.pause)
FROM ended AS e JOIN locked USING (host), {NO_WAIT} WHERE h.host = e.host AND h.token = e.token AND h.held
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A page that is wanted, as it was at `since` or later."""

    host: str
    url: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """A turn that ends, nobody's next before `pause` seconds from then, and the answer that came of it, if any."""

    host: str
    token: int
    pause: float
    url: str | None = None
    answer: str | None = None
    """JSON."""
    html: bytes | None = None


async def turns(
    conn: Connection, asked: Sequence[Asked], seconds: float, passing: Sequence[str], believed: float
) -> list[asyncpg.Record]:
    """For each: a page that is known, the turn at its host for so many seconds, or why there is none.

    See migration 0010. `passing` are the outcomes that are believed for `believed` seconds only.
    """
    places = sorted(range(len(asked)), key=lambda place: asked[place].host)
    rows = await conn.fetch(
        TURNS,
        [asked[place].host for place in places],
        [asked[place].url for place in places],
        [asked[place].since for place in places],
        timedelta(seconds=seconds),
        passing,
        timedelta(seconds=believed),
    )
    found = dict(zip(places, rows, strict=True))
    return [found[place] for place in range(len(asked))]


async def renew(conn: Connection, host: str, token: int, seconds: float) -> None:
    """Hold a turn for so many seconds more, if it has not run out."""
    await conn.execute(RENEW, host, token, seconds)


async def give_back(conn: Connection, ended: Sequence[Ended]) -> None:
    """End turns, those that have not run out, and keep their answers."""
    await conn.execute(
        GIVE_BACK,
        [one.host for one in ended],
        [one.token for one in ended],
        [one.pause for one in ended],
        [one.url for one in ended],
        [one.answer for one in ended],
        [one.html for one in ended],
    )


async def purge(conn: Connection) -> None:
    """Forget old pages, and hosts that nobody asks any more."""
    await conn.execute(f"DELETE FROM web_pages WHERE fetched_at < now() - interval '{KEPT_DAYS} days'")
    await conn.execute(f"DELETE FROM web_hosts WHERE free_at < now() - interval '{KEPT_DAYS} days'")
