"""Whose contact it is: the business's own, or that of somebody else whom the page names, such as its web designer."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from selectolax.lexbor import LexborNode

from app.domain.websites.extraction.document import BLOCK, Document
from app.domain.websites.extraction.email_addresses import FREE_PROVIDERS
from app.domain.websites.extraction.email_patterns import Candidate
from app.domain.websites.extraction.findings import Finding
from app.domain.websites.extraction.hosts import registered_domain
from app.domain.websites.extraction.social.link_context import link_context
from app.domain.websites.extraction.social.phrases import CREDIT
from app.domain.websites.extraction.social.scoring import is_credit

MAX_CONFIDENCE_OF_CREDITS = 0.3
"""The confidence of contacts of the people who made the site."""
MAX_CONFIDENCE_OF_OTHERS = 0.55
"""The confidence of contacts of people and organisations that the page says are not the business."""
FOREIGN_FACTOR = 0.6
"""For addresses of other domains where the page has one of its own domain."""
OWN_BONUS = 0.05
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
        if is_credited(candidate.node, before, is_free=domain in FREE_PROVIDERS):
            return min(confidence, MAX_CONFIDENCE_OF_CREDITS)
        return confidence

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


def is_credited(node: LexborNode | None, before: str, *, is_free: bool = False) -> bool:
    """Return whether the words before a contact credit somebody for the site: `Website by Pixel Studio, …`.

    `node` is the element of the contact, if there is one; `is_free` that its address may be anybody's.
    """
    if node is not None:
        context = link_context(node)
        if is_credit(context) or ("credit" in context.regions and not is_free):
            return True
        return bool(CREDIT.search(context.heading))
    return bool(CREDIT.search(" ".join(before.split(BLOCK)[-2:])[-100:]))
