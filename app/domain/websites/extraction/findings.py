"""What extraction answers: values with the evidence for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.domain.text.storable import storable

#: Characters of the surroundings that are kept.
CONTEXT = 160
#: Places that are kept of one value.
MOST_EVIDENCE = 5


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where and how something was found. `method` is one of a few words: mailto, json_ld, cloudflare, text …"""

    page: str
    method: str
    context: str = ""

    def shown(self) -> dict[str, Any]:
        return {"page": self.page, "method": self.method, "context": self.context}


@dataclass(slots=True)
class Finding:
    """One value found on one page. `confidence` is between 0 and 1; `detail` is what only its kind has."""

    value: str
    confidence: float
    detail: dict[str, Any] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)


def brief(text: str) -> str:
    """Surroundings as they are kept: one line, not too long, and nothing that cannot be stored."""
    return storable(" ".join(text[: 4 * CONTEXT].split())[:CONTEXT])


def merged(findings: list[Finding]) -> list[Finding]:
    """One finding a value, its evidence together; several pages make it a little surer. The surest first."""
    by_value: dict[str, Finding] = {}
    for one in findings:
        key = one.value.casefold()
        first = by_value.get(key)
        if first is None:
            by_value[key] = Finding(one.value, one.confidence, dict(one.detail), list(one.evidence))
            continue
        pages = {evidence.page for evidence in first.evidence}
        again = any(evidence.page not in pages for evidence in one.evidence)
        first.confidence = min(1.0, max(first.confidence, one.confidence) + (0.02 if again else 0.0))
        new = [evidence for evidence in one.evidence if evidence not in first.evidence]
        first.evidence = [*first.evidence, *new][:MOST_EVIDENCE]
        first.detail = one.detail | first.detail
    return sorted(by_value.values(), key=lambda one: (-one.confidence, one.value))
