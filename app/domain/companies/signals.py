"""Signals: events in the life of a company that make it a better or worse lead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Literal, get_args
from uuid import UUID

from app.domain.companies.research.normalization import folded

SignalKind = Literal["hiring", "funding", "leadership", "expansion", "technology", "site_change"]
SIGNAL_KINDS: tuple[SignalKind, ...] = get_args(SignalKind)
FINGERPRINT_CHARACTERS = 32


@dataclass(frozen=True)
class SignalCandidate:
    """A signal as a source states it, which may be stored already."""

    kind: str
    title: str
    quote: str
    """Verbatim from `text`."""
    url: str
    text: str
    """The full text of the source."""
    occurred_on: date | None
    strength: float
    """0 to 1."""
    identity: str = ""
    """Identifies the signal, if the quotation does not."""

    @property
    def fingerprint(self) -> str:
        """Equal for the same signal, wherever and whenever it is found."""
        return sha256(folded(self.identity or self.quote).encode()).hexdigest()[:FINGERPRINT_CHARACTERS]


@dataclass(frozen=True, slots=True)
class Signal:
    """A stored signal."""

    id: UUID
    company_id: UUID
    kind: SignalKind
    title: str
    quote: str
    """Verbatim from the source's text."""
    url: str
    sha256: str
    """SHA-256 of the text of the source, in hex."""
    occurred_on: date | None
    strength: float
    """0 to 1."""
    detected_at: datetime

    def to_json(self) -> dict[str, Any]:
        """Return the signal as the API, notifications and job results have it."""
        return {
            "id": str(self.id),
            "company_id": str(self.company_id),
            "type": self.kind,
            "title": self.title,
            "evidence": {"quote": self.quote, "url": self.url, "sha256": self.sha256},
            "occurred_on": self.occurred_on,
            "detected_at": self.detected_at,
            "strength": self.strength,
        }
