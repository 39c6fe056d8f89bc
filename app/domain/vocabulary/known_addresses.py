"""Questions to the reference data and their answers, as providers see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from app.domain.vocabulary.accuracy import Accuracy
from app.domain.vocabulary.evidence import Evidence


@dataclass(frozen=True, slots=True)
class AddressQuestion:
    """An address in parts; a part that is not known is None. `country` is ISO 3166-1 alpha-2 in lower case."""

    house_number: str | None
    road: str | None
    city: str | None
    state: str | None
    postcode: str | None
    country: str
    asker: UUID | None
    """The user whose own data count besides the shared ones."""


@dataclass(frozen=True, slots=True)
class KnownAddress:
    """An address of the reference data, in degrees (WGS 84)."""

    latitude: float
    longitude: float
    accuracy: Accuracy
    house_number: str | None
    road: str
    city: str
    """Empty if the data do not name it."""
    state: str
    postcode: str
    evidence: Evidence
    attribution: str | None

    @property
    def line(self) -> str:
        """The address on one line."""
        street = f"{self.house_number} {self.road}" if self.house_number else self.road
        region = " ".join(part for part in (self.state, self.postcode) if part)
        return ", ".join(part for part in (street, self.city, region) if part)


class ReferenceData(Protocol):
    """The addresses that were imported as reference data."""

    async def has_any(self) -> bool:
        """Whether there are any."""
        ...

    async def find(self, questions: Sequence[AddressQuestion]) -> list[KnownAddress | tuple[KnownAddress, ...] | None]:
        """Return for each question the address that is meant, several that fit equally well, or None."""
        ...

    async def nearest(self, latitude: float, longitude: float, asker: UUID | None) -> KnownAddress | None:
        """Return the house nearest to a point in degrees, None if there is none within a few hundred metres."""
        ...
