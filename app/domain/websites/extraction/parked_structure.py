"""Evidence that a domain is parked in what a page is made of, whatever language it speaks.

The page is about its own domain: it offers it, asks for a bid, or has a price beside it. Or it has nothing of its own:
a list of searches for advertisements, a frame of a parking service, words for the webmaster, text that fills templates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from app.domain.websites.extraction.client_redirects import find_redirect
from app.domain.websites.extraction.document import MAX_URL_CHARACTERS, Document, Link, text_of
from app.domain.websites.extraction.hosts import domain_of

Evidence = tuple[str, float, str]
"""Group, weight and text."""
MAX_MENTIONS = 5
MAX_FEED_LINKS = 60
MIN_FEED_LINKS = 3
MIN_FEED_SHARE = 0.6
"""Of the characters of the text, the share that stands in links to searches."""
_OFFER_BEFORE = re.compile(
    r"(?:\b(?:buy|acquire|purchase|own|lease(?:-to-own)?|rent|bid (?:on|for)|offers? (?:on|for)|inquir(?:e|y) (?:about"
    r"|for)|interested in|interest in|enquire about"
    r"|kauf(?:en)? von|interess(?:e|iert) an|interesse in|interessad[oa] em"
    r"|interesad[oa] en|(?:te|le) interesa|interessat[oi] (?:a|ad)|intéressée?s? par|acheter|acquérir|comprar"
    r"|acquista(?:re)?|compra|kopen|kupić|koupit|kúpiť|köpa?|kjøpe?|købe?|osta|купить|придбати|satın al)"
    r"|购买|出售)\W{1,3}(?:(?:the|this|domain|name|domein|die|diese|der|de|het|o|a|il|el|le|domeny|domenę|домен)\W{1,2}){0,3}$",
    re.IGNORECASE,
)
_OFFER_AFTER = re.compile(
    r"^\W{1,4}(?:(?:jetzt |today |now |nu |ahora |oggi |agora )?(?:kaufen|erwerben|kopen|kaufen\?|mieten|buy|acquire)\b"
    r"|(?:könnte|kann|could|can) (?:ihnen|dir|bald |be |yours?)|(?:est |is )?(?:à saisir|à vendre|in auction|at auction"
    r"|up for auction|for auction|up for grabs|te koop|zu haben)|(?:for|from|für|pour|por|per|za)\s?[$€£]"
    r"|(?:satılık|satılıktır|を販売|売ります|正在出售|を売却))",
    re.IGNORECASE,
)
_OFFER_WORDS = re.compile(
    r"\b(?:(?:make|submit|place|enter|send) (?:an? |your )?(?:offer|bid)|your (?:best )?(?:offer|bid)|asking price"
    r"|inquir(?:y|e|ies)|enquir(?:y|e)|brokers?|escrow|lease to own|acquire|premium (?:domain|name)"
    r"|this (?:domain|name)|negotiat\w{1,5}|gebot|preisvorschlag|verhandlungsbasis|faites une offre|haz una oferta"
    r"|fa[iì] un.offerta|doe een bod|złóż ofertę|faça uma oferta|teklif ver\w{0,4})\b|报价",
    re.IGNORECASE,
)
_PRICE = re.compile(
    r"(?:[$€£¥₹]|\b(?:USD|EUR|GBP|CHF|zł)\b)\s?\d[\d.,]{1,12}|\d[\d.,]{2,12}\s?(?:[$€£¥₹]|(?:USD|EUR|GBP|CHF|zł)\b)"
)
_OFFER_FIELD = re.compile(
    r"^(?:your_?)?(?:offer|bid|price|amount|budget)(?:_?(?:amount|price|value|usd|eur))?$", re.IGNORECASE
)
_PARKING_HOST = re.compile(r"^ww\d{1,3}\.", re.IGNORECASE)
_PARKING_QUERY = re.compile(r"(?:^|&)(?:subid\d?|usid|sub\d|pcrew|fp|_xafvr)=", re.IGNORECASE)
_PARKING_SCRIPT = re.compile(
    r"(?:/|\.)(?:park|parking|parked|domain-?park\w{0,6})(?:[-_.]?(?:page|lander|domain))?(?:\.min)?\.js\b"
    r"|window(?:\.|\[['\"])_{0,2}(?:park|parking|parked)_{0,2}(?:['\"]\])?\s?=",
    re.IGNORECASE,
)
_WEBMASTER = re.compile(
    r"\bpublic_html\b|(?<![/\\\w.-])(?:index|default)\.(?:html?|php)\b(?!:\d|\son\sline)"
    r"|\bby ftp\b|\bvia ftp\b|\bhtdocs\b|\bhttpdocs\b"
    r"|\bdocument root\b|\bweb ?root\b|\b(?:control panel|cpanel|plesk|directadmin)\b"
    r"|\bname ?servers?\b|\bvirtual host\b|\bvhost\b"
    r"|\b(?:web ?)?hosting account\b|\bupload your (?:files|web ?site|content)\b|\bhosting (?:package|plan) is\b"
    r"|\bserver is (?:up and )?running\b|\bdefault (?:index )?page\b",
    re.IGNORECASE,
)
_TEMPLATE = re.compile(
    r"\bwelcome to wordpress\. this is your first post\b|\blorem ipsum dolor sit amet\b"
    r"|\bthis is an example page\. it.s different from a blog post\b",
    re.IGNORECASE,
)
_CONTENT = "img, svg, video, canvas, iframe, frame, object, script[src], form, #root, #app, #__next"
"""What may show or write content that is no text of the page."""
_LEGAL_LINK = re.compile(
    r"^\W*(?:privacy(?: policy)?|terms(?: of \w+)?|imprint|impressum|datenschutz\w{0,12}|cookies?)\W*$", re.I
)


def find_structural_evidence(document: Document, text: str) -> Iterator[Evidence]:
    """Yield what in the structure of a page shows that its domain is parked. `text` is its visible text."""
    yield from _frames(document)
    domain = document.domain or ""
    headings = [document.title, *(text_of(node, 200, " ") for node in document.tree.css("h1")[:2])]
    is_titled = bool(domain) and any(is_domain(heading, domain) for heading in headings)
    if domain:
        yield from _offers(f"{document.title}. {text}", domain)
        if is_titled:
            yield from _prices(document, domain, text)
    if not text.strip() and _PARKING_SCRIPT.search(document.html, 0, 20_000):
        yield "service", 0.5, "a script of a parking service instead of content"
    feed = _search_links(document, text)
    if feed:
        yield "ads", 0.8 if is_titled or not document.title else 0.4, f"nothing but searches: {', '.join(feed[:3])}"
    if (match := _WEBMASTER.search(text)) is not None:
        yield "default", 0.7, match[0]
    if (match := _TEMPLATE.search(text)) is not None:
        yield "default", 0.7, match[0]
    if not text.strip() and is_titled and not document.tree.css_first(_CONTENT):
        yield "empty", 0.3, f"nothing but the title {document.title}"


def is_domain(heading: str, domain: str) -> bool:
    """Return whether a heading is hardly more than the page's own domain."""
    squeezed = heading.lower().strip(" .!?|–—-")
    rest = squeezed.replace(domain.lower(), "", 1).strip(" .!?|:–—-")
    return domain.lower() in squeezed and len(rest.split()) <= 4


def _offers(text: str, domain: str) -> Iterator[Evidence]:
    own = re.compile(rf"(?<![@\w.-])(?:https?://)?(?:www\.)?{re.escape(domain)}(?![\w-])", re.IGNORECASE)
    for number, match in enumerate(own.finditer(text)):
        if number == MAX_MENTIONS:
            return
        before, after = text[max(0, match.start() - 60) : match.start()], text[match.end() : match.end() + 40]
        stated = _OFFER_BEFORE.search(before) or _OFFER_AFTER.match(after)
        if stated is not None:
            yield "sale", 0.8, " ".join(f"{before[-30:]}{match[0]}{after[:30]}".split())
            return


def _prices(document: Document, domain: str, text: str) -> Iterator[Evidence]:
    """Yield a price or a form for offers on a page that is titled with its own domain."""
    offer, price = _OFFER_WORDS.search(text), _PRICE.search(text)
    if offer is not None and price is not None:
        yield "sale", 0.8, f"{domain}: {price[0]}, {offer[0]}"
    for node in document.tree.css("form input[name], form textarea[name]")[:20]:
        name = (node.attributes.get("name") or "")[:100]
        if _OFFER_FIELD.match(name):
            yield "sale", 0.8, f"a form for offers: {name}"
            return
    if offer is not None:
        yield "sale", 0.4, f"{domain}: {offer[0]}"


def _frames(document: Document) -> Iterator[Evidence]:
    """Yield where a frame or a script leads: to a host such as ww16 of the same domain, with ids of advertisements."""
    urls = [find_redirect(document) or ""]
    node = document.tree.css_first("iframe[src], frame[src]")
    if node is not None:
        urls.append((node.attributes.get("src") or "")[:MAX_URL_CHARACTERS])
    for url in (document.url, *urls):
        try:
            parts = urlsplit(url)
            host, query = parts.hostname or "", parts.query
        except ValueError:
            continue
        is_own = bool(document.domain) and domain_of(url) == document.domain
        if is_own and _PARKING_HOST.match(host):
            yield "service", 1.0, f"it leads to {host}"
        elif is_own and url is not document.url and _PARKING_QUERY.search(query):
            yield "service", 0.2, f"it leads to {url}"


def _search_links(document: Document, text: str) -> list[str]:
    """Return the texts of links to searches if the page consists of them: same path, only what is searched differs."""
    feed: dict[tuple[str, str], list[str]] = {}
    for link in document.links[:MAX_FEED_LINKS]:
        found = _search_of(link)
        if found is not None:
            feed.setdefault(found[:2], []).append(found[2])
    best = max(feed.values(), key=len, default=[])
    others = [line for line in text.split("\n") if line.strip() and not _LEGAL_LINK.match(line)]
    length = sum(len(line.strip()) for line in others)
    share = sum(len(words) for words in best) / length if length else 0.0
    return best if len(best) >= MIN_FEED_LINKS and share >= MIN_FEED_SHARE else []


def _search_of(link: Link) -> tuple[str, str, str] | None:
    """Return host, path and text of a link to a search for its own text."""
    if len(link.raw) > MAX_URL_CHARACTERS:
        return None
    try:
        parts = urlsplit(link.url)
    except ValueError:
        return None
    words = " ".join(text_of(link.node, 100, " ").split())
    values = [value.lower() for _, value in parse_qsl(parts.query, max_num_fields=20)] if len(parts.query) < 500 else []
    if not words or not values or len(words.split()) > 6:
        return None
    is_search = words.lower() in values or len(values) <= 2
    return (parts.hostname or "", parts.path, words) if is_search else None
