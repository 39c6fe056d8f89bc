"""All that one page says of how its business can be reached."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.websites.extraction import emails, phones
from app.domain.websites.extraction.document import Document
from app.domain.websites.extraction.findings import Finding
from app.domain.websites.extraction.social import own_profiles


@dataclass(frozen=True, slots=True)
class Contacts:
    emails: list[Finding]
    profiles: list[Finding]
    phones: list[Finding]


def contacts(html: str, url: str = "", *, name: str = "", country: str = "us") -> Contacts:
    """Of any text that claims to be HTML; `url` is where it was found, `name` the business', `country` its country."""
    document = Document(html, url)
    return Contacts(emails.find(document), own_profiles.find(document, name), phones.find(document, country))
