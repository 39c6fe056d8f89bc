"""Pages and turns in Postgres: what makes the fetchers of all workers one.

These writes are not a job's effect, so they stand outside its steps: a page that was read is read, whoever wanted it.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

import asyncpg
import orjson

from app.db.core.coalesce import Together
from app.db.core.pool import Pool, connection
from app.db.websites import pages
from app.db.websites.pages import Asked, Ended
from app.domain.text.storable import storable
from app.domain.vocabulary.websites import WebsiteStatus
from providers.web.pages import PASSING, PASSING_SECONDS, Page
from providers.web.store import TURN_SECONDS, Turn

#: Seconds between two looks at a turn that another process holds.
LOOK = 0.05
#: Characters from which packing takes long enough to be done in a thread.
LONG = 100_000

_PASSING = sorted(PASSING)

_FIELDS = ("final_url", "detail", "status", "media_type", "truncated", "elapsed_ms", "etag", "last_modified",
           "redirect_to")  # fmt: skip


class PostgresStore:
    """See `providers.web.store.Store`. Raises ServerLost while Postgres is away.

    What many jobs ask at the same time goes in one statement.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._turns = Together(self._take)
        self._ends = Together(self._end)

    async def turn(self, url: str, host: str, since: datetime) -> Page | Turn | float:
        answer = self._turns(Asked(host, url, since))
        try:
            row = await asyncio.shield(answer)
        except asyncio.CancelledError:
            answer.add_done_callback(partial(self._unwanted, host))
            raise
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
            await pages.renew(conn, turn.host, turn.token, TURN_SECONDS)

    async def give_back(self, turn: Turn, pause: float, page: Page | None = None) -> None:
        if page is None:
            await self._ends(Ended(turn.host, turn.token, pause))
        else:
            answer = orjson.dumps(_answer(page)).decode()
            await self._ends(Ended(turn.host, turn.token, pause, page.url, answer, await _pack(page.html)))

    async def _take(self, asked: Sequence[Asked]) -> list[asyncpg.Record]:
        async with connection(self._pool) as conn:
            return await pages.turns(conn, asked, TURN_SECONDS, _PASSING, PASSING_SECONDS)

    async def _end(self, ended: Sequence[Ended]) -> list[None]:
        async with connection(self._pool) as conn:
            await pages.give_back(conn, ended)
        return [None] * len(ended)

    def _unwanted(self, host: str, answer: asyncio.Future[asyncpg.Record]) -> None:
        """Give back a turn whose taker was cancelled before it came."""
        if answer.cancelled() or answer.exception() is not None:
            return
        if (token := answer.result()["token"]) is not None:
            self._ends(Ended(host, token, 0.0)).add_done_callback(lambda end: end.cancelled() or end.exception())


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
        outcome=WebsiteStatus(answer.pop("outcome")),
        certificate_expires_at=datetime.fromisoformat(expires) if expires else None,
        final_url=answer.pop("final_url"),
        **answer,
    )
