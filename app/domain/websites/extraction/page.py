"""All that one page says of how its business can be reached."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.extraction import emails, phones
from app.domain.extraction.document import Document
from app.domain.extraction.findings import Finding
from app.domain.extraction.social import own


@dataclass(frozen=True, slots=True)
class Contacts:
    emails: list[Finding]
    profiles: list[Finding]
    phones: list[Finding]


def contacts(html: str, url: str = "", *, name: str = "", country: str = "us") -> Contacts:
    """Of any text that claims to be HTML; `url` is where it was found, `name` the business', `country` its country."""
    document = Document(html, url)
    return Contacts(emails.find(document), own.find(document, name), phones.find(document, country))
