"""The findings of the extractors: values with their evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.domain.text.storable import storable

MAX_CONTEXT_CHARACTERS = 160
MAX_EVIDENCE = 5
"""Places kept per value."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One place where a value was found."""

    page: str
    """The URL of the page."""
    method: str
    """How it was found: `mailto`, `json_ld`, `cloudflare`, `text` …"""
    context: str = ""
    """The text around it, for people."""


@dataclass(slots=True)
class Finding:
    """A value that was found, with all its evidence."""

    value: str
    confidence: float
    """Between 0 and 1."""
    detail: dict[str, Any] = field(default_factory=dict)
    """Fields that only this kind of value has."""
    evidence: list[Evidence] = field(default_factory=list)


def shorten_context(text: str) -> str:
    """Return the text as the context of evidence: one short line that the database can store."""
    return storable(" ".join(text[: 4 * MAX_CONTEXT_CHARACTERS].split())[:MAX_CONTEXT_CHARACTERS])


def merge_findings(findings: list[Finding]) -> list[Finding]:
    """Merge findings of the same value, whose case is ignored, and sort them by confidence, highest first.

    The confidence is the highest one, plus 0.02 for each further page.
    """
    by_value: dict[str, Finding] = {}
    for finding in findings:
        key = finding.value.casefold()
        merged = by_value.get(key)
        if merged is None:
            by_value[key] = Finding(finding.value, finding.confidence, dict(finding.detail), list(finding.evidence))
            continue
        pages = {evidence.page for evidence in merged.evidence}
        is_other_page = any(evidence.page not in pages for evidence in finding.evidence)
        confidence = max(merged.confidence, finding.confidence)
        merged.confidence = min(1.0, confidence + (0.02 if is_other_page else 0.0))
        new = [evidence for evidence in finding.evidence if evidence not in merged.evidence]
        merged.evidence = [*merged.evidence, *new][:MAX_EVIDENCE]
        merged.detail = finding.detail | merged.detail
    return sorted(by_value.values(), key=lambda finding: (-finding.confidence, finding.value))
