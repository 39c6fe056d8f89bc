"""Paging of lists by `limit` and `offset`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, Field


class Paging(BaseModel):
    """The query parameters of every list."""

    limit: int = Field(default=50, ge=1, le=1000)
    offset: int = Field(default=0, ge=0, lt=2**63)


def page_of(name: str, items: Sequence[Any], total: int, paging: Paging) -> dict[str, Any]:
    """Return the body of a list response: `{name: [items of this page], "total": n, "limit": n, "offset": n}`.

    `total` counts all matching rows, not only those of this page.
    """
    return {name: items, "total": total, "limit": paging.limit, "offset": paging.offset}
