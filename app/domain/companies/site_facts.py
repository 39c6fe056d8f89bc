"""Facts that a company's own site states in its markup: description, language, contacts, profiles, technologies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.domain.websites.extraction.contacts import extract_contacts
from app.domain.websites.extraction.document import Document
from app.domain.websites.extraction.findings import Finding, merge_findings
from app.domain.websites.technologies import detect_technologies

MAX_VALUES = 10
"""Maximum e-mail addresses, and maximum telephone numbers."""
MIN_CONFIDENCE = 0.35
"""Less is had by the contacts of those who made the site."""
MAX_DESCRIPTION_CHARACTERS = 500
DEFAULT_COUNTRY = "us"


def extract_site_facts(
    pages: Iterable[tuple[str, str]], *, company_name: str = "", country: str = DEFAULT_COUNTRY
) -> dict[str, Any]:
    """Return the facts that pages, given as (URL, HTML), state about the company whose site they are.

    Keys, each only if there is something to state: `description` (text), `language` (such as `en-gb`), `emails`
    (addresses in lower case), `phones` (E.164, without fax numbers), `profiles` (URL by platform; the company's own
    ones only) and `technologies` (sorted names). Lists begin with the value that is most certain. `country`
    (ISO 3166-1 alpha-2) decides how telephone numbers without a country code are read.
    """
    description = language = None
    emails: list[Finding] = []
    phones: list[Finding] = []
    profiles: list[Finding] = []
    used_technologies: set[str] = set()
    for url, html in pages:
        document = Document(html, url)
        contacts = extract_contacts(document, business_name=company_name, country=country)
        emails += (email for email in contacts.emails if email.confidence >= MIN_CONFIDENCE)
        phones += (phone for phone in contacts.phones if phone.confidence >= MIN_CONFIDENCE)
        profiles += contacts.profiles
        description = description or _description(document)
        language = language or document.language
        used_technologies |= detect_technologies(html).keys()
    url_by_platform: dict[str, str] = {}
    for profile in merge_findings(profiles):
        url_by_platform.setdefault(profile.detail["platform"], profile.value)
    facts: dict[str, Any] = {
        "description": description,
        "language": language,
        "emails": list(dict.fromkeys(email.value.lower() for email in merge_findings(emails)))[:MAX_VALUES],
        "phones": [phone.value for phone in merge_findings(phones) if not phone.detail["fax"]][:MAX_VALUES],
        "profiles": url_by_platform,
        "technologies": sorted(used_technologies),
    }
    return {name: value for name, value in facts.items() if value}


def _description(document: Document) -> str | None:
    for name in ("description", "og:description"):
        text = " ".join(document.metas.get(name, "").split())
        if text:
            return text[:MAX_DESCRIPTION_CHARACTERS]
    return None
