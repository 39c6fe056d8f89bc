"""Pages that only say that nobody is there: domains for sale, hosters' first pages, sites under construction."""

from __future__ import annotations

import re

from app.domain.websites.extraction.document import Document

#: Characters of text beyond which a page says more than that.
MOST_TEXT = 3_000
#: Characters of HTML in which the names of such services are looked for.
MOST_HTML = 100_000

_SALE = re.compile(
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


def is_parked(document: Document) -> str | None:
    """The words that say so; None for a page that is somebody's."""
    text = document.visible_text
    if len(text) > MOST_TEXT:
        return None
    if (said := _SALE.search(f"{document.title}. {text}")) is not None:
        return " ".join(said[0].split())[:200]
    if len(text) < 600 and (service := _SERVICES.search(document.html, 0, MOST_HTML)) is not None:
        return f"served by {service[0].rstrip('/')}"
    return None
