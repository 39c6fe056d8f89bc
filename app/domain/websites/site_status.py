"""The status of a website, from its first page."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.vocabulary.websites import WebsiteStatus
from app.domain.websites.extraction.document import Document
from app.domain.websites.extraction.hosts import domain_of
from app.domain.websites.extraction.parked import find_parked_phrase, leads_to_market
from app.domain.websites.extraction.stand_ins import find_stand_in
from app.domain.websites.ownership import why_same_owner, why_taken_over


@dataclass(frozen=True, slots=True)
class SiteStatus:
    """The status of a website with its evidence."""

    status: WebsiteStatus
    detail: str = ""
    """What shows it, unless it is OK."""
    is_own: bool = True
    """Whether the page is the business's, so that contacts on it are its own."""


def find_site_status(document: Document, website: str, name: str) -> SiteStatus:
    """Return the status of the website of the business `name`, whose address `website` leads to this page."""
    domain = document.domain
    is_elsewhere = domain != domain_of(website)
    if is_elsewhere and (market := leads_to_market(document.url)) is not None:
        return SiteStatus(WebsiteStatus.PARKED, f"it leads to {market}", is_own=False)
    if (phrase := find_parked_phrase(document)) is not None:
        return SiteStatus(WebsiteStatus.PARKED, phrase, is_own=False)
    if (stand_in := find_stand_in(document)) is not None:
        return SiteStatus(*stand_in, is_own=False)
    if is_elsewhere:
        detail = f"it leads to {domain or document.url}"
        reason = why_same_owner(document, website, name)
        if reason is not None:
            return SiteStatus(WebsiteStatus.REDIRECTED_OFFSITE, f"{detail}, which is the business's: {reason}")
        return SiteStatus(WebsiteStatus.REDIRECTED_OFFSITE, f"{detail}, which is somebody else's", is_own=False)
    if (reason := why_taken_over(document, website, name)) is not None:
        return SiteStatus(WebsiteStatus.TAKEN_OVER, f"taken over: {reason}", is_own=False)
    return SiteStatus(WebsiteStatus.OK)
