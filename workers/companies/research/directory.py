"""Google Places as a source: the company's entry, as sentences that a report can quote."""

from __future__ import annotations

from datetime import UTC, datetime

from app.domain.companies.research.normalization import folded
from app.domain.companies.research.sources import Source, SourceKind, host
from providers.errors import ProviderError
from providers.places.google import Entry, GooglePlaces, own_id
from workers.companies.research.source_result import UNNUMBERED, SourceResult, failed
from workers.companies.research.subject import Subject


async def ask_directory(subject: Subject, places: GooglePlaces | None) -> SourceResult:
    """Look the company up in Google Places."""
    if places is None:
        return SourceResult("off")
    try:
        entry = await find_entry(subject, places)
    except ProviderError as error:
        return failed(error)
    if entry is None:
        return SourceResult("nothing")
    text = "\n".join(_sentences(entry))
    source = Source(UNNUMBERED, SourceKind.PLACES, entry.url, entry.name, text, datetime.now(UTC))
    return SourceResult("found", sources=[source])


async def find_entry(subject: Subject, places: GooglePlaces) -> Entry | None:
    """Return the company's entry: by its id, by its website, or if it has none, the only one with its exact name.

    Raises ProviderError.
    """
    if subject.place_id and (place_id := own_id(subject.place_id)):
        return await places.entry(place_id)
    entries = await places.entries(subject.name)
    if subject.website:
        own_host = host(subject.website if "//" in subject.website else f"//{subject.website}")
        return next((entry for entry in entries if entry.website and host(entry.website) == own_host), None)
    same_name = [entry for entry in entries if folded(entry.name) == folded(subject.name)]
    return same_name[0] if len(same_name) == 1 else None


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
