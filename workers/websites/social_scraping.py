"""social_scraping: a business' own profiles on social platforms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.domain.jobs.spec import JobSpec
from app.domain.websites.extraction.document import Document
from app.domain.websites.extraction.social import own_profiles
from app.domain.websites.status import ContactKind
from workers.core.context import JobContext
from workers.websites.args import QUEUE, BusinessArgs, one_of_a_business
from workers.websites.page_visitor import Site
from workers.websites.scrape import Found, scrape

SPEC = JobSpec(
    kind="social_scraping",
    queue=QUEUE,
    args=BusinessArgs,
    timeout=timedelta(seconds=60),
    max_attempts=3,
    dedupe_key=one_of_a_business,
)


async def run(context: JobContext, args: BusinessArgs) -> Any:
    return await scrape(context, args.business_id, (ContactKind.SOCIAL,), extract)


def extract(document: Document, site: Site) -> Found:
    return {ContactKind.SOCIAL: own_profiles.find(document, site.name)}
