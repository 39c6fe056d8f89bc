"""What a provider of places is asked, and what it answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal

from providers.setup import ProviderConfig, Setup


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


class PlacesProvider(ABC):
    """One provider. A subclass sets the class attributes and answers `search`."""

    name: ClassVar[str]
    attribution: ClassVar[str]
    needs_point: ClassVar[bool] = False
    """Whether it searches round a point only."""
    needs: ClassVar[Literal["key", "url"]] = "key"
    """What it cannot be asked without."""

    @classmethod
    def lacks(cls, config: ProviderConfig) -> str | None:
        """What must be set before it can be asked; None where it can be."""
        given = config.key if cls.needs == "key" else config.url
        return None if given else f"TRIGPOINT_PROVIDERS__{cls.name.upper()}__{cls.needs.upper()}"

    @abstractmethod
    def __init__(self, setup: Setup) -> None:
        """Build it; nothing is opened here."""

    @abstractmethod
    async def search(self, query: PlaceQuery) -> list[Place]:
        """The businesses, as many as there are up to the query's limit. Raises ProviderError."""
