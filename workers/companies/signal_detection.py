"""signal_detection: what is new with a company: on its pages, in the register, in the news, since the last look.

All of it is one step: the signals that are new, the notifications that go out for them, and the pages as they are now,
which the next look compares with. So a signal is told once, and a look that dies tells nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from app.db.companies import records as companies
from app.db.companies import scores, signals
from app.db.companies.records import Page
from app.db.core.pool import connection
from app.db.jobs import records as jobs
from app.db.jobs.ledger import ItemError
from app.domain.companies.kinds import SIGNAL_DETECTION, DetectionArgs
from app.domain.companies.research.sources import SourceKind
from app.domain.companies.signals import (
    Noticed,
    SeenPage,
    appointments,
    changes,
    in_pages,
    new_technologies,
    technologies,
)
from app.domain.jobs.outcomes import Failed, Outcome, Snooze
from providers.errors import Unavailable
from workers.companies.research.gather import Found, Gathered, gather, subject_of
from workers.core.context import JobContext

SPEC = SIGNAL_DETECTION
CHECKS = ("hiring", "funding", "leadership", "expansion", "technology", "site_change")
MOST_PAGES = 8
BASELINE = "signal_detection"
"""Source under which the technologies of the last look are kept."""


async def run(context: JobContext, args: DetectionArgs) -> dict[str, Any] | Outcome:
    resources = context.resources
    async with connection(resources.pool) as conn:
        company = await companies.get(conn, args.company_id)
        created_at = await conn.fetchval("SELECT created_at FROM jobs WHERE id = $1", context.id)
    if company is None:
        return Failed(f"there is no company {args.company_id}")
    gathered = await gather(
        subject_of(company),
        resources.intelligence,
        resources.fetcher,
        since=created_at,
        most_pages=MOST_PAGES,
    )
    if gathered.wait:
        return Snooze(gathered.wait, "waits for the turn of the company's site")
    if gathered.is_unavailable and context.job.attempt < context.job.max_attempts:
        raise Unavailable(
            "; ".join(f"{name}: {found.detail}" for name, found in gathered.found.items() if found.detail)
        )
    return await commit(context, args.company_id, gathered)


async def commit(context: JobContext, company_id: UUID, gathered: Gathered) -> dict[str, Any]:
    pages = [SeenPage(page.url, page.title, page.text, page.published_on, page.html) for page in gathered.pages]
    made_with = technologies(pages)
    async with context.step() as step:
        before = await companies.last_versions(step.conn, company_id)
        fields = (await companies.fields(step.conn, [company_id])).get(company_id, [])
        used = next((orjson.loads(f["value"]) for f in fields if f["source"] == BASELINE), None)
        noticed = notice(gathered, pages, {url: row["text"] for url, row in before.items()})
        if used is not None:
            noticed += new_technologies(used, made_with)
        new = await signals.keep(step.conn, company_id, context.id, once(noticed))
        creator = await jobs.get_creator_id(step.conn, context.id)
        notified = await signals.notify(step.conn, new, creator) if new else 0
        if pages:
            now = datetime.now(UTC)
            await companies.save_fields(
                step.conn, company_id, BASELINE, {"technologies": sorted(made_with)}, pages[0].url, now
            )
            kept = [Page(page.url, page.title, page.text, page.fetched_at) for page in gathered.pages]
            await companies.keep_versions(step.conn, company_id, kept)
        if new:
            await scores.rescore(step.conn, [company_id], creator)
        failures = {name: found for name, found in gathered.found.items() if found.status in ("failed", "unavailable")}
        step.total = step.processed = len(CHECKS)
        step.errors = [ItemError(name, None, found.detail) for name, found in failures.items()]
    return {
        "company_id": str(company_id),
        "signals": [signals.show(row) for row in new],
        "new_signals": len(new),
        "seen_before": len(once(noticed)) - len(new),
        "notifications": notified,
        "sources": gathered.shown(),
    }


def notice(gathered: Gathered, pages: Sequence[SeenPage], before: dict[str, str]) -> list[Noticed]:
    """What pages, news and the register say, and what changed on the pages."""
    today = datetime.now(UTC).date()
    found = list(in_pages(pages, today))
    nothing = Found("nothing")
    for source in gathered.found.get(SourceKind.WEB, nothing).sources:
        page = SeenPage(source.url, source.title, source.text, source.published_on)
        found += in_pages([page], today)
    for source in gathered.found.get(SourceKind.REGISTRY, nothing).sources:
        found += appointments(source.text.splitlines(), source.url, source.text, today)
    return found + list(changes(before, pages))


def once(noticed: Sequence[Noticed]) -> list[Noticed]:
    return list({(one.kind, one.fingerprint): one for one in reversed(noticed)}.values())[::-1]
