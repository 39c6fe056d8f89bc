"""Parked domains: pages of domains for sale, default pages of hosting providers, sites under construction."""

from __future__ import annotations

import re

from app.domain.websites.extraction.document import Document

MAX_TEXT_CHARACTERS = 3_000
"""A page with more visible text is not parked."""
MAX_SHORT_CHARACTERS = 600
"""A page with less visible text that names a parking service in its HTML is parked."""
MAX_HTML_CHARACTERS = 100_000
"""Searched for parking services."""

_PHRASES = re.compile(
    r"\b(?:this )?domain (?:name )?(?:\S{1,80} )?(?:is|may be|might be|could be)(?: now)? (?:for sale|available for"
    r" (?:purchase|sale)|parked)|\bbuy this domain\b|\bdomain (?:is )?parked\b|\bparked (?:domain|free|page|at)\b|"
    r"\bdiese domain (?:steht zum verkauf|ist zu verkaufen|wurde (?:soeben )?registriert)|"
    r"\bdomain (?:kaufen|zu verkaufen)\b|"
    r"\bce (?:nom de )?domaine est (?:à vendre|en vente|parqué)|\bdominio (?:en venta|in vendita)\b|"
    r"\bthis domain (?:has expired|has been registered|was recently registered|is registered at)|"
    r"\binquire about this domain\b|\bmake (?:an )?offer (?:on|for) this domain\b|"
    r"\brelated searches\b.{0,400}\bprivacy policy\b|"
    r"\bthe owner of this domain has not yet\b|\bwebsite (?:is )?(?:coming soon|under construction)\b(?=.{0,200}$)|"
    r"\bfuture home of (?:something quite cool|\S+)|\bdefault (?:web ?site|web ?server) page\b|"
    r"\b(?:apache2? (?:ubuntu |debian )?default page|welcome to nginx!|iis windows server|it works!)|"
    r"\baccount (?:has been )?suspended\b|\bplesk\b.{0,60}\bdefault\b|\bindex of /\s*$",
    re.IGNORECASE | re.DOTALL,
)
_SERVICES = re.compile(
    r"sedoparking\.com|parkingcrew\.net|bodis\.com|dan\.com/|afternic\.com|hugedomains\.com|parklogic\.com|above\.com/|"
    r"cashparking|domainmarket\.com|uniregistry\.com|skenzo\.com|park\.io|buydomains\.com|voodoo\.com|d38psrni17bvxu",
    re.IGNORECASE,
)


def find_parked_phrase(document: Document) -> str | None:
    """Return the phrase that shows that the domain is parked; None for the page of a real website."""
    text = document.visible_text
    if len(text) > MAX_TEXT_CHARACTERS:
        return None
    if (phrase := _PHRASES.search(f"{document.title}. {text}")) is not None:
        return " ".join(phrase[0].split())[:200]
    if len(text) >= MAX_SHORT_CHARACTERS:
        return None
    if (service := _SERVICES.search(document.html, 0, MAX_HTML_CHARACTERS)) is not None:
        return f"served by {service[0].rstrip('/')}"
    return None
