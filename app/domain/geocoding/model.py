"""What a geocoder is asked and what it answers, in the platform's own words."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.domain.addresses.keys import address_key
from app.domain.vocabulary.accuracy import Accuracy
from app.domain.vocabulary.distance import great_circle_metres


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
        """The same for every spelling of the address."""
        return address_key(self.street, self.city, self.county, self.state, self.zip_code, self.country)

    @property
    def line(self) -> str:
        """On one line, as a person would write it."""
        region = " ".join(part for part in (self.state, self.zip_code) if part)
        return ", ".join(part for part in (self.street, self.city, region) if part)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address is, in degrees WGS 84, who said so, and how far that can be trusted.

    `confidence` (0 to 1) is on one scale for all providers; `raw_score` is the provider's own number, whatever it means
    there; `attribution` is what the provider wants shown with the result.
    """

    latitude: float
    longitude: float
    accuracy: Accuracy
    confidence: float
    provider: str
    matched_address: str
    raw_score: float | None
    attribution: str | None

    def metres_to(self, latitude: float, longitude: float) -> float:
        """Return the great-circle distance to a point in degrees."""
        return great_circle_metres(self.latitude, self.longitude, latitude, longitude)


class GeocodeOptions(BaseModel):
    """How to ask; every request and job that geocodes takes these."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    provider_id: str | None = None
    """Asked first; alone without `use_fallback`."""
    use_fallback: bool = True
    timeout: float = Field(default=5.0, ge=0.1, le=30)
    """Seconds a request."""
    min_accuracy: Accuracy | None = None
    """What ends the search; None: a street for an address with a street, anything for one without."""
    strict_order: bool = False
    """Wait for a provider whose limit is used up for the moment, rather than ask the next one that is free."""
    use_cache: bool = True
    """Whether answers that are kept will do; what is asked afresh replaces them."""


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to one address or point: a place, or why there is none."""

    place: Place | None
    error: str | None
