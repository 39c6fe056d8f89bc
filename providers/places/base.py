"""What a provider of places is asked, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol


@dataclass(frozen=True, slots=True)
class PlaceQuery:
    """Businesses of a kind or a name (`text`), near a point in degrees within `radius` metres, at most `limit`."""

    text: str
    limit: int
    latitude: float | None = None
    longitude: float | None = None
    radius: float = 5_000.0
    country: str | None = None
    """ISO 3166-1, in lower case."""


@dataclass(frozen=True, slots=True)
class Place:
    """A business; `id` is the provider's, with its name before it (`google:ChIJ…`, `osm:node/1`)."""

    id: str
    name: str
    latitude: float
    longitude: float
    website: str | None = None
    phone: str | None = None
    category: str | None = None
    address: str | None = None
    city: str | None = None
    state: str | None = None
    zip_code: str | None = None
    country: str | None = None


class PlacesProvider(Protocol):
    """Raises ProviderError."""

    name: ClassVar[str]
    attribution: ClassVar[str]
    needs_point: ClassVar[bool]
    """Whether it searches round a point only."""

    async def search(self, query: PlaceQuery) -> list[Place]:
        """The businesses, as many as there are up to the query's limit."""
        ...
