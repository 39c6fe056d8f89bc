"""signal_detection: find what is new about a company on its pages, in the register and in the news.

One step commits everything: the new signals, their notifications, and the pages with which the next run compares. So a
signal is announced exactly once, and an aborted run announces nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from app.db.companies import fields, notifications, page_versions, scores, signals
from app.db.companies import records as companies
from app.db.companies.page_versions import PageVersion
from app.db.core.pool import Connection, connection
from app.db.jobs import records as jobs
from app.db.jobs.creator import Creator
from app.db.jobs.ledger import ItemError
from app.domain.companies import kinds
from app.domain.companies.kinds import DetectionArgs
from app.domain.companies.research.languages import language_of
from app.domain.companies.research.sources import Source, SourceKind
from app.domain.companies.signal_rules import (
    CrawledPage,
    find_appointments,
    find_in_pages,
    find_new_technologies,
    find_technologies,
)
from app.domain.companies.signals import SIGNAL_KINDS, SignalCandidate
from app.domain.companies.site_changes import find_changes
from app.domain.jobs.outcomes import Failed, Outcome, Snooze
from providers.errors import Unavailable
from workers.companies.research.gather import Gathered, gather
from workers.companies.research.subject import load_subject
from workers.core.context import JobContext

SPEC = kinds.SIGNAL_DETECTION
MAX_PAGES = 8
JUDGED_LANGUAGES = ("en", None)
"""The rules read English sentences; in texts too short to tell their language, they look for them."""
TECHNOLOGIES_SOURCE = "signal_detection"
"""The source under which the technologies of the last run are stored as a field."""


async def run(context: JobContext, args: DetectionArgs) -> dict[str, Any] | Outcome:
    """Read the company's sources and commit the signals that are new."""
    resources = context.resources
    async with connection(resources.pool) as conn:
        company = await companies.get(conn, args.company_id)
        subject = await load_subject(conn, company) if company else None
        job = await jobs.get(conn, context.id, None)
    if company is None or subject is None:
        return Failed(f"company {args.company_id} not found")
    assert job is not None  # this worker holds it
    gathered = await gather(
        subject,
        resources.company_providers,
        resources.fetcher,
        since=job.created_at,
        max_pages=MAX_PAGES,
    )
    if gathered.wait:
        return Snooze(gathered.wait, "waiting until the company's site may be asked")
    if gathered.is_unavailable and context.job.attempt < context.job.max_attempts:
        raise Unavailable(gathered.failures)
    return await commit(context, company.id, gathered)


async def commit(context: JobContext, company_id: UUID, gathered: Gathered) -> dict[str, Any]:
    """Store the new signals with all that follows from them, in one step; return the job's result."""
    pages = [CrawledPage(page.url, page.title, page.text, page.published_on, page.html) for page in gathered.pages]
    async with connection(context.resources.pool) as conn:  # only one job at a time detects signals of a company
        texts_before = await page_versions.list_texts(conn, company_id)
        known_technologies = await _known_technologies(conn, company_id)
    technologies = await asyncio.to_thread(find_technologies, pages)
    candidates = await asyncio.to_thread(find_candidates, gathered, pages, texts_before)
    if known_technologies is not None:
        candidates += find_new_technologies(known_technologies, technologies)
    candidates = without_duplicates(candidates)
    async with context.step() as step:
        new = await signals.insert_new(step.conn, company_id, context.id, candidates)
        creator = await jobs.get_creator_id(step.conn, context.id)
        notified = await notifications.insert_for_signals(step.conn, new, creator) if new else 0
        if pages:
            await _store_pages(step.conn, company_id, gathered, technologies)
        if new:
            await scores.rescore(step.conn, [company_id], Creator(creator))
        step.total = step.processed = len(SIGNAL_KINDS)
        step.errors = [
            ItemError(kind, None, result.detail)
            for kind, result in gathered.results.items()
            if result.status in ("failed", "unavailable")
        ]
    return {
        "company_id": str(company_id),
        "signals": [signal.to_json() for signal in new],
        "new_signals": len(new),
        "seen_before": len(candidates) - len(new),
        "notifications": notified,
        "not_judged": list_unjudged(gathered),
        "sources": gathered.to_json(),
    }


def list_unjudged(gathered: Gathered) -> list[dict[str, str]]:
    """Return the pages whose language the rules do not understand: what they say of the company is not known."""
    found = []
    for page in (*gathered.pages, *gathered.found_pages):
        language = language_of(page.text)
        if language is not None and language not in JUDGED_LANGUAGES:
            found.append({"url": page.url, "language": language})
    return found


async def _known_technologies(conn: Connection, company_id: UUID) -> list[str] | None:
    """Return the technologies that the last run found; None if this is the first."""
    known_fields = (await fields.list_fields(conn, [company_id])).get(company_id, [])
    return next((field.value for field in known_fields if field.source == TECHNOLOGIES_SOURCE), None)


async def _store_pages(
    conn: Connection, company_id: UUID, gathered: Gathered, technologies: Mapping[str, tuple[str, str]]
) -> None:
    """Store the pages and their technologies, for the next run to compare with."""
    pages = gathered.pages
    values = {"technologies": sorted(technologies)}
    await fields.replace_fields(conn, company_id, TECHNOLOGIES_SOURCE, values, pages[0].url, datetime.now(UTC))
    versions = [PageVersion(page.url, page.title, page.text, page.fetched_at) for page in pages]
    await page_versions.insert_versions(conn, company_id, versions)


def find_candidates(
    gathered: Gathered, pages: Sequence[CrawledPage], texts_before: Mapping[str, Sequence[str]]
) -> list[SignalCandidate]:
    """Return the signals that pages, news and the register state, and the changes of pages since the last run."""
    today = datetime.now(UTC).date()
    others = [
        CrawledPage(page.url, page.title, page.text, page.published_on, page.html, is_own=False)
        for page in gathered.found_pages
    ]
    candidates = list(find_in_pages([*pages, *others], today, gathered.subject))
    for source in _sources(gathered, SourceKind.REGISTRY):
        candidates += find_appointments(source.text.splitlines(), source.url, source.text, today)
    return candidates + list(find_changes(texts_before, pages))


def _sources(gathered: Gathered, kind: SourceKind) -> list[Source]:
    result = gathered.results.get(kind)
    return result.sources if result else []


def without_duplicates(candidates: Sequence[SignalCandidate]) -> list[SignalCandidate]:
    """Return the first candidate of each kind and fingerprint, in order."""
    first: dict[tuple[str, str], SignalCandidate] = {}
    for candidate in candidates:
        first.setdefault((candidate.kind, candidate.fingerprint), candidate)
    return list(first.values())
