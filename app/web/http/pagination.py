"""Paging of lists by `limit` and `offset`, and of downloads by key."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from app.db.core.pages import Page
from app.db.core.pool import Connection, Pool

MAX_CURSOR_CHARACTERS = 4_000
MAX_OFFSET = 100_000
"""Postgres reads all rows that it skips: behind this many, a page is found by its cursor."""

Row = TypeVar("Row")
Key = TypeVar("Key")


def _require_near(offset: int) -> int:
    if offset > MAX_OFFSET:
        raise ValueError(
            f"must be at most {MAX_OFFSET:,}. To read further, follow the cursors: send the nextCursor of each page as"
            " `cursor`"
        )
    return offset


class Paging(BaseModel):
    """The query parameters of every list."""

    limit: int = Field(default=50, ge=1, le=1000)
    """Entries per page."""
    offset: Annotated[int, AfterValidator(_require_near)] = Field(
        default=0, ge=0, json_schema_extra={"maximum": MAX_OFFSET}
    )
    """Entries to skip. Further than this, follow the cursors."""
    fields: str | None = Field(default=None, min_length=1, max_length=1000)
    """Only these fields of each entry, with commas between, such as `id,status`; all fields by default."""


class KeysetPaging(Paging):
    """The query parameters of a list that may be long."""

    cursor: UUID | None = None
    """The `nextCursor` of the page before: unlike an offset, it does not shift when entries are added."""


class OpaqueKeysetPaging(Paging):
    """The query parameters of a long list that is not in the order of ids."""

    cursor: str | None = Field(default=None, max_length=MAX_CURSOR_CHARACTERS)
    """The `nextCursor` of the page before: unlike an offset, it does not shift when entries are added."""


def page_fields(total: int, paging: Paging) -> dict[str, int]:
    """Return the fields of a `PageModel`."""
    return {"total": total, "limit": paging.limit, "offset": paging.offset}


def keyset_fields(page: Page[Any], paging: Paging, cursor_of: Callable[[Any], object]) -> dict[str, Any]:
    """Return the fields of a `KeysetPageModel`; `cursor_of` returns the cursor of the page behind a row."""
    return {
        **page_fields(page.total.count, paging),
        "total_is_estimate": page.total.is_estimate,
        "next_cursor": str(cursor_of(page.rows[-1])) if page.has_more else None,
    }


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
