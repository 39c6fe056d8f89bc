"""The store of pages and turns in Postgres, shared by the fetchers of all workers.

These writes are not effects of a job, so they happen outside its steps: a fetched page is kept whatever becomes of the
job that wanted it.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

import orjson

from app.db.core.coalesce import Coalescer
from app.db.core.pool import Pool, connection
from app.db.websites import page_store
from app.db.websites.page_store import AcquireResult, FinishedTurn, PageRequest, StoredPage
from app.domain.text.storable import storable
from app.domain.vocabulary.websites import WebsiteStatus
from providers.web.pages import TRANSIENT_OUTCOMES, TRANSIENT_SECONDS, Page
from providers.web.store import TURN_SECONDS, Turn

POLL_SECONDS = 0.05
"""Interval between attempts to acquire a turn that another process holds."""
MAX_INLINE_BYTES = 100_000
"""Longer pages are compressed in a thread, so that the event loop is not blocked."""

_TRANSIENT = sorted(TRANSIENT_OUTCOMES)

_FIELDS = ("final_url", "detail", "status", "media_type", "truncated", "elapsed_ms", "etag", "last_modified",
           "redirect_to", "sets_cookies")  # fmt: skip


class PostgresStore:
    """See `providers.web.store.Store`. Raises ServerLost while Postgres is away.

    Concurrent calls share one statement.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._acquire = Coalescer(self._acquire_all)
        self._release = Coalescer(self._release_all)

    async def acquire(self, url: str, host: str, since: datetime) -> Page | Turn | float:
        """See Store."""
        acquiring = self._acquire(PageRequest(host, url, since))
        try:
            result = await asyncio.shield(acquiring)
        except asyncio.CancelledError:
            acquiring.add_done_callback(partial(self._release_unwanted, host))
            raise
        page = None if result.page is None else _to_page(url, result.page)
        if result.token is not None:
            return Turn(host, result.token, page)
        if page is not None:
            return page
        if result.seconds is None or result.is_held:  # the holder may release it at any moment
            return POLL_SECONDS if result.seconds is None else min(result.seconds, POLL_SECONDS)
        return result.seconds

    async def renew(self, turn: Turn) -> None:
        """See Store."""
        async with connection(self._pool) as conn:
            await page_store.renew_turn(conn, turn.host, turn.token, turn_seconds=TURN_SECONDS)

    async def release(self, turn: Turn, pause: float, page: Page | None = None) -> None:
        """See Store."""
        if page is None:
            await self._release(FinishedTurn(turn.host, turn.token, pause))
        else:
            answer = orjson.dumps(_to_answer(page)).decode()
            html = await _compress(page.html)
            await self._release(FinishedTurn(turn.host, turn.token, pause, page.url, answer, html))

    async def _acquire_all(self, requests: Sequence[PageRequest]) -> list[AcquireResult]:
        async with connection(self._pool) as conn:
            return await page_store.acquire_turns(
                conn,
                requests,
                turn_seconds=TURN_SECONDS,
                transient_outcomes=_TRANSIENT,
                transient_seconds=TRANSIENT_SECONDS,
            )

    async def _release_all(self, finished: Sequence[FinishedTurn]) -> list[None]:
        async with connection(self._pool) as conn:
            await page_store.release_turns(conn, finished)
        return [None] * len(finished)

    def _release_unwanted(self, host: str, acquiring: asyncio.Future[AcquireResult]) -> None:
        """Release a turn whose caller was cancelled before it was acquired."""
        if acquiring.cancelled() or acquiring.exception() is not None:
            return
        if (token := acquiring.result().token) is not None:
            released = self._release(FinishedTurn(host, token, 0.0))
            released.add_done_callback(lambda future: future.cancelled() or future.exception())


async def _compress(html: str) -> bytes | None:
    if not html:
        return None
    raw = storable(html).encode()
    if len(raw) < MAX_INLINE_BYTES:
        return zlib.compress(raw, 1)
    return await asyncio.to_thread(zlib.compress, raw, 1)


def _to_answer(page: Page) -> dict[str, Any]:
    answer = {name: value for name in _FIELDS if (value := getattr(page, name))}
    expires = page.certificate_expires_at
    answer |= {"outcome": page.outcome} | ({"certificate_expires_at": expires} if expires else {})
    return {name: storable(value) if isinstance(value, str) else value for name, value in answer.items()}


def _to_page(url: str, stored: StoredPage) -> Page:
    answer = orjson.loads(stored.answer)
    expires = answer.pop("certificate_expires_at", None)
    return Page(
        url=url,
        fetched_at=stored.fetched_at,
        html=zlib.decompress(stored.html).decode() if stored.html else "",
        outcome=WebsiteStatus(answer.pop("outcome")),
        certificate_expires_at=datetime.fromisoformat(expires) if expires else None,
        final_url=answer.pop("final_url"),
        **answer,
    )
