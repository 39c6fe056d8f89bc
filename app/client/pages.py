"""Lists that come in pages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any, Generic, TypeVar

from app.client.model import Model
from app.client.transport import Request, Transport

Page = TypeVar("Page", bound=Model)
Item = TypeVar("Item")


class Pages(Generic[Page, Item]):
    """A list: `async for item in pages` goes through all pages; `await pages.page()` returns the first one.

    Nothing is requested before. Items are read by the cursor of each page where there is one, otherwise by offset.
    """

    def __init__(
        self, transport: Transport, request: Request, type_: type[Page], items: Callable[[Page], list[Item]]
    ) -> None:
        self._transport = transport
        self._request = request
        self._type = type_
        self.items_of = items

    async def page(self) -> Page:
        """Return the page at the given `cursor` or `offset`, the first one without."""
        page: Page = await self._transport.model(self._request, self._type)
        return page

    async def pages(self) -> AsyncIterator[Page]:
        """Yield that page and all after it."""
        request = self._request
        while True:
            page = await self._transport.model(request, self._type)
            yield page
            further = self._further(page)
            if further is None:
                return
            request = replace(request, query={**request.query, **further})

    async def __aiter__(self) -> AsyncIterator[Item]:
        async for page in self.pages():
            for item in self.items_of(page):
                yield item

    def _further(self, page: Any) -> dict[str, Any] | None:
        """Return the parameters of the next page, None after the last one."""
        if "next_cursor" in type(page).model_fields:
            return None if page.next_cursor is None else {"cursor": page.next_cursor, "offset": None}
        count = len(self.items_of(page))
        following = page.offset + count
        return {"offset": following} if count and following < page.total else None
