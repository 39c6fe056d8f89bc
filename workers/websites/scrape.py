"""Reading a business' pages one after the other and keeping what they say: what the scraping kinds share.

What was found so far goes into the checkpoint every few seconds; the last step replaces what the business had.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import orjson

from app.db.websites.contacts import NewContact, replace_contacts
from app.domain.jobs.outcomes import Failed, Outcome, Retry, Snooze
from app.domain.text.storable import storable
from app.domain.vocabulary.websites import ContactKind
from app.domain.websites.extraction import discovery
from app.domain.websites.extraction.document import Document
from app.domain.websites.extraction.findings import Evidence, Finding, merged
from providers.web import Page
from providers.web.pages import PASSING, PASSING_SECONDS
from workers.core.context import JobContext, Step
from workers.websites import page_cache
from workers.websites.page_visitor import Site, Visitor, load

#: Addresses whose domains are looked up.
MOST_LOOKED_UP = 20
#: Seconds after which what was done is committed.
COMMIT_SECONDS = 3.0
#: Findings of a kind that are kept of a business.
MOST_KEPT = 200

Found = dict[ContactKind, list[Finding]]
Extract = Callable[[Document, Site], Found]


async def scrape(context: JobContext, business_id: Any, kinds: Sequence[ContactKind], extract: Extract) -> Any:
    """Run a scraping job: its result, or how else it ends."""
    site = await load(context, business_id)
    if isinstance(site, str):
        return Failed(site)
    visitor = Visitor(context, site)
    state = _revived(context.checkpoint or {})
    if "todo" not in state:
        state = state | {"todo": [site.website], "read": [], "found": {}}
    committed = _Committed(context, state)
    while state["todo"]:
        page = await visitor.read(state["todo"][0])
        if isinstance(page, Snooze):
            await committed.commit(state | {"delays": visitor.delays})
            return page
        first = not state["read"]
        if first and not page.ok:
            return _unreadable(context, page)
        state = await _digest(page, site, state, extract, first=first)
        await committed.now_and_then(state)
    return await _keep(context, site, kinds, state, committed)


class _Committed:
    """The part of the state that is in the ledger: the rest follows now and then, for progress' sake.

    Nothing is lost with what was not committed: pages are kept by the fetcher, and reading them again costs little.
    """

    def __init__(self, context: JobContext, state: dict[str, Any]) -> None:
        self._context = context
        self._pages = len(state["read"])
        self._failed = state.get("failed", 0)
        self._at = time.monotonic()

    def count(self, step: Step, state: dict[str, Any]) -> None:
        """Have a step say what was done since the last one."""
        step.processed, step.failed = len(state["read"]) - self._pages, state.get("failed", 0) - self._failed
        step.total = len(state["read"]) + len(state["todo"])
        step.checkpoint = _storable(state)
        self._pages, self._failed, self._at = len(state["read"]), state.get("failed", 0), time.monotonic()

    async def commit(self, state: dict[str, Any]) -> None:
        if len(state["read"]) > self._pages:
            async with self._context.step() as step:
                self.count(step, state)

    async def now_and_then(self, state: dict[str, Any]) -> None:
        if time.monotonic() - self._at > COMMIT_SECONDS:
            await self.commit(state)


def _unreadable(context: JobContext, page: Page) -> Outcome:
    """The first page cannot be read: for now, or for good."""
    words = f"{page.outcome}: {page.detail}"
    if page.outcome in PASSING and context.job.attempt < context.job.max_attempts:
        return Retry(words, PASSING_SECONDS + 1)  # until then its failure is believed
    return Failed(words)


async def _digest(page: Page, site: Site, state: dict[str, Any], extract: Extract, *, first: bool) -> dict[str, Any]:
    """The state after a page: what it says, and from the first one also where to look further."""
    visited = [*state["read"], page.url]
    todo, found = state["todo"][1:], state["found"]
    if page.ok:
        says, further = await page_cache.read(
            page, lambda document: (extract(document, site), _further(document) if first else [])
        )
        known = {url.rstrip("/") for url in (*visited, *todo, page.final_url, *page.redirects)}
        todo = [*todo, *(url for url in further if url.rstrip("/") not in known)][: discovery.MOST_PAGES]
        for kind, findings in says.items():
            found = found | {kind: merged([*found.get(kind, []), *findings])}
    failed = state.get("failed", 0) + (not page.ok)
    return state | {"todo": todo, "read": visited, "found": found, "failed": failed}


def _further(document: Document) -> list[str]:
    """Frames and refreshes are the page itself; then the pages that promise contacts."""
    target = discovery.refresh(document)
    inside = [*discovery.frames(document), *([target] if target else [])]
    return [*inside, *discovery.pages(document)] or discovery.guesses(document)


def _storable(state: dict[str, Any]) -> dict[str, Any]:
    """The state as a checkpoint."""
    found = {str(kind): [asdict(one) for one in findings] for kind, findings in state["found"].items()}
    return state | {"found": found}


def _revived(stored: dict[str, Any]) -> dict[str, Any]:
    """The state of a checkpoint."""
    found = stored.get("found", {})
    return stored | {"found": {ContactKind(kind): [_finding(one) for one in found[kind]] for kind in found}}


def _finding(stored: dict[str, Any]) -> Finding:
    return Finding(**{**stored, "evidence": [Evidence(**evidence) for evidence in stored["evidence"]]})


async def _look_up_mail(context: JobContext, emails: list[Finding]) -> None:
    """Note of each address whether its domain takes mail, as far as that can be known."""
    some = emails[:MOST_LOOKED_UP]
    known = await asyncio.gather(*(context.resources.mail.takes_mail(one.value.rpartition("@")[2]) for one in some))
    for one, mx in zip(some, known, strict=True):
        one.detail["mx"] = mx


async def _keep(
    context: JobContext, site: Site, kinds: Sequence[ContactKind], state: dict[str, Any], committed: _Committed
) -> dict[str, Any] | Outcome:
    await _look_up_mail(context, state["found"].get(ContactKind.EMAIL, []))
    kept = [
        NewContact(
            kind,
            storable(one.value),
            round(one.confidence, 2),
            orjson.dumps(one.detail).decode(),
            orjson.dumps(one.evidence).decode(),
        )
        for kind in kinds
        for one in state["found"].get(kind, [])[:MOST_KEPT]
    ]
    async with context.step() as step:
        await replace_contacts(step.conn, site.id, kinds, kept)
        committed.count(step, state)
    counts = {f"{kind}s": sum(one.kind == kind for one in kept) for kind in kinds}
    return {"pages": len(state["read"]), "pagesRead": state["read"], **counts}
