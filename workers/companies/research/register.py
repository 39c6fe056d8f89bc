"""The register of companies as a source: its record, as sentences that a report can quote."""

from __future__ import annotations

from datetime import UTC, datetime

from app.domain.companies.research.sources import Source, SourceKind
from providers.errors import ProviderError
from providers.registers.companies_house import CompaniesHouse, Record
from workers.companies.research.source_result import UNNUMBERED, SourceResult, failed
from workers.companies.research.subject import Subject


async def ask_register(subject: Subject, register: CompaniesHouse | None) -> SourceResult:
    """Look the company up in the register."""
    if register is None:
        return SourceResult("off")
    try:
        record = await find_record(subject, register)
    except ProviderError as error:
        return failed(error)
    return SourceResult("nothing") if record is None else SourceResult("found", sources=[_source(record)])


async def find_record(subject: Subject, register: CompaniesHouse) -> Record | None:
    """Return the company's record, found by its number or else by its exact name. Raises ProviderError."""
    number = subject.registry_number or await register.find(subject.name)
    return await register.record(number) if number else None


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
