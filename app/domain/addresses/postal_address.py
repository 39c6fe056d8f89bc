"""A postal address in parts."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.addresses.keys import address_key


@dataclass(frozen=True, slots=True)
class Address:
    """`street` is house number and street without a unit; `country` is ISO 3166-1 alpha-2 in lower case."""

    street: str | None
    city: str | None
    county: str | None
    state: str | None
    zip_code: str | None
    country: str

    @property
    def key(self) -> str:
        """Equal for all spellings of the same address."""
        return address_key(self.street, self.city, self.county, self.state, self.zip_code, self.country)

    @property
    def line(self) -> str:
        """The address on one line, without its country."""
        region = " ".join(part for part in (self.state, self.zip_code) if part)
        return ", ".join(part for part in (self.street, self.city, region) if part)
