"""Businesses as they are submitted, the key that identifies them, and the values of exclusions."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, field_validator, model_validator
from pydantic.alias_generators import to_camel

from app.domain.vocabulary.countries import country_code
from app.domain.websites.extraction.hosts import domain_of
from app.domain.websites.website_field import clean_website

Text = Field(default=None, max_length=300)
FROM_CSV = "csv"
"""The source of businesses from a file, unless the sender names another one."""
MAX_KEY_BYTES = 2_600
"""PostgreSQL cannot index text of more than about 2,700 bytes."""


class ExclusionBy(StrEnum):
    DOMAIN = "domain"
    NAME = "name"
    PLACE_ID = "place_id"


class NewBusiness(BaseModel):
    """A business to insert or update."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={
            "examples": [
                {
                    "name": "Bakery Miller",
                    "website": "bakery-miller.example",
                    "externalId": "crm-1042",
                    "city": "Boston",
                }
            ]
        },
    )

    name: str = Field(min_length=1, max_length=300)
    website: str | None = Field(default=None, max_length=2083)
    """A URL, with or without its scheme."""
    external_id: str | None = Field(default=None, min_length=1, max_length=255)
    """The sender's own id."""
    place_id: str | None = Field(default=None, min_length=1, max_length=255)
    """The id at a provider of places."""
    phone: str | None = Field(default=None, max_length=60)
    category: str | None = Text
    address: str | None = Text
    """House number and street."""
    city: str | None = Text
    state: str | None = Text
    zip_code: str | None = Field(default=None, max_length=20)
    country: str | None = Field(default=None, pattern=r"^[A-Za-z]{2}$")
    """ISO 3166-1 alpha-2, or the name of the country; the installation's country if not given."""
    latitude: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)
    """Degrees (WGS 84)."""
    longitude: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)
    attribution: str | None = Text
    """What to show with the data, as their provider demands."""
    _id_namespace: str = PrivateAttr(default="")

    @field_validator("*", mode="before")
    @classmethod
    def _blank_as_none(cls, value: Any) -> Any:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("website", mode="before")
    @classmethod
    def _clean_website(cls, value: Any) -> Any:
        """Mend broken schemes; a placeholder such as `n/a` is no website."""
        return clean_website(value) if isinstance(value, str) else value

    @field_validator("country", mode="before")
    @classmethod
    def _country_by_name(cls, value: Any) -> Any:
        """Accept the name of a country for its code, and UK for GB."""
        return country_code(value) or value if isinstance(value, str) else value

    @model_validator(mode="after")
    def _whole_point(self) -> NewBusiness:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude belong together")
        return self

    @model_validator(mode="after")
    def _indexable(self) -> NewBusiness:
        if len(self.key.encode()) > MAX_KEY_BYTES:
            raise ValueError("name and address are too long")
        return self

    def with_id_namespace(self, source: str) -> NewBusiness:
        """Set the source that issued the external id, so that equal ids of two sources stay apart. Returns self."""
        self._id_namespace = source
        return self

    @property
    def key(self) -> str:
        """Identifies the business: by its place id, else by its external id, else by name and website or address."""
        if self.place_id:
            return f"place:{self.place_id}"
        if self.external_id:
            namespace = f"@{quote(self._id_namespace, safe='')}" if self._id_namespace else ""
            return f"id{namespace}:{self.external_id}"
        location = f"{normalise_name(self.address or '')}|{(self.zip_code or '').lower()}"
        return f"name:{normalise_name(self.name)}|{domain_of(self.website or '') or location}"


def normalise_name(text: str) -> str:
    """Return the text for comparisons: lower case, no accents, no punctuation, words separated by one space."""
    text = unicodedata.normalize("NFKD", text.casefold())
    without_accents = "".join(character for character in text if not unicodedata.combining(character))
    return " ".join(re.sub(r"[^\w\s]", "", without_accents).split())


def excluded_value(by: ExclusionBy, value: str) -> str:
    """Normalize the value of an exclusion. Raises ValueError for a value that cannot match anything."""
    if by is ExclusionBy.PLACE_ID:
        return value.strip()
    if by is ExclusionBy.NAME:
        normalised = normalise_name(value)
    else:
        text = value.strip().lower()
        host = (text.partition("//")[2] or text).partition("/")[0].partition(":")[0]
        normalised = re.sub(r"^www\.", "", host).strip(".")
        if not re.fullmatch(r"(?:[\w-]+\.)+[\w-]+", normalised):
            raise ValueError("must be a domain such as example.com")
    if not normalised:
        raise ValueError("must not be empty")
    return normalised
