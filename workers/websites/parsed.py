"""The last pages, parsed: the jobs of a business that run side by side look at the same ones."""

from __future__ import annotations

from collections import OrderedDict

from app.domain.extraction.document import Document
from providers.web import Page

#: Pages that are kept, and characters of HTML from which one is not: a parsed page takes some ten times as much.
MOST, LONG = 64, 50_000

_parsed: OrderedDict[tuple[str, int], Document] = OrderedDict()


def document(page: Page) -> Document:
    """The page, parsed now or before."""
    if len(page.html) > LONG:
        return Document(page.html, page.final_url)
    key = page.final_url, hash(page.html)
    found = _parsed.get(key)
    if found is None:
        found = _parsed[key] = Document(page.html, page.final_url)
        if len(_parsed) > MOST:
            _parsed.popitem(last=False)
    return found
