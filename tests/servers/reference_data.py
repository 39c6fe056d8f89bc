"""Reference data in memory for the geocoder `local`: the houses of the address book, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from app.domain.vocabulary.accuracy import Accuracy
from app.domain.vocabulary.evidence import Basis, Evidence
from app.domain.vocabulary.known_addresses import AddressQuestion, KnownAddress
from tests.servers.addresses import Level, address_book


class BookData:
    """See ReferenceData."""

    async def has_any(self) -> bool:
        return True

    async def find(self, questions: Sequence[AddressQuestion]) -> list[KnownAddress | tuple[KnownAddress, ...] | None]:
        return [self._find(question) for question in questions]

    async def nearest(self, latitude: float, longitude: float, asker: UUID | None) -> KnownAddress | None:
        return None

    def _find(self, asked: AddressQuestion) -> KnownAddress | None:
        parts = {
            "street": f"{asked.house_number or ''} {asked.road or ''}".strip(),
            "city": asked.city or "",
            "state": asked.state or "",
            "postcode": asked.postcode or "",
        }
        found = address_book().find(parts, False)
        if found is None or found.level not in (Level.HOUSE, Level.STREET) or found.street_dropped:
            return None
        is_house = found.level is Level.HOUSE
        return KnownAddress(
            *found.point,
            Accuracy.ROOFTOP if is_house else Accuracy.STREET,
            found.house_number,
            found.road or "",
            found.city or "",
            found.address["state"],
            found.postcode or "",
            Evidence(Basis.POINT if is_house else Basis.STREET, "the address book", "2026-05-01", ("street",), ()),
            None,
        )
