"""The register of companies as a source: its record, as sentences that a report can quote."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.domain.companies.identity.candidates import EntryCandidate
from app.domain.companies.identity.register_match import RegisterEntry, has_same_name, match_entry
from app.domain.companies.identity.subject import Subject
from app.domain.companies.research.sources import Source, SourceKind
from providers.errors import ProviderError
from providers.registers.companies_house import CompaniesHouse, Record
from workers.companies.research.source_result import UNNUMBERED, SourceResult, failed

MAX_RECORDS = 3
"""Records of the same name that are read."""


@dataclass(frozen=True)
class RegisterAnswer:
    """The company's record, or those that may be."""

    record: Record | None
    candidates: tuple[EntryCandidate, ...] = ()


async def read_records(subject: Subject, register: CompaniesHouse) -> list[Record]:
    """Return the record of the company's number or else those of its name, active ones first. Raises ProviderError."""
    if subject.registry_number:
        record = await register.record(subject.registry_number)
        return [record] if record else []
    hits = [hit for hit in await register.search(subject.name) if has_same_name(subject, hit.name)]
    chosen = sorted(hits, key=lambda hit: not hit.is_active)[:MAX_RECORDS]
    records = await asyncio.gather(*(register.record(hit.number) for hit in chosen))
    return [record for record in records if record is not None]


def choose_record(subject: Subject, records: Sequence[Record]) -> RegisterAnswer:
    """Return the record that is the company's by its name and a second mark; the others are candidates.

    If several are, the only active one is; otherwise all are candidates. Those that a person rejected are left out.
    """
    matches = [
        (record, match_entry(subject, to_entry(record)))
        for record in records
        if record.number not in subject.rejected_entries
    ]
    certain = [(record, match) for record, match in matches if match.is_company]
    active = [(record, match) for record, match in certain if record.status == "active"]
    chosen = certain if len(certain) == 1 else active
    if len(chosen) == 1:
        return RegisterAnswer(chosen[0][0])
    return RegisterAnswer(
        None,
        tuple(
            EntryCandidate("companies_house", record.number, record.name, record.url, to_fields(record), match)
            for record, match in matches
        ),
    )


def to_entry(record: Record) -> RegisterEntry:
    """Return what a record states that can be compared with a company."""
    people = tuple(officer.name for officer in record.officers)
    return RegisterEntry(record.number, record.name, record.country, record.address, people)


def to_fields(record: Record) -> dict[str, Any]:
    """Return what a record states as fields of the company."""
    fields = {
        "registry_number": record.number,
        "registered_name": record.name,
        "registry_status": record.status,
        "legal_form": record.kind,
        "incorporated_on": record.incorporated_on,
        "dissolved_on": record.dissolved_on,
        "registered_office": record.address or None,
        "sic_codes": list(record.sic_codes) or None,
        "accounts_overdue": record.accounts_overdue,
        "has_charges": record.has_charges,
        "has_insolvency_history": record.has_insolvency_history,
        "officers": [
            {"name": officer.name, "role": officer.role, "appointed_on": officer.appointed_on}
            for officer in record.officers
            if officer.resigned_on is None
        ],
    }
    return {name: value for name, value in fields.items() if value is not None}


async def ask_register(register: CompaniesHouse | None, subject: Subject) -> list[Record] | SourceResult:
    """Return the records that can be the company's, or how the register failed."""
    if register is None:
        return SourceResult("off")
    try:
        return await read_records(subject, register)
    except ProviderError as error:
        return failed(error)


def judge_register(subject: Subject, asked: list[Record] | SourceResult) -> SourceResult:
    """Return the company's record as a source."""
    if isinstance(asked, SourceResult):
        return asked
    answer = choose_record(subject, asked)
    if answer.record is None:
        names = ", ".join(f"{candidate.name} ({candidate.entry_id})" for candidate in answer.candidates)
        return SourceResult("nothing", f"not certain to be the company: {names}" if names else "")
    return SourceResult("found", sources=[_source(answer.record)])


def _source(record: Record) -> Source:
    now = datetime.now(UTC)
    return Source(
        UNNUMBERED,
        SourceKind.REGISTRY,
        record.url,
        f"{record.name}: Companies House",
        "\n".join(_sentences(record)),
        fetched_at=now,
        published_on=now.date(),  # the register states what holds today
    )


def _sentences(record: Record) -> list[str]:
    lines = [
        f"{record.name} is registered at Companies House under number {record.number}.",
        f"The status of {record.name} is {record.status}; its legal form is {record.kind}.",
    ]
    if record.incorporated_on:
        lines.append(f"{record.name} was incorporated on {record.incorporated_on}.")
    if record.dissolved_on:
        lines.append(f"{record.name} was dissolved on {record.dissolved_on}.")
    if record.address:
        lines.append(f"The registered office of {record.name} is at {record.address}.")
    if record.sic_codes:
        lines.append(f"Its nature of business is given by the SIC codes {', '.join(record.sic_codes)}.")
    if record.accounts_made_up_to:
        lines.append(f"Its last accounts were made up to {record.accounts_made_up_to}.")
    if record.accounts_overdue:
        lines.append(f"The accounts of {record.name} are overdue.")
    if record.has_charges:
        lines.append(f"Charges registered against {record.name} are on file.")
    if record.has_insolvency_history:
        lines.append(f"{record.name} has an insolvency history.")
    for officer in record.officers:
        if officer.resigned_on:
            lines.append(f"{officer.name} resigned as {officer.role} of {record.name} on {officer.resigned_on}.")
        else:
            since = f" since {officer.appointed_on}" if officer.appointed_on else ""
            lines.append(f"{officer.name} has been {officer.role} of {record.name}{since}.")
    return lines
