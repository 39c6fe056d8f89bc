"""Parked domains: for sale, expired, reserved, without a website yet, or with the default page of a hosting provider.

No single phrase decides: each kind of evidence has a weight, and signs of a business weigh against what is weak.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.domain.websites.extraction.client_redirects import find_redirect
from app.domain.websites.extraction.document import MAX_URL_CHARACTERS, Document, text_of
from app.domain.websites.extraction.hosts import domain_of
from app.domain.websites.extraction.parked_phrases import (
    HINTS,
    MARKETS,
    PATHS,
    PREDICATES,
    SERVICES,
    SOON_HINTS,
    STATEMENTS,
    SUBJECT_BEFORE,
    TITLES,
    compile_phrases,
)
from app.domain.websites.extraction.parked_structure import find_structural_evidence, is_domain

MAX_TEXT_CHARACTERS = 3_000
"""A page with more visible text is not parked."""
MAX_WEAK_TEXT_CHARACTERS = 1_500
"""In longer texts only certain statements count."""
MAX_HTML_CHARACTERS = 100_000
"""Searched for parking services."""
THRESHOLD = 1.0
CERTAIN = 1.0
"""Evidence of this weight decides alone."""
MAX_OTHER_DOMAINS = 3
"""A page that names more domains for sale is that of a dealer, which is a business."""
_BREVITY = ((70, 0.7), (250, 0.4), (600, 0.2))
"""The weight of having hardly any text, by its length in characters; it counts only beside other evidence."""
_WINDOW_CHARACTERS = 150
_OTHER_DOMAIN_FACTOR = 0.6
"""For the name of another domain than that of the page."""
_ESTATE_FACTOR = 0.5
"""For "the domain" and "le domaine", which may be land."""
_DOMAIN_WORDS = HINTS[: HINTS.index("site address") + 1]
_TOKEN = re.compile(r"(?<![@\w.-])[\w-]{1,63}\.[a-z]", re.IGNORECASE)
_MAX_HEADINGS = 4
_MAX_LINKS = 100

_PREDICATES = compile_phrases(PREDICATES)
_STATEMENTS = compile_phrases(STATEMENTS)
_TITLES = compile_phrases(TITLES)
_DOMAIN_NAME = re.compile(r"(?:https?://)?(?:www\.)?(?:[\w-]{1,63}\.){1,3}[a-z]{2,24}/?", re.IGNORECASE)
_CONTACT = re.compile(
    r"(?<![\w.-])(?:\+|\(?0)?\d{2,5}[ ()/.-]{1,3}\d{2,4}[ /.-]?\d{2,4}(?:[ /.-]?\d{2,4}){0,2}(?![\w-])"
    r"|\b[\w.+-]{1,40}@[\w-]{1,60}\.[a-z]{2,10}\b|\b\d{1,2}(?:[:.]\d\d)? ?(?:am|pm|uhr)\b"
    r"|\b\d{1,5}[a-z]? (?:\w{2,20} ){1,3}(?:street|st|road|rd|avenue|ave|lane|drive|blvd)\b|\b\w{2,30}(?:straße"
    r"|strasse|str\.) \d",
    re.IGNORECASE,
)
_CONTACT_BONUS, _NAME_BONUS, _LINKS_BONUS = 0.6, 0.3, 0.4
_MIN_LINKS = 4
_GENERIC_TITLE = re.compile(
    r"(?:home(?:page)?|welcome.{0,20}|willkommen.{0,20}|bienvenue|index|untitled(?: document)?|web ?site"
    r"|hello world|parking.{0,20}|x"
    r"|.{0,60}just another wordpress site|domain.{0,40}|hosting.{0,20}|maintenance|wartung\w{0,10}|error.{0,20}"
    r"|(?:site|page|store|shop) .{0,30}"
    r"|\d{3}.{0,30})?\W*",
    re.IGNORECASE,
)
_ONLY_IT_WORKS = re.compile(r"\W{0,9}it works!?(?: .{0,60})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sign that a page is parked."""

    group: str
    weight: float
    text: str


def find_parked_phrase(document: Document) -> str | None:
    """Return what shows that the domain is parked; None for the page of a real website."""
    text = document.visible_text
    if len(text) > MAX_TEXT_CHARACTERS:
        return None
    evidence = _find_evidence(document, text)
    if not evidence:
        return None
    strongest: dict[str, Evidence] = {}
    for one in evidence:
        if one.group not in strongest or one.weight > strongest[one.group].weight:
            strongest[one.group] = one
    decisive = max(strongest.values(), key=lambda one: one.weight)
    score = sum(one.weight for one in strongest.values())
    if decisive.weight < CERTAIN:
        score += next((weight for length, weight in _BREVITY if len(text) < length), 0.0) - _signs_of_life(
            document, text
        )
    return " ".join(decisive.text.split())[:200] if score >= THRESHOLD else None


def leads_to_market(url: str) -> str | None:
    """Return the domain of the market for domains or the parking service at this URL, None if it is none."""
    domain = domain_of(url)
    return domain if domain in MARKETS else None


def _find_evidence(document: Document, text: str) -> list[Evidence]:
    found = [
        *_in_addresses(document),
        *_in_headings(document),
        *_in_markup(document),
        *(Evidence(*found) for found in find_structural_evidence(document, text)),
        *_in_text(f"{document.title}. {text}", document.domain or "", is_long=len(text) > MAX_WEAK_TEXT_CHARACTERS),
    ]
    if _ONLY_IT_WORKS.fullmatch(text):
        found.append(Evidence("default", 1.0, text))
    if document.title and _DOMAIN_NAME.fullmatch(document.title):
        found.append(Evidence("title", 0.2, document.title))
    return found


def _in_addresses(document: Document) -> list[Evidence]:
    """Return the evidence in the page's URL, and in that to which its script leads."""
    urls = [document.url, find_redirect(document) or ""]
    if (frame := document.tree.css_first("iframe[src], frame[src]")) is not None:
        urls.append((frame.attributes.get("src") or "")[:MAX_URL_CHARACTERS])
    found = []
    for weight, url in zip((0.6, 1.0, 0.6), urls, strict=False):
        if _path(url).rstrip("/").lower() in PATHS:
            found.append(Evidence("path", weight, f"it leads to {url}"))
    markets = [market for url in urls[1:] if (market := leads_to_market(url))]
    return [*found, *(Evidence("market", 1.0, f"it leads to {market}") for market in markets)]


def _in_headings(document: Document) -> list[Evidence]:
    headings = [document.title, *(text_of(node, 200, " ") for node in document.tree.css("h1, h2")[:_MAX_HEADINGS])]
    return [
        Evidence(group, weight, line)
        for heading in headings
        if (line := " ".join(heading.split()))
        for group, weight, pattern in _TITLES
        if pattern.match(line)
    ]


def _in_markup(document: Document) -> list[Evidence]:
    html = document.html[:MAX_HTML_CHARACTERS].lower().replace(" ", "")
    return [
        Evidence("service", weight, f"served by {mark.rstrip('/')}")
        for weight, marks in SERVICES
        for mark in marks
        if mark in html
    ][:1]


def _in_text(text: str, domain: str, *, is_long: bool) -> list[Evidence]:
    lowered = text.lower()
    found = _about_domain(text, domain) if any(word in lowered for word in _DOMAIN_WORDS) or _TOKEN.search(text) else []
    has_hints, is_soon = any(word in lowered for word in HINTS), any(word in lowered for word in SOON_HINTS)
    for group, weight, pattern in _STATEMENTS:
        if (is_soon and not is_long) if group == "soon" else has_hints:
            stated = pattern.search(text)
            if stated is not None:
                found.append(Evidence(group, weight, stated[0]))
    return [one for one in found if one.weight >= CERTAIN or not is_long]


def _about_domain(text: str, own: str) -> list[Evidence]:
    """Return what the text says of the domain; nothing if it speaks of many domains, as dealers do.

    `own` is the domain of the page.
    """
    found, domains = list[Evidence](), set[str]()
    for group, weight, pattern in _PREDICATES:
        for match in pattern.finditer(text):
            subject = SUBJECT_BEFORE.search(text[max(match.start() - _WINDOW_CHARACTERS, 0) : match.start()])
            if subject is None or subject[1]:
                continue
            named = [name.lower() for name in _DOMAIN_NAME.findall(subject[0])]
            domains.update(named)
            factor = _ESTATE_FACTOR if subject[2] else 1.0
            if own and named and not any(own in name for name in named) and "domain" not in subject[0].lower():
                factor = _OTHER_DOMAIN_FACTOR
            found.append(Evidence(group, weight * factor, subject[0] + match[0]))
    return found if len(domains) <= MAX_OTHER_DOMAINS else []


def _signs_of_life(document: Document, text: str) -> float:
    """Return what speaks for a real website: ways to reach people, a name as its title, pages of its own."""
    score = 0.0
    if _CONTACT.search(text) or document.tree.css_first('a[href^="tel:"]') is not None:
        score += _CONTACT_BONUS
    title = document.title
    is_name = not (_GENERIC_TITLE.fullmatch(title) or _DOMAIN_NAME.fullmatch(title))
    is_name = is_name and not (document.domain and is_domain(title, document.domain))
    if is_name and not any(pattern.match(title) for _, _, pattern in _TITLES):
        score += _NAME_BONUS
    links = [link.url for link in document.links[:_MAX_LINKS] if len(link.raw) <= MAX_URL_CHARACTERS]
    pages = {_path(url) for url in links if domain_of(url) == document.domain}
    if len(pages) >= _MIN_LINKS:
        score += _LINKS_BONUS
    return score


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""
