"""social_scraping: a business' own profiles on social platforms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.domain.extraction.document import Document
from app.domain.extraction.social import own
from app.domain.jobs import JobSpec
from app.domain.websites import ContactKind
from workers.context import JobContext
from workers.websites.args import QUEUE, BusinessArgs, one_of_a_business
from workers.websites.scrape import Found, scrape
from workers.websites.visit import Site

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
    return {ContactKind.SOCIAL: own.find(document, site.name)}
