"""Finding the pages of a site that are likely to have contacts."""

from __future__ import annotations

import re
from urllib.parse import unquote, urljoin, urlsplit

from app.domain.websites.extraction.document import MAX_URL_CHARACTERS, Document, text_of
from app.domain.websites.extraction.hosts import domain_of

MAX_PAGES = 5
"""Pages of a site that are visited besides the first."""
MAX_LINKS = 2_000
"""Links of a page that are ranked."""

# Words in the text or path of a link, by rank.
_RANKED = (
    (100, r"contact|kontakt|contacto|contatt[io]|contato|contactez|nous-contacter|yhteystiedot|kapcsolat|iletisim|"
          r"iletişim|kontakty|контакт\w*|お問い合わせ|联系我们|聯絡|επικοινων\w*|צור-קשר|اتصل"),
    (90, r"impressum|imprint|mentions?[-_ ]?l[eé]gales|aviso[-_ ]?legal|note[-_ ]?legali|legal[-_ ]?notice|colofon|"
         r"anbieterkennzeichnung"),
    (60, r"about|über[-_ ]?uns|ueber[-_ ]?uns|[aà][-_ ]?propos|qui[-_ ]?sommes|chi[-_ ]?siamo|quienes[-_ ]?somos|"
         r"qui[eé]nes|sobre|over[-_ ]?ons|om[-_ ]?oss|o[-_ ]?nas|o[-_ ]?nás|hakkimizda|hakkımızda|company|unternehmen"),
    (40, r"team|staff|people|equipe|équipe|equipo|mitarbeiter|ansprechpartner"),
    (35, r"support|help|service|customer|kundenservice|aide|ayuda|assistenza"),
    (30, r"locations?|find[-_ ]?us|standorte?|anfahrt|directions|visit|stores?|branches|offices?|sedi|sucursales"),
    (20, r"legal|privacy|datenschutz|confidentialit|privacidad"),
)  # fmt: skip
_WORDS = [(rank, re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_]{{4}})", re.IGNORECASE)) for rank, words in _RANKED]
_FILE = re.compile(r"\.(?:pdf|jpe?g|png|gif|svg|docx?|xlsx?|zip|mp[34]|ics|vcf|xml|css|js)$", re.IGNORECASE)
_GUESSES = ("contact", "contact-us", "about", "impressum")


def find_contact_pages(document: Document) -> list[str]:
    """Return up to MAX_PAGES URLs of pages of the same site, the most likely ones first."""
    here, site = _without_fragment(document.url), domain_of(document.url)
    ranked: dict[str, tuple[int, int]] = {}
    for order, link in enumerate(document.links[:MAX_LINKS]):
        url = _without_fragment(link.url)
        if len(url) > MAX_URL_CHARACTERS or url == here or not url.startswith(("http://", "https://")):
            continue
        if domain_of(url) != site:
            continue
        path = unquote(urlsplit(url).path)
        if _FILE.search(path) or (rank := _rank(path, text_of(link.node, 80))) == 0:
            continue
        if rank > ranked.get(url, (0, 0))[0]:
            ranked[url] = rank, -order
    return sorted(ranked, key=lambda url: ranked[url], reverse=True)[:MAX_PAGES]


def guess_contact_pages(document: Document) -> list[str]:
    """Return the usual URLs of contact pages, for a site that links to none."""
    split = urlsplit(document.url)
    return [f"{split.scheme}://{split.netloc}/{path}" for path in _GUESSES]


def find_frames(document: Document) -> list[str]:
    """Return the URLs of the frames of a frameset, those on the same site."""
    found = []
    for node in document.tree.css("frame[src]")[:MAX_PAGES]:
        url = _without_fragment(_resolve(document, node.attributes.get("src") or ""))
        if url and domain_of(url) == domain_of(document.url) and url not in found:
            found.append(url)
    return found


def _rank(path: str, text: str) -> int:
    words = " ".join(text.split())
    by_text = next((rank for rank, pattern in _WORDS if len(words) <= 40 and pattern.search(words)), 0)
    by_path = next((rank for rank, pattern in _WORDS if pattern.search(path.rpartition("/")[2] or path)), 0)
    rank = max(by_text, by_path)
    return rank + 5 * (by_text > 0 and by_path > 0) - min(path.count("/"), 4) if rank else 0


def _resolve(document: Document, href: str) -> str:
    """Return the absolute URL, an empty string if it cannot be fetched."""
    try:
        url = urljoin(document.base, href.strip())
    except ValueError:
        return ""
    return url if len(url) <= MAX_URL_CHARACTERS else ""


def _without_fragment(url: str) -> str:
    return url.partition("#")[0]
