"""email_scraping: the e-mail addresses and telephone numbers on a business' pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.domain.jobs.spec import JobSpec
from app.domain.websites.extraction import emails, phones
from app.domain.websites.extraction.document import Document
from app.domain.websites.status import ContactKind
from workers.core.context import JobContext
from workers.websites.args import QUEUE, BusinessArgs, one_of_a_business
from workers.websites.page_visitor import Site
from workers.websites.scrape import Found, scrape

SPEC = JobSpec(
    kind="email_scraping",
    queue=QUEUE,
    args=BusinessArgs,
    timeout=timedelta(seconds=60),
    max_attempts=3,
    dedupe_key=one_of_a_business,
)


async def run(context: JobContext, args: BusinessArgs) -> Any:
    return await scrape(context, args.business_id, (ContactKind.EMAIL, ContactKind.PHONE), extract)


def extract(document: Document, site: Site) -> Found:
    return {
        ContactKind.EMAIL: emails.find(document),
        ContactKind.PHONE: phones.find(document, site.country),
    }
