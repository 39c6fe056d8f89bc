"""What the web edge knows of the platform: handed over by `app.main` as `request.app.state.platform`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from app.db.changes import Changes
from app.db.pool import Pool
from app.dispatch import Dispatcher
from app.domain.geocoding import Address, Found, GeocodeOptions
from app.domain.jobs import JobSpec
from app.queue import Sender
from app.settings import Settings


class Geocoder(Protocol):
    """Answers at once, within so many seconds."""

    async def locate(self, addresses: Sequence[Address], options: GeocodeOptions, within: float) -> list[Found]:
        """What is known of each address. Raises ValueError where the provider asked for is not there."""
        ...

    async def reverse(self, latitude: float, longitude: float, within: float) -> Found | None:
        """The address nearest to a point in degrees; None where nobody here looks up points."""
        ...

    async def states(self) -> list[dict[str, Any]]:
        """How every provider stands, as JSON."""
        ...


@dataclass(frozen=True)
class Platform:
    settings: Settings
    pool: Pool
    specs: Mapping[str, JobSpec]
    """By kind."""
    dispatcher: Dispatcher
    sender: Sender
    changes: Changes
    geocoder_names: frozenset[str]
    geocoder: Geocoder
    normalise_website: Callable[[str], str]
    """The address that a text means. Raises ValueError for what can never be fetched."""

    def kind(self, name: str) -> JobSpec | None:
        """The spec of a kind, by its name or one of its aliases."""
        return self.specs.get(name) or next((s for s in self.specs.values() if name in s.aliases), None)
