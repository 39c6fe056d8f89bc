"""email_scraping: the e-mail addresses and telephone numbers on a business' pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.domain.extraction import emails, phones
from app.domain.extraction.document import Document
from app.domain.jobs import JobSpec
from app.domain.websites import ContactKind
from workers.context import JobContext
from workers.websites.args import QUEUE, BusinessArgs, one_of_a_business
from workers.websites.scrape import Found, scrape
from workers.websites.visit import Site

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
