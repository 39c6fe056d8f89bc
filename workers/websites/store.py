"""Pages and turns in Postgres: what makes the fetchers of all workers one.

These writes are not a job's effect, so they stand outside its steps: a page that was read is read, whoever wanted it.
"""

from __future__ import annotations

import asyncio
import zlib
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from app.db import web_pages
from app.db.pool import Pool, connection
from app.domain.outcomes import storable
from providers.web.pages import PASSING, PASSING_SECONDS, Outcome, Page
from providers.web.store import TURN_SECONDS, Turn

#: Seconds between two looks at a turn that another process holds.
LOOK = 0.05
#: Characters from which packing takes long enough to be done in a thread.
LONG = 100_000

_PASSING = sorted(PASSING)

_FIELDS = ("final_url", "detail", "status", "media_type", "truncated", "elapsed_ms", "etag", "last_modified",
           "redirect_to")  # fmt: skip


class PostgresStore:
    """See `providers.web.store.Store`. Raises ServerLost while Postgres is away."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def turn(self, url: str, host: str, since: datetime) -> Page | Turn | float:
        async with connection(self._pool) as conn:
            row = await web_pages.turn(conn, url, host, since, TURN_SECONDS, _PASSING, PASSING_SECONDS)
        known = None if row["fetched_at"] is None else _page(url, row)
        if row["token"] is not None:
            return Turn(host, row["token"], known)
        if known is not None:
            return known
        # no seconds where someone took the first turn of this host in this very moment
        seconds: float = LOOK if row["seconds"] is None else row["seconds"]
        return min(seconds, LOOK) if row["held"] else seconds

    async def renew(self, turn: Turn) -> None:
        async with connection(self._pool) as conn:
            await web_pages.renew(conn, turn.host, turn.token, TURN_SECONDS)

    async def give_back(self, turn: Turn, pause: float, page: Page | None = None) -> None:
        url: str | None = None
        answer: dict[str, Any] = {}
        packed: bytes | None = None
        if page is not None:
            url, answer, packed = page.url, _answer(page), await _pack(page.html)
        async with connection(self._pool) as conn:
            await web_pages.give_back(conn, turn.host, turn.token, pause, url, answer, packed)


async def _pack(html: str) -> bytes | None:
    if not html:
        return None
    raw = storable(html).encode()
    return zlib.compress(raw, 1) if len(raw) < LONG else await asyncio.to_thread(zlib.compress, raw, 1)


def _answer(page: Page) -> dict[str, Any]:
    answer = {name: value for name in _FIELDS if (value := getattr(page, name))}
    expires = page.certificate_expires_at
    answer |= {"outcome": page.outcome} | ({"certificate_expires_at": expires} if expires else {})
    return {name: storable(value) if isinstance(value, str) else value for name, value in answer.items()}


def _page(url: str, row: asyncpg.Record) -> Page:
    answer = orjson.loads(row["answer"])
    expires = answer.pop("certificate_expires_at", None)
    return Page(
        url=url,
        fetched_at=row["fetched_at"],
        html=zlib.decompress(row["html"]).decode() if row["html"] else "",
        outcome=Outcome(answer.pop("outcome")),
        certificate_expires_at=datetime.fromisoformat(expires) if expires else None,
        final_url=answer.pop("final_url"),
        **answer,
    )
