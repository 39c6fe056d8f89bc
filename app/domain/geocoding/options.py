"""Options of every request and job that geocodes."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic.alias_generators import to_camel

from app.domain.jobs.spec import RequestedArgs
from app.domain.vocabulary.accuracy import Accuracy


class GeocodeOptions(BaseModel):
    """Which geocoders to ask, and when an answer is good enough."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    provider_id: str | None = None
    """The geocoder to ask first, by its name in `GET /api/v1/geocoders`; the only one without `useFallback`."""
    use_fallback: bool = True
    """Ask the other configured geocoders if the first one finds nothing that is accurate enough."""
    timeout: float = Field(default=5.0, ge=0.1, le=30)
    """Seconds per request to a geocoder."""
    min_accuracy: Accuracy | None = None
    """The accuracy that ends the search. Null: a street for an address with a street, any place for others."""
    strict_order: bool = False
    """Wait for a geocoder that has reached its rate limit instead of asking the next free one."""
    use_cache: bool = True
    """Use cached answers. Without it every address is looked up again, and the new answers replace the cached ones."""

    @field_validator("provider_id", mode="after")
    @classmethod
    def _check_usable(cls, provider_id: str | None, info: ValidationInfo) -> str | None:
        if isinstance(info.context, RequestedArgs) and provider_id is not None:
            why = why_unusable(provider_id, info.context.geocoders())
            if why is not None:
                raise ValueError(why)
        return provider_id


class JobGeocodeOptions(GeocodeOptions):
    """Options of jobs alone."""

    cross_check: float = Field(default=0.0, ge=0, le=1, exclude_if=lambda share: not share)
    """The share of the addresses found, such as 0.02, for which a second geocoder is asked as well. The result says how
    far they agree; the households whose places lie far apart are put up for review."""


def why_unusable(provider_id: str, geocoders: Mapping[str, str | None]) -> str | None:
    """Return why a geocoder cannot be used, and which ones can; None if it can.

    `geocoders` are all known ones, each with the reason why it cannot be used, None if it can.
    """
    why = geocoders.get(provider_id, "there is no geocoder of that name")
    if why is None:
        return None
    names = usable(geocoders)
    choices = f"choose one of {', '.join(names)}" if names else "no geocoder is available, see /api/v1/geocoders"
    return f"cannot be used ({why}); {choices}"


def usable(geocoders: Mapping[str, str | None]) -> list[str]:
    """Return the names of those that can be used."""
    return [name for name, why in geocoders.items() if why is None]
