"""Fetched pages, and the turns of hosts, shared by the fetchers of all workers.

A turn is the right to send one request to a host. A fetcher that holds it renews it until it releases it, together
with the page that it fetched; nobody else sends a request to this host meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.db.core.pool import NO_WAIT, Connection

MAX_AGE_DAYS = 30
"""Older pages are deleted: they are of no use for conditional requests any more."""

# A crash of the database server may lose these rows: the page is fetched again. So no commit here waits for the disk.
RENEW = f"""
UPDATE web_hosts SET free_at = now() + make_interval(secs => $3) FROM {NO_WAIT} WHERE host = $1 AND token = $2 AND held
"""

# Both statements lock rows in the order of their hosts, so that two workers never wait for each other.
ACQUIRE = """
SELECT w.* FROM unnest($1::text[], $2::text[], $3::timestamptz[]) WITH ORDINALITY AS a (host, url, since, place)
CROSS JOIN LATERAL web_turn(a.url, a.host, a.since, $4, $5, $6) AS w ORDER BY a.place
"""

RELEASE = f"""
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
class PageRequest:
    """A request for a page as it was at `since` or later, or else for the turn of its host."""

    host: str
    url: str
    since: datetime


@dataclass(frozen=True, slots=True)
class StoredPage:
    fetched_at: datetime
    answer: str
    """JSON text: all of the page but its HTML."""
    html: bytes | None
    """Compressed; None if there is none."""


@dataclass(frozen=True, slots=True)
class AcquireResult:
    """A page, or a turn, or the time until the turn may be free."""

    page: StoredPage | None
    """Fetched at `since` or later; with a token, the page as it was fetched before."""
    token: int | None
    """The token of the turn, if it was acquired."""
    is_held: bool
    """Whether another fetcher has the turn; otherwise the pause after its last request is not over."""
    seconds: float | None
    """Time until the turn is free at the latest; None if another fetcher acquired the host's first turn just now."""


@dataclass(frozen=True, slots=True)
class FinishedTurn:
    """A turn to release, and the page that was fetched, if any."""

    host: str
    token: int
    pause: float
    """Seconds from now in which no request is sent to the host."""
    url: str | None = None
    answer: str | None = None
    """JSON text."""
    html: bytes | None = None


async def acquire_turns(
    conn: Connection,
    requests: Sequence[PageRequest],
    *,
    turn_seconds: float,
    transient_outcomes: Sequence[str],
    transient_seconds: float,
) -> list[AcquireResult]:
    """For each request, in order, find the page, or else acquire the turn of its host for `turn_seconds`.

    Pages with one of `transient_outcomes` count for `transient_seconds` only. See the function `web_turn` (migration
    0010), which does both in one trip.
    """
    by_host = sorted(range(len(requests)), key=lambda i: requests[i].host)
    rows = await conn.fetch(
        ACQUIRE,
        [requests[i].host for i in by_host],
        [requests[i].url for i in by_host],
        [requests[i].since for i in by_host],
        timedelta(seconds=turn_seconds),
        transient_outcomes,
        timedelta(seconds=transient_seconds),
    )
    results = {
        i: AcquireResult(
            page=None if row["fetched_at"] is None else StoredPage(row["fetched_at"], row["answer"], row["html"]),
            token=row["token"],
            is_held=bool(row["held"]),
            seconds=row["seconds"],
        )
        for i, row in zip(by_host, rows, strict=True)
    }
    return [results[i] for i in range(len(requests))]


async def renew_turn(conn: Connection, host: str, token: int, *, turn_seconds: float) -> None:
    """Keep a turn for `turn_seconds` from now, unless it has expired."""
    await conn.execute(RENEW, host, token, turn_seconds)


async def release_turns(conn: Connection, finished: Sequence[FinishedTurn]) -> None:
    """Store the fetched pages, and release the turns that have not expired."""
    await conn.execute(
        RELEASE,
        [turn.host for turn in finished],
        [turn.token for turn in finished],
        [turn.pause for turn in finished],
        [turn.url for turn in finished],
        [turn.answer for turn in finished],
        [turn.html for turn in finished],
    )


async def purge_pages(conn: Connection) -> None:
    """Delete old pages, and hosts that were not visited for as long."""
    await conn.execute(f"DELETE FROM web_pages WHERE fetched_at < now() - interval '{MAX_AGE_DAYS} days'")
    await conn.execute(f"DELETE FROM web_hosts WHERE free_at < now() - interval '{MAX_AGE_DAYS} days'")
