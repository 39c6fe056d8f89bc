"""Tell the business's own contacts from those of others whom the page names, such as its web designer."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from selectolax.lexbor import LexborNode

from app.domain.websites.extraction.document import BLOCK, Document, text_of
from app.domain.websites.extraction.email_addresses import FREE_PROVIDERS
from app.domain.websites.extraction.email_patterns import Candidate
from app.domain.websites.extraction.findings import Finding
from app.domain.websites.extraction.hosts import registered_domain
from app.domain.websites.extraction.social.link_context import link_context
from app.domain.websites.extraction.social.phrases import CREDIT

MAX_CONFIDENCE_OF_CREDITS = 0.3
"""The confidence of contacts of the people who made the site."""
MAX_CONFIDENCE_OF_OTHERS = 0.55
"""The confidence of contacts of people and organisations that the page says are not the business."""
FOREIGN_FACTOR = 0.6
"""For addresses of other domains where the page has one of its own domain."""
OWN_BONUS = 0.05
MAX_CREDIT_CHARACTERS = 80
"""Read before a contact for words that credit somebody."""
MAX_HEADING_CHARACTERS = 40
MAX_LEVELS = 3
"""Ancestors beside which these words may stand."""
MIN_LABEL_CHARACTERS = 4
"""Shorter labels of domains are similar by accident."""
_DECLARED = ("json_ld", "microdata")


class Ownership:
    """Judges the contacts of one page."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def adjust(self, confidence: float, address: str, candidate: Candidate) -> float:
        """Return the confidence that an address found in this place is one of the business."""
        domain = address.rpartition("@")[2]
        if self._is_own(domain):
            return min(1.0, confidence + OWN_BONUS)
        if candidate.is_others:
            return min(confidence, MAX_CONFIDENCE_OF_OTHERS)
        before = candidate.context[: max(candidate.context.find(candidate.text), 0)]
        is_credit = is_credited(candidate.node, before)
        if is_credit or (self._document.domain and self._is_in_credits(candidate, before, domain)):
            return min(confidence, MAX_CONFIDENCE_OF_CREDITS)
        return confidence

    def _is_in_credits(self, candidate: Candidate, before: str, domain: str) -> bool:
        """Return whether the contact is below a heading such as `Webdesign`, or in a part of the page for credits."""
        if candidate.node is None:
            heading = before.split(BLOCK)[-2:-1]
            return bool(heading) and len(heading[0]) <= MAX_HEADING_CHARACTERS and CREDIT.search(heading[0]) is not None
        context = link_context(candidate.node)
        if "credit" in context.regions and domain not in FREE_PROVIDERS:
            return True
        return len(context.heading) <= MAX_HEADING_CHARACTERS and CREDIT.search(context.heading) is not None

    def rank(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return the findings, with less confidence in addresses of other domains if there is one of the own domain."""
        findings = list(findings)
        if any(self._is_own(finding.value.rpartition("@")[2]) for finding in findings):
            for finding in findings:
                domain = finding.value.rpartition("@")[2]
                is_declared = finding.evidence and finding.evidence[0].method in _DECLARED
                if not (is_declared or domain in FREE_PROVIDERS or self._is_own(domain) or self._is_similar(domain)):
                    finding.confidence *= FOREIGN_FACTOR
        return findings

    def _is_own(self, domain: str) -> bool:
        own = self._document.domain
        return own is not None and registered_domain(domain) == own

    def _is_similar(self, domain: str) -> bool:
        """Return whether two domains have labels of which one contains the other: acme.com and acme-shop.de."""
        label = (registered_domain(domain) or domain).partition(".")[0]
        own = self._own_label
        return min(len(label), len(own)) >= MIN_LABEL_CHARACTERS and (label in own or own in label)

    @cached_property
    def _own_label(self) -> str:
        return (self._document.domain or "").partition(".")[0]


def is_credited(node: LexborNode | None, before: str) -> bool:
    """Return whether the words before a contact credit somebody for the site: `Website by Pixel Studio, …`.

    `node` is the element of the contact; without one, `before` is the text before it.
    """
    words = before.rpartition(BLOCK)[2] if node is None else _words_before(node)
    return CREDIT.search(words[-MAX_CREDIT_CHARACTERS:]) is not None


def _words_before(node: LexborNode) -> str:
    """Return the text before an element on its line, back to the second element: `Website by <a>Studio</a>, …`."""
    pieces, elements = list[str](), 0
    level: LexborNode | None = node
    for _ in range(MAX_LEVELS):
        sibling = level.prev if level is not None else None
        while sibling is not None and elements < 2 and sum(map(len, pieces)) < MAX_CREDIT_CHARACTERS:
            if sibling.tag in ("br", "p", "div", "li", "ul", "table", "hr", "h1", "h2", "h3", "h4", "h5", "h6"):
                elements = 2
                break
            if sibling.tag != "-text" and sibling.tag != "-comment":
                elements += 1
            pieces.append(text_of(sibling, MAX_CREDIT_CHARACTERS) if elements else sibling.text_content or "")
            sibling = sibling.prev
        level = level.parent if level is not None else None
        if elements >= 2 or level is None or level.tag in ("body", "div", "p", "li", "td", "footer"):
            break
    return "".join(reversed(pieces))
