"""Pages, parsed for whoever looks at them: the jobs of a business that run side by side look at the same ones."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from app.domain.websites.extraction.document import Document
from providers.web import Page
from workers.core.process_tuning import return_free_memory

T = TypeVar("T")

#: Pages that are kept, and characters of HTML from which one is not: a parsed page takes some ten times as much. Long
#: ones are read in a thread instead, each by itself, since a tree is for one thread.
MOST, LONG = 64, 30_000
#: Threads for that: one page made to hurt takes fifty megabytes while it is read.
THREADS = 1

_parsed: OrderedDict[tuple[str, int], Document] = OrderedDict()
_threads = ThreadPoolExecutor(THREADS, "pages")


async def read(page: Page, look: Callable[[Document], T]) -> T:
    """What `look` sees in the page."""
    if len(page.html) <= LONG:
        return look(_kept(page))

    def read() -> T:
        try:
            return look(Document(page.html, page.final_url))
        finally:
            return_free_memory()

    return await asyncio.get_running_loop().run_in_executor(_threads, read)


def _kept(page: Page) -> Document:
    """The page, parsed now or before."""
    key = page.final_url, hash(page.html)
    found = _parsed.get(key)
    if found is None:
        found = _parsed[key] = Document(page.html, page.final_url)
        if len(_parsed) > MOST:
            _parsed.popitem(last=False)
    return found
