"""Reading pages for a job: its turns waited for within reason, its time watched."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.db.core.pool import connection
from app.db.websites import validations
from app.domain.jobs.outcomes import Snooze
from providers.web import HostBusy, Page
from workers.core.context import JobContext

#: Seconds for which a turn is waited for with the slot held; longer waits give it back.
PATIENCE = 3.0
#: Seconds that a page may take, waits included; with less left the job goes on in a fresh attempt, from its checkpoint.
A_PAGE = 30.0
#: Times that a site may put a job off by Retry-After, before its answer counts.
MOST_DELAYS = 3


@dataclass(frozen=True)
class Site:
    """The business of a job. What was read at `since` or later is as good as new: its jobs share what one reads."""

    id: UUID
    name: str
    website: str
    domain: str | None
    country: str
    since: datetime


async def load(context: JobContext, business_id: UUID) -> Site | str:
    """The business; or why there is nothing to do."""
    async with connection(context.resources.pool) as conn:
        target = await validations.get_visit_target(conn, business_id, context.id)
    if target is None:
        return f"there is no business {business_id}"
    if target.website is None:
        return "the business has no website"
    return Site(
        id=business_id,
        name=target.name,
        website=target.website,
        domain=target.domain,
        country=target.country,
        since=target.job_created_at,
    )


class Visitor:
    """Reads pages of one site for one run of a job."""

    def __init__(self, context: JobContext, site: Site) -> None:
        self._context = context
        self._site = site
        self._until = time.monotonic() + context.job.seconds_left
        self._read = 0
        self.delays: int = (context.checkpoint or {}).get("delays", 0)
        """Times that the site has put the job off."""

    async def read(self, url: str) -> Page | Snooze:
        """The page; or that the job should wait, its slot given back: that is no attempt, and none of its time."""
        if self._read and self._until - time.monotonic() < A_PAGE:
            return Snooze(0.0, "goes on with the next page")
        try:
            page = await self._context.resources.fetcher.fetch(url, since=self._site.since, patience=PATIENCE)
        except HostBusy as busy:
            return Snooze(busy.wait, str(busy))
        self._read += 1
        if page.retry_after is not None and self.delays < MOST_DELAYS:
            self.delays += 1
            async with self._context.step() as step:
                step.checkpoint = (self._context.checkpoint or {}) | {"delays": self.delays}
            return Snooze(page.retry_after, f"{page.detail}; the server asks to wait {page.retry_after:g} s")
        return page
