"""Paging of lists by `limit` and `offset`, and of downloads by key."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, Field

from app.db.core.pool import Connection, Pool

Row = TypeVar("Row")
Key = TypeVar("Key")


class Paging(BaseModel):
    """The query parameters of every list."""

    limit: int = Field(default=50, ge=1, le=1000)
    offset: int = Field(default=0, ge=0, lt=2**63)


def page_of(name: str, items: Sequence[Any], total: int, paging: Paging) -> dict[str, Any]:
    """Return the body of a list response: `{name: [items of this page], "total": n, "limit": n, "offset": n}`.

    `total` counts all matching rows, not only those of this page.
    """
    return {name: items, "total": total, "limit": paging.limit, "offset": paging.offset}


async def keyset_pages(
    pool: Pool,
    read: Callable[[Connection, Key | None], Awaitable[Sequence[Row]]],
    key: Callable[[Row], Key],
    page_size: int,
) -> AsyncIterator[Sequence[Row]]:
    """Yield pages of at most `page_size` rows until one is shorter; the first page may be empty.

    `read(conn, after)` returns the rows whose key is greater than `after`, in order. Each page is a query of its own,
    so a client that downloads slowly holds neither a connection nor a transaction.
    """
    after: Key | None = None
    while True:
        async with pool.acquire() as conn:
            rows = await read(conn, after)
        yield rows
        if len(rows) < page_size:
            return
        after = key(rows[-1])
