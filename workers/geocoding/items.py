"""The items of a geocoding job, and the distinct addresses among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.db.geocoding.cache import CachedAnswer, NewAnswer
from app.domain.addresses.postal_address import Address
from providers.geocoding.fallback import Answer
from workers.geocoding.resolution import Resolution


@dataclass(frozen=True, slots=True)
class GeocodeItem:
    """A household, or a row of a file."""

    id: UUID | int
    address: Address
    source: Any
    """The object that it was read from, for the job that saves it."""
    problem: str | None = None
    """Why its address cannot be looked up."""
    note: str | None = None
    """What was left out of its address, because it cannot be right."""
    known_point: tuple[float, float] | None = None
    """Latitude and longitude that the sender or an earlier job gave it."""


@dataclass(slots=True, eq=False)
class AddressLookup:
    """A distinct address on its way to a resolution, with all items that have it."""

    key: str
    address: Address
    items: list[GeocodeItem]
    cached: Sequence[CachedAnswer] = ()
    batch_answer: Answer | None = None
    """The answers of the reference data and of a batch that found no sufficient place, before the other geocoders are
    asked."""
    new_answers: list[NewAnswer] = field(default_factory=list)
    """Answers to cache when the first item is committed."""


@dataclass(frozen=True, slots=True)
class ResolvedItem:
    """An item that is ready to be committed. Only the first item of an address has its `lookup`."""

    item: GeocodeItem
    resolution: Resolution
    lookup: AddressLookup | None = None
