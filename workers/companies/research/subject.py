"""The company that sources are asked about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from app.db.companies.records import Company
from app.domain.addresses.countries import country_code
from app.domain.companies.site_facts import DEFAULT_COUNTRY

REGISTER_COUNTRY = "gb"
"""Country of the register Companies House."""


@dataclass(frozen=True)
class Subject:
    """The properties of a company by which sources find it."""

    name: str
    website: str | None = None
    registry_number: str | None = None
    place_id: str | None = None
    country: str = DEFAULT_COUNTRY
    """ISO 3166-1 alpha-2 in lower case."""

    @classmethod
    def from_company(cls, company: Company) -> Self:
        """Return the subject of a stored company."""
        return cls(company.name, company.website, company.registry_number, company.place_id, _country(company))


def _country(company: Company) -> str:
    """Return the country as the client gave it, else that of the only register that has companies' numbers here."""
    given = company.attributes.get("country")
    if isinstance(given, str) and given.strip():
        return country_code(given) or given.strip().lower()
    return REGISTER_COUNTRY if company.registry_number else DEFAULT_COUNTRY
