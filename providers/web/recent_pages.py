"""The pages that were fetched last, in memory."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from weakref import WeakValueDictionary

from providers.web.pages import Page

MAX_PAGES = 1_000
MAX_CHARACTERS = 4_000_000
"""Length of the HTML of all pages together."""


class RecentPages:
    """Caches the last pages, so that the jobs of a business that run at the same time do not all ask the store.

    The page that was used longest ago is dropped first.
    """

    def __init__(self) -> None:
        self._pages: OrderedDict[str, Page] = OrderedDict()
        self._in_use: WeakValueDictionary[str, Page] = WeakValueDictionary()
        """Pages that are referenced elsewhere take no memory here, so they are found too, however long they are."""
        self._characters = 0

    def get(self, url: str, since: datetime) -> Page | None:
        """Return the page if it was fetched at `since` or later."""
        page = self._in_use.get(url)
        if page is None or not page.is_fresh(since):
            return None
        if url in self._pages:
            self._pages.move_to_end(url)
        return page

    def add(self, page: Page) -> None:
        """Add a page, and drop the oldest ones beyond the limits."""
        if (before := self._pages.pop(page.url, None)) is not None:
            self._characters -= len(before.html)
        self._pages[page.url] = self._in_use[page.url] = page
        self._characters += len(page.html)
        while self._characters > MAX_CHARACTERS or len(self._pages) > MAX_PAGES:
            _, oldest = self._pages.popitem(last=False)
            self._characters -= len(oldest.html)
