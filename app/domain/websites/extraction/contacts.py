"""The contact extractor: the e-mail addresses, profiles and telephone numbers of the business behind a page."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.websites.extraction.document import Document
from app.domain.websites.extraction.emails import find_emails
from app.domain.websites.extraction.findings import Finding
from app.domain.websites.extraction.phones import find_phones
from app.domain.websites.extraction.social.own_profiles import find_own_profiles


@dataclass(frozen=True, slots=True)
class Contacts:
    """The contacts that one page gives, each list sorted by confidence, highest first.

    The `value` of an e-mail finding is the address with its domain in lower case, of a profile its canonical URL, of a
    telephone number its E.164 form. `detail` holds `role`, `free` and `noreply` of an address; `platform` and `handle`
    of a profile; `national`, `country`, `type` and `fax` of a number.
    """

    emails: list[Finding]
    profiles: list[Finding]
    """Only the business's own profiles: not those of its staff, its partners or the designer of the site."""
    phones: list[Finding]


def extract_contacts(document: Document, *, business_name: str = "", country: str = "us") -> Contacts:
    """Extract the contacts from a page; safe on any input, and never raises.

    Build `document` with `Document(html, url)`; it may be reused for other extractors. `business_name` helps to tell
    the business's profiles from others if the page does not name the business. `country` (ISO 3166-1 alpha-2, any
    case) is the country whose rules apply to telephone numbers without a country code.
    """
    return Contacts(
        emails=find_emails(document),
        profiles=find_own_profiles(document, business_name),
        phones=find_phones(document, country),
    )
