"""social_scraping: store the business's own profiles on social platforms that its pages show."""

from __future__ import annotations

from typing import Any

from app.domain.jobs.outcomes import Outcome
from app.domain.vocabulary.websites import ContactKind
from app.domain.websites import kinds
from app.domain.websites.extraction.document import Document
from app.domain.websites.extraction.social.own_profiles import find_own_profiles, profile_of_website
from app.domain.websites.kinds import SocialScrapingArgs
from workers.core.context import JobContext
from workers.websites.page_visitor import Site
from workers.websites.scrape import FindingsByKind, scrape

SPEC = kinds.SOCIAL_SCRAPING


async def run(context: JobContext, args: SocialScrapingArgs) -> dict[str, Any] | Outcome:
    return await scrape(context, args.business_id, (ContactKind.SOCIAL,), extract, of_url)


def of_url(url: str) -> FindingsByKind:
    """Return the profile that a website is, which platforms seldom let anybody read."""
    return {ContactKind.SOCIAL: profile_of_website(url)}


def extract(document: Document, site: Site) -> FindingsByKind:
    return {ContactKind.SOCIAL: find_own_profiles(document, site.name)}
