"""Gathering the sources of a report, all kinds at once; one that fails, fails no other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import orjson
import structlog

from app.domain.addresses.countries import country_code
from app.domain.companies.research.normalization import folded
from app.domain.companies.research.page_text import read
from app.domain.companies.research.sources import Source, SourceKind, host
from app.domain.companies.site_facts import DEFAULT_COUNTRY
from providers.errors import Busy, ProviderError, RateLimited, Unavailable
from providers.places.google import Entry, own_id
from providers.registers.companies_house import Record
from providers.search.brave import Hit
from providers.web import Fetcher
from workers.companies.research import site_pages
from workers.companies.research.site_pages import SitePage, SiteUnreadable
from workers.core.resources import CompanyProviders

SECONDS = 75.0
"""For all of it; what has not come by then is left out."""
MOST_HITS = 6
"""Pages found by searching that are read."""
HIT_PATIENCE = 3.0
REGISTER_COUNTRY = "gb"
"""Of Companies House."""
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Subject:
    """The company that is asked about."""

    name: str
    website: str | None = None
    registry_number: str | None = None
    place_id: str | None = None
    country: str = DEFAULT_COUNTRY
    """ISO 3166-1 alpha-2, lower case."""


@dataclass
class Found:
    """What one kind of source gave."""

    status: str
    """`found`, `nothing`, `off` (not configured), `unavailable` (it may be back), `failed`, `late` or `busy`."""
    detail: str = ""
    wait: float = 0.0
    """Seconds until it may be asked, where it is `busy`."""
    sources: list[Source] = field(default_factory=list)
    pages: list[SitePage] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        return {"status": self.status, "sources": len(self.sources)} | ({"detail": self.detail} if self.detail else {})


@dataclass(frozen=True)
class Gathered:
    found: dict[str, Found]

    @property
    def sources(self) -> list[Source]:
        """All of them, numbered, each text once."""
        numbered: list[Source] = []
        texts: set[str] = set()
        for found in self.found.values():
            for one in found.sources:
                if one.text not in texts:
                    texts.add(one.text)
                    numbered.append(
                        Source(
                            f"S{len(numbered) + 1}",
                            one.kind,
                            one.url,
                            one.title,
                            one.text,
                            one.fetched_at,
                            one.published_on,
                        )
                    )
        return numbered

    @property
    def pages(self) -> list[SitePage]:
        return [page for found in self.found.values() for page in found.pages]

    @property
    def wait(self) -> float:
        return max(found.wait for found in self.found.values())

    @property
    def is_unavailable(self) -> bool:
        """Nothing was found, and something may be there a moment later."""
        return not self.sources and any(found.status == "unavailable" for found in self.found.values())

    def shown(self) -> dict[str, Any]:
        return {name: found.shown() for name, found in self.found.items()}


async def gather(
    subject: Subject, intelligence: CompanyProviders, fetcher: Fetcher, *, since: datetime, most_pages: int
) -> Gathered:
    """Ask everybody; nothing is raised for what they do."""
    asked: dict[str, Awaitable[Found]] = {
        SourceKind.WEBSITE: own_site(subject, fetcher, since, most_pages),
        SourceKind.REGISTRY: registry(subject, intelligence),
        SourceKind.PLACES: places(subject, intelligence),
        SourceKind.WEB: search(subject, intelligence, fetcher, since),
    }
    answers = await asyncio.gather(*asked.values())
    return Gathered(dict(zip(asked, answers, strict=True)))


async def own_site(subject: Subject, fetcher: Fetcher, since: datetime, most: int) -> Found:
    if not subject.website:
        return Found("nothing", "the company has no website here")
    found = Found("nothing")
    try:
        async with asyncio.timeout(SECONDS):
            async for page in site_pages.pages(fetcher, subject.website, since, most):
                found.pages.append(page)
    except TimeoutError:
        found.detail = f"only what was read within {SECONDS:g} s"
    except Busy as error:
        return Found("busy", str(error), wait=error.wait)
    except SiteUnreadable as error:
        return Found("unavailable" if error.passing else "failed", str(error))
    found.sources = [
        Source("S0", SourceKind.WEBSITE, page.url, page.title, page.text, page.fetched_at, page.published_on)
        for page in found.pages
    ]
    found.status = "found" if found.sources else "unavailable" if found.detail else "nothing"
    return found


async def registry(subject: Subject, intelligence: CompanyProviders) -> Found:
    if intelligence.registry is None:
        return Found("off")
    try:
        record = await look_up(subject, intelligence)
    except ProviderError as error:
        return _failed(error)
    return Found("nothing") if record is None else Found("found", sources=[_of_record(record)])


async def look_up(subject: Subject, intelligence: CompanyProviders) -> Record | None:
    """The company's entry in the register, by its number or else by its exact name. Raises ProviderError."""
    assert intelligence.registry is not None
    number = subject.registry_number or await intelligence.registry.find(subject.name)
    return await intelligence.registry.record(number) if number else None


def _of_record(record: Record) -> Source:
    return Source(
        "S0",
        SourceKind.REGISTRY,
        record.url,
        f"{record.name}: Companies House",
        "\n".join(sentences(record)),
        datetime.now(UTC),
        datetime.now(UTC).date(),  # the register says what holds today
    )


def sentences(record: Record) -> list[str]:
    """What the register has, as a reader would say it."""
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
            when = f" since {officer.appointed_on}" if officer.appointed_on else ""
            lines.append(f"{officer.name} has been {officer.role} of {record.name}{when}.")
    return lines


async def places(subject: Subject, intelligence: CompanyProviders) -> Found:
    if intelligence.places is None:
        return Found("off")
    try:
        entry = await find_place(subject, intelligence)
    except ProviderError as error:
        return _failed(error)
    if entry is None:
        return Found("nothing")
    text = "\n".join(place_sentences(entry))
    return Found("found", sources=[Source("S0", SourceKind.PLACES, entry.url, entry.name, text, datetime.now(UTC))])


async def find_place(subject: Subject, intelligence: CompanyProviders) -> Entry | None:
    """By its id; else an entry of the company's own website or, without one, the only one of its exact name."""
    assert intelligence.places is not None
    if subject.place_id and (place_id := own_id(subject.place_id)):
        return await intelligence.places.entry(place_id)
    entries = await intelligence.places.entries(subject.name)
    if subject.website:
        own = host(subject.website if "//" in subject.website else f"//{subject.website}")
        return next((one for one in entries if one.website and host(one.website) == own), None)
    same = [one for one in entries if folded(one.name) == folded(subject.name)]
    return same[0] if len(same) == 1 else None


def place_sentences(entry: Entry) -> list[str]:
    lines = [f"{entry.name} is listed on Google Maps."]
    if entry.category:
        lines.append(f"{entry.name} is listed under the category {entry.category}.")
    if entry.address:
        lines.append(f"{entry.name} is based in {entry.address}.")
    if entry.rating is not None and entry.ratings:
        lines.append(f"Customers rate {entry.name} {entry.rating} of 5 in {entry.ratings} reviews.")
    if entry.status and entry.status != "OPERATIONAL":
        lines.append(f"The listing of {entry.name} says: {entry.status.replace('_', ' ').lower()}.")
    return lines


async def search(subject: Subject, intelligence: CompanyProviders, fetcher: Fetcher, since: datetime) -> Found:
    if intelligence.search is None:
        return Found("off")
    try:
        hits = await intelligence.search.search(f'"{subject.name}" company news', most=3 * MOST_HITS)
    except ProviderError as error:
        return _failed(error)
    own = host(subject.website or "")
    others = list({hit.url: hit for hit in hits if host(hit.url) != own}.values())[:MOST_HITS]
    try:
        async with asyncio.timeout(SECONDS):
            read_pages = await asyncio.gather(*(_hit(hit, subject, fetcher, since) for hit in others))
    except TimeoutError:
        return Found("late", f"not read within {SECONDS:g} s")
    sources = [one for one in read_pages if one is not None]
    return Found("found" if sources else "nothing", sources=sources)


async def _hit(hit: Hit, subject: Subject, fetcher: Fetcher, since: datetime) -> Source | None:
    """A page that was found, where it can be read and names the company."""
    try:
        page = await fetcher.fetch(hit.url, since=since, max_wait=HIT_PATIENCE)
    except Busy:
        return None
    if not page.ok:
        return None
    text = await asyncio.to_thread(read, page.html, page.final_url)
    if folded(subject.name) not in folded(text.text):
        return None
    kind = SourceKind.NEWS if hit.is_news else SourceKind.WEB
    published = text.published_on or _day(hit.published)
    return Source("S0", kind, page.final_url, text.title or hit.title, text.text, page.fetched_at, published)


def _day(text: str | None) -> date | None:
    try:
        return datetime.fromisoformat(text or "").date()
    except ValueError:
        return None


def _failed(error: ProviderError) -> Found:
    log.warning("source_failed", provider=error.provider, error=str(error))
    return Found("unavailable" if isinstance(error, Unavailable | Busy | RateLimited) else "failed", str(error))


def subject_of(row: Any) -> Subject:
    attributes = orjson.loads(row["attributes"])
    return Subject(
        row["name"],
        row["website"],
        row["registry_number"],
        row["place_id"],
        _country_of(attributes.get("country"), row["registry_number"]),
    )


def _country_of(country: Any, registry_number: str | None) -> str:
    """The country as the client gave it; without one, that of the only register there is a client for."""
    if isinstance(country, str) and country.strip():
        return country_code(country) or country.strip().lower()
    return REGISTER_COUNTRY if registry_number else DEFAULT_COUNTRY
