"""The common part of the scraping kinds: visit the pages of a business one by one and store the contacts they show.

Findings so far go into the checkpoint every few seconds; the last step replaces the stored contacts.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import orjson

from app.db.websites.contacts import NewContact, replace_contacts
from app.domain.jobs.outcomes import Failed, Outcome, Retry, Snooze
from app.domain.text.storable import storable
from app.domain.vocabulary.websites import ContactKind
from app.domain.websites.extraction import discovery
from app.domain.websites.extraction.document import Document
from app.domain.websites.extraction.findings import Evidence, Finding, merge_findings
from app.domain.websites.site_status import SiteStatus, find_site_status
from providers.web import Page
from providers.web.pages import TRANSIENT_OUTCOMES, TRANSIENT_SECONDS
from workers.core.context import JobContext, Step
from workers.websites import page_cache
from workers.websites.page_visitor import PageVisitor, Site, load_site

MAX_MX_LOOKUPS = 20
"""Domains of e-mail addresses looked up per business."""
CHECKPOINT_SECONDS = 3.0
"""Interval at which progress is committed."""
MAX_CONTACTS = 200
"""Stored per business and kind."""

FindingsByKind = dict[ContactKind, list[Finding]]
Extract = Callable[[Document, Site], FindingsByKind]


async def scrape(
    context: JobContext,
    business_id: UUID,
    kinds: Sequence[ContactKind],
    extract: Extract,
    of_url: Callable[[str], FindingsByKind] = lambda url: {},
) -> dict[str, Any] | Outcome:
    """Run a scraping job: `extract` returns the contacts of `kinds` that a page shows, `of_url` those that the URL is.

    A website that cannot be read fails the job, unless its URL is a contact itself.
    """
    site = await load_site(context, business_id)
    if isinstance(site, str):
        return Failed(site)
    visitor = PageVisitor(context, site)
    state = _from_checkpoint(context.checkpoint or {})
    if "todo" not in state:
        state = state | {"todo": [site.website], "read": [], "found": of_url(site.website)}
    progress = _Progress(context, state)
    while state["todo"]:
        is_first = not state["read"]
        reading = _read_first(visitor, site, extract) if is_first else _read(visitor, state["todo"][0], site, extract)
        read = await reading
        if isinstance(read, Snooze):
            await progress.commit(state | {"delays": visitor.delays})
            return read
        page, content = read
        failure = _why_unusable(context, page, content) if is_first else None
        if failure is not None and not any(state["found"].values()):
            return failure
        state = _add_page(page, content, state)
        await progress.commit_if_due(state)
    return await _store(context, site, kinds, state, progress)


class _Progress:
    """Commits the progress of a job now and then.

    Progress that was not committed costs little: the pages are in the fetcher's store.
    """

    def __init__(self, context: JobContext, state: dict[str, Any]) -> None:
        self._context = context
        self._pages = len(state["read"])
        self._failed = state.get("failed", 0)
        self._committed_at = time.monotonic()

    def fill(self, step: Step, state: dict[str, Any]) -> None:
        """Set the counters and the checkpoint of a step to what was done since the last one."""
        step.processed, step.failed = len(state["read"]) - self._pages, state.get("failed", 0) - self._failed
        step.total = len(state["read"]) + len(state["todo"])
        step.checkpoint = _to_checkpoint(state)
        self._pages, self._failed = len(state["read"]), state.get("failed", 0)
        self._committed_at = time.monotonic()

    async def commit(self, state: dict[str, Any]) -> None:
        """Commit the progress, if there is any."""
        if len(state["read"]) > self._pages:
            async with self._context.step() as step:
                self.fill(step, state)

    async def commit_if_due(self, state: dict[str, Any]) -> None:
        """Commit the progress if the last commit was more than CHECKPOINT_SECONDS ago."""
        if time.monotonic() - self._committed_at > CHECKPOINT_SECONDS:
            await self.commit(state)


@dataclass(frozen=True)
class _Content:
    """The content of a page."""

    status: SiteStatus
    """Of the site, if this is the first page."""
    found: FindingsByKind
    links: list[str]
    """Further pages to visit, if this is the first page."""


async def _read_first(visitor: PageVisitor, site: Site, extract: Extract) -> tuple[Page, _Content | None] | Snooze:
    """Return the first page, or if that cannot be read the page that leads to it by itself."""

    def analysis(document: Document) -> _Content:
        status = find_site_status(document, site.website, site.name)
        if not status.is_own:
            return _Content(status, {}, [])
        return _Content(status, extract(document, site), _further_pages(document))

    pages = await visitor.fetch_first(analysis)
    if isinstance(pages, Snooze):
        return pages
    return next((read for read in reversed(pages) if read[1] is not None), pages[-1])


async def _read(visitor: PageVisitor, url: str, site: Site, extract: Extract) -> tuple[Page, _Content | None] | Snooze:
    page = await visitor.fetch(url)
    if isinstance(page, Snooze) or not page.ok:
        return page if isinstance(page, Snooze) else (page, None)
    found = await page_cache.analyse(page, lambda document: extract(document, site))
    return page, _Content(SiteStatus(page.outcome), found, [])


def _why_unusable(context: JobContext, page: Page, content: _Content | None) -> Outcome | None:
    """Return the outcome of the job if the first page cannot be read, or is not the business's; None if it is."""
    found = content.status if content is not None else SiteStatus(page.outcome, page.detail, is_own=False)
    if found.is_own:
        return None
    error = f"{found.status}: {found.detail}"
    if found.status in TRANSIENT_OUTCOMES and context.job.attempt < context.job.max_attempts:
        return Retry(error, TRANSIENT_SECONDS + 1)  # before that, the fetcher returns the stored failure
    return Failed(error)


def _add_page(page: Page, content: _Content | None, state: dict[str, Any]) -> dict[str, Any]:
    """Return the state after a page: with its findings and, for the first page, the further pages to visit."""
    visited = [*state["read"], page.url]
    todo, found = state["todo"][1:], state["found"]
    if content is not None:
        known = {url.rstrip("/") for url in (*visited, *todo, page.final_url, *page.redirects)}
        todo = [*todo, *(url for url in content.links if url.rstrip("/") not in known)][: discovery.MAX_PAGES]
        for kind, findings in content.found.items():
            found = found | {kind: merge_findings([*found.get(kind, []), *findings])}
    failed = state.get("failed", 0) + (content is None)
    return state | {"todo": todo, "read": visited, "found": found, "failed": failed}


def _further_pages(document: Document) -> list[str]:
    """Return the frames of the first page, then the pages likely to have contacts."""
    parts = discovery.find_frames(document)
    return [*parts, *discovery.find_contact_pages(document)] or discovery.guess_contact_pages(document)


def _to_checkpoint(state: dict[str, Any]) -> dict[str, Any]:
    found = {str(kind): [asdict(finding) for finding in findings] for kind, findings in state["found"].items()}
    return state | {"found": found}


def _from_checkpoint(checkpoint: dict[str, Any]) -> dict[str, Any]:
    found = checkpoint.get("found", {})
    return checkpoint | {"found": {ContactKind(kind): [_to_finding(entry) for entry in found[kind]] for kind in found}}


def _to_finding(entry: dict[str, Any]) -> Finding:
    return Finding(**{**entry, "evidence": [Evidence(**evidence) for evidence in entry["evidence"]]})


async def _look_up_mx(context: JobContext, emails: Sequence[Finding]) -> None:
    """Add to the detail of each address whether its domain accepts mail, as far as that can be found out."""
    looked_up = emails[:MAX_MX_LOOKUPS]
    domains = [finding.value.rpartition("@")[2] for finding in looked_up]
    results = await asyncio.gather(*(context.resources.mail.accepts_mail(domain) for domain in domains))
    for finding, accepts in zip(looked_up, results, strict=True):
        finding.detail["mx"] = accepts


async def _store(
    context: JobContext, site: Site, kinds: Sequence[ContactKind], state: dict[str, Any], progress: _Progress
) -> dict[str, Any] | Outcome:
    await _look_up_mx(context, state["found"].get(ContactKind.EMAIL, []))
    contacts = [
        NewContact(
            kind=kind,
            value=storable(finding.value),
            confidence=round(finding.confidence, 2),
            detail=orjson.dumps(finding.detail).decode(),
            evidence=orjson.dumps(finding.evidence).decode(),
        )
        for kind in kinds
        for finding in state["found"].get(kind, [])[:MAX_CONTACTS]
    ]
    async with context.step() as step:
        await replace_contacts(step.conn, site.id, kinds, contacts)
        progress.fill(step, state)
    counts = {f"{kind}s": sum(contact.kind == kind for contact in contacts) for kind in kinds}
    return {"pages": len(state["read"]), "pagesRead": state["read"], **counts}
