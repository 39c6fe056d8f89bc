"""Queries, places and the interface of place providers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal

from providers.setup import ProviderConfig, Setup, setting_name


@dataclass(frozen=True, slots=True)
class PlaceQuery:
    """A search for businesses by category or name (`text`), within `radius` metres of a point in degrees."""

    text: str
    limit: int
    latitude: float | None = None
    longitude: float | None = None
    radius: float = 5_000.0
    country: str | None = None
    """ISO 3166-1 alpha-2 in lower case."""


@dataclass(frozen=True, slots=True)
class Place:
    """A business. `id` is the provider's id with a prefix (`google:ChIJ…`, `osm:node/1`)."""

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
    """One provider. A subclass sets the class attributes and implements `search`."""

    name: ClassVar[str]
    attribution: ClassVar[str]
    needs_point: ClassVar[bool] = False
    """Whether a search needs a point."""
    needs: ClassVar[Literal["key", "url"]] = "key"
    """The setting that is required."""

    @classmethod
    def lacks(cls, config: ProviderConfig) -> str | None:
        """Return the setting that is missing, or None if the provider can be used."""
        given = config.key if cls.needs == "key" else config.url
        return None if given else setting_name(cls.name, cls.needs)

    @abstractmethod
    def __init__(self, setup: Setup) -> None:
        """Create the provider. Nothing is opened here."""

    @abstractmethod
    async def search(self, query: PlaceQuery) -> list[Place]:
        """Return up to `query.limit` businesses. Raises ProviderError."""
