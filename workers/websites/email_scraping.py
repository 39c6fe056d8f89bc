"""email_scraping: store the e-mail addresses and telephone numbers that the pages of a business show."""

from __future__ import annotations

from typing import Any

from app.domain.jobs.outcomes import Outcome
from app.domain.vocabulary.websites import ContactKind
from app.domain.websites import kinds
from app.domain.websites.extraction.document import Document
from app.domain.websites.extraction.emails import find_emails
from app.domain.websites.extraction.phones import find_phones
from app.domain.websites.kinds import EmailScrapingArgs
from workers.core.context import JobContext
from workers.websites.page_visitor import Site
from workers.websites.scrape import FindingsByKind, scrape

SPEC = kinds.EMAIL_SCRAPING


async def run(context: JobContext, args: EmailScrapingArgs) -> dict[str, Any] | Outcome:
    return await scrape(context, args.business_id, (ContactKind.EMAIL, ContactKind.PHONE), extract)


def extract(document: Document, site: Site) -> FindingsByKind:
    return {
        ContactKind.EMAIL: find_emails(document),
        ContactKind.PHONE: find_phones(document, site.country),
    }
