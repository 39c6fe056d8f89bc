"""Entries of registers and directories that may be a company's, for a person to decide on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from app.domain.companies.identity.register_match import EntryMatch
from app.domain.companies.kinds import EnrichmentSource

CandidateStatus = Literal["pending", "confirmed", "rejected"]
CANDIDATE_STATUSES: tuple[CandidateStatus, ...] = get_args(CandidateStatus)


@dataclass(frozen=True)
class EntryCandidate:
    """An entry that may be the company's."""

    source: EnrichmentSource
    entry_id: str
    """Its number in the register, or its id in the directory."""
    name: str
    url: str
    fields: dict[str, Any]
    """What the entry states, as fields of the company."""
    match: EntryMatch
