"""Options of every request and job that geocodes."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.domain.vocabulary.accuracy import Accuracy


class GeocodeOptions(BaseModel):
    """Which geocoders to ask, and when an answer is good enough."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    provider_id: str | None = None
    """The geocoder to ask first; the only one to ask without `use_fallback`."""
    use_fallback: bool = True
    timeout: float = Field(default=5.0, ge=0.1, le=30)
    """Seconds per request to a geocoder."""
    min_accuracy: Accuracy | None = None
    """The accuracy that ends the search. None: a street for an address with a street, any place for others."""
    strict_order: bool = False
    """Wait for a geocoder that has reached its rate limit instead of asking the next free one."""
    use_cache: bool = True
    """Use cached answers. Without it every address is looked up again, and the new answers replace the cached ones."""
