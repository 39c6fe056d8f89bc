"""Google Places as a source: the company's entry, as sentences that a report can quote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.domain.companies.identity.candidates import EntryCandidate
from app.domain.companies.identity.register_match import RegisterEntry, has_same_name, match_entry
from app.domain.companies.identity.subject import Subject
from app.domain.companies.research.sources import Source, SourceKind, host
from providers.errors import ProviderError
from providers.places.google import Entry, GooglePlaces, own_id
from workers.companies.research.source_result import UNNUMBERED, SourceResult, failed


@dataclass(frozen=True)
class DirectoryAnswer:
    """The company's entry, or those that may be."""

    entry: Entry | None
    candidates: tuple[EntryCandidate, ...] = ()


async def ask_directory(places: GooglePlaces | None, subject: Subject) -> list[Entry] | SourceResult:
    """Return the entries that can be the company's, or how the directory failed."""
    if places is None:
        return SourceResult("off")
    try:
        return await read_entries(subject, places)
    except ProviderError as error:
        return failed(error)


def judge_directory(subject: Subject, asked: list[Entry] | SourceResult) -> SourceResult:
    """Return the company's entry as a source."""
    if isinstance(asked, SourceResult):
        return asked
    entry = choose_entry(subject, asked).entry
    if entry is None:
        return SourceResult("nothing")
    text = "\n".join(_sentences(entry))
    source = Source(UNNUMBERED, SourceKind.PLACES, entry.url, entry.name, text, datetime.now(UTC))
    return SourceResult("found", sources=[source])


async def read_entries(subject: Subject, places: GooglePlaces) -> list[Entry]:
    """Return the entry of the company's id, or else those that a search for its name finds. Raises ProviderError."""
    if subject.place_id and (place_id := own_id(subject.place_id)):
        entry = await places.entry(place_id)
        return [entry] if entry else []
    return await places.entries(subject.name)


def choose_entry(subject: Subject, entries: Sequence[Entry]) -> DirectoryAnswer:
    """Return the entry that is the company's: by its id or its website, or by its name and a second mark.

    If no marks are known of the company, the only entry of its name is taken for its own. Other entries of the same
    name are candidates, unless their website is another one or a person rejected them.
    """
    entries = [entry for entry in entries if entry.place_id not in subject.rejected_entries]
    if subject.place_id and own_id(subject.place_id):
        return DirectoryAnswer(entries[0] if entries else None)
    by_website = [entry for entry in entries if entry.website and subject.host and host(entry.website) == subject.host]
    if by_website:
        return DirectoryAnswer(by_website[0])
    matches = [
        (entry, match_entry(subject, _to_entry(entry)))
        for entry in entries
        if has_same_name(subject, entry.name) and not (entry.website and subject.host)
    ]
    certain = [entry for entry, match in matches if match.is_company or not subject.has_marks]
    if len(certain) == 1:
        return DirectoryAnswer(certain[0])
    return DirectoryAnswer(
        None,
        tuple(
            EntryCandidate("google_places", entry.place_id, entry.name, entry.url, to_fields(entry), match)
            for entry, match in matches
        ),
    )


def _to_entry(entry: Entry) -> RegisterEntry:
    return RegisterEntry(
        entry.place_id, entry.name, "", entry.address or "", phone=entry.phone or "", website=entry.website or ""
    )


def to_fields(entry: Entry) -> dict[str, Any]:
    """Return what an entry states as fields of the company."""
    fields = {
        "place_id": entry.place_id,
        "listed_name": entry.name,
        "address": entry.address,
        "listed_website": entry.website,
        "phones": [entry.phone] if entry.phone else None,
        "category": entry.category,
        "business_status": entry.status,
        "rating": entry.rating,
        "ratings": entry.ratings,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _sentences(entry: Entry) -> list[str]:
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
