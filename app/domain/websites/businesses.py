"""Businesses as they come in, and what makes one the same when it comes again."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, field_validator, model_validator
from pydantic.alias_generators import to_camel

from app.domain.addresses.countries import country_code
from app.domain.websites.extraction.hosts import domain_of

Text = Field(default=None, max_length=300)
FROM_CSV = "csv"
"""The source of what comes as a file by which nobody is named."""
LONGEST_KEY = 2_600
"""Bytes: PostgreSQL indexes no text that takes more than some 2,700."""


class ExclusionBy(StrEnum):
    DOMAIN = "domain"
    NAME = "name"
    PLACE_ID = "place_id"


class NewBusiness(BaseModel):
    """What is known of a business. `website` is text that may lack its scheme; the edge normalises it."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", str_strip_whitespace=True
    )

    name: str = Field(min_length=1, max_length=300)
    website: str | None = Field(default=None, max_length=2083)
    external_id: str | None = Field(default=None, min_length=1, max_length=255)
    place_id: str | None = Field(default=None, min_length=1, max_length=255)
    phone: str | None = Field(default=None, max_length=60)
    category: str | None = Text
    address: str | None = Text
    city: str | None = Text
    state: str | None = Text
    zip_code: str | None = Field(default=None, max_length=20)
    country: str | None = Field(default=None, pattern=r"^[A-Za-z]{2}$")
    latitude: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)
    longitude: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)
    attribution: str | None = Text
    _ids_of: str = PrivateAttr(default="")

    @field_validator("*", mode="before")
    @classmethod
    def _nothing(cls, value: Any) -> Any:
        """Empty text says nothing."""
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("country", mode="before")
    @classmethod
    def _by_name(cls, value: Any) -> Any:
        """Countries go by their names, too."""
        return country_code(value) or value if isinstance(value, str) and len(value.strip()) > 2 else value

    @model_validator(mode="after")
    def _whole_place(self) -> NewBusiness:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude belong together")
        return self

    @model_validator(mode="after")
    def _indexable(self) -> NewBusiness:
        if len(self.key.encode()) > LONGEST_KEY:
            raise ValueError("name and address are too long")
        return self

    def with_ids_of(self, source: str) -> NewBusiness:
        """The same with its external id as one of this source: those of two sources never meet."""
        self._ids_of = source
        return self

    @property
    def key(self) -> str:
        """Under what it is known: its place's id, the sender's, or its name where it is."""
        if self.place_id:
            return f"place:{self.place_id}"
        if self.external_id:
            of = f"@{quote(self._ids_of, safe='')}" if self._ids_of else ""
            return f"id{of}:{self.external_id}"
        where = domain_of(self.website or "") or f"{plain(self.address or '')}|{(self.zip_code or '').lower()}"
        return f"name:{plain(self.name)}|{where}"


def plain(text: str) -> str:
    """Letters and digits in lower case, words divided by one space, without accents: for comparing names."""
    text = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.sub(r"[^\w\s]", "", "".join(one for one in text if not unicodedata.combining(one))).split())


def excluded_value(by: ExclusionBy, value: str) -> str:
    """How an exclusion's value is kept and compared. Raises ValueError for what can match nothing."""
    if by is ExclusionBy.PLACE_ID:
        return value.strip()
    if by is ExclusionBy.NAME:
        found = plain(value)
    else:
        text = value.strip().lower()
        found = re.sub(r"^www\.", "", (text.partition("//")[2] or text).partition("/")[0].partition(":")[0]).strip(".")
        if not re.fullmatch(r"(?:[\w-]+\.)+[\w-]+", found):
            raise ValueError("must be a domain such as example.com")
    if not found:
        raise ValueError("must not be empty")
    return found
