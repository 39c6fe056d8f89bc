"""Parsed pages, shared by the jobs of a business that run at the same time."""

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

MAX_CACHED_PAGES = 64
MAX_INLINE_CHARACTERS = 30_000
"""Maximum length of HTML that is parsed in the event loop. Longer pages are parsed in a thread and not cached: parsed,
a page takes some ten times its size, and a parsed tree must stay in the thread that built it."""
THREADS = 1
"""Threads for long pages: a hostile page may take fifty megabytes while it is parsed."""

_documents: OrderedDict[tuple[str, int], Document] = OrderedDict()
_threads = ThreadPoolExecutor(THREADS, "pages")


async def analyse(page: Page, analysis: Callable[[Document], T]) -> T:
    """Parse the page, or use the cached document, and return the result of `analysis`; long pages in a thread."""
    if len(page.html) <= MAX_INLINE_CHARACTERS:
        return analysis(_document(page))

    def parse_and_analyse() -> T:
        try:
            return analysis(Document(page.html, page.final_url))
        finally:
            return_free_memory()

    return await asyncio.get_running_loop().run_in_executor(_threads, parse_and_analyse)


def _document(page: Page) -> Document:
    key = page.final_url, hash(page.html)
    document = _documents.get(key)
    if document is None:
        document = _documents[key] = Document(page.html, page.final_url)
        if len(_documents) > MAX_CACHED_PAGES:
            _documents.popitem(last=False)
    return document
