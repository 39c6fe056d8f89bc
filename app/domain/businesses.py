"""Businesses as they come in, and what makes one the same when it comes again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic.alias_generators import to_camel

from app.domain import delimited
from app.domain.extraction.hosts import domain_of

Text = Field(default=None, max_length=300)


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

    @field_validator("*", mode="before")
    @classmethod
    def _nothing(cls, value: Any) -> Any:
        """Empty text says nothing."""
        return None if isinstance(value, str) and not value.strip() else value

    @model_validator(mode="after")
    def _whole_place(self) -> NewBusiness:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude belong together")
        return self

    @property
    def key(self) -> str:
        """Under what it is known: its place's id, the sender's, or its name where it is."""
        if self.place_id:
            return f"place:{self.place_id}"
        if self.external_id:
            return f"id:{self.external_id}"
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


COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "businessname", "company", "companyname", "title", "firma"),
    "website": ("website", "url", "web", "site", "homepage", "domain"),
    "externalId": ("id", "externalid", "recordid"),
    "placeId": ("placeid", "googleplaceid"),
    "phone": ("phone", "telephone", "phonenumber", "tel"),
    "category": ("category", "type", "industry"),
    "address": ("address", "street", "streetaddress", "address1"),
    "city": ("city", "town", "ort"),
    "state": ("state", "region", "province"),
    "zipCode": ("zipcode", "zip", "postcode", "postalcode", "plz"),
    "country": ("country", "countrycode"),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lon", "lng"),
}
_FIELD = {name: field for field, names in COLUMNS.items() for name in names}


class TooMany(Exception):
    """More lines than one request may have."""


@dataclass(frozen=True)
class Line:
    """A row of a file: its values by field, or as text why there are none."""

    number: int
    values: dict[str, Any] | str


def from_csv(raw: bytes, most: int) -> Iterator[Line]:
    """Rows of a CSV file with a header. Raises delimited.Unreadable without a column for the name, TooMany."""

    def fields(cells: list[str]) -> list[str | None]:
        return [_FIELD.get(re.sub(r"[^a-z0-9]", "", cell.lower())) for cell in cells]

    table = delimited.read(raw, lambda cells: sum(field is not None for field in fields(cells)))
    columns = fields(table.header)
    if "name" not in columns:
        known = ", ".join(COLUMNS)
        raise delimited.Unreadable(f"The header names no business (name); known columns: {known}.")
    records = list(islice(table.records, most + 1))
    if len(records) > most:
        raise TooMany
    for record in records:
        if record.cells is None:
            yield Line(record.line, "has a quote that is not closed, or one in the wrong place")
            continue
        values: dict[str, Any] = {}
        for field, cell in zip(columns, record.cells, strict=False):
            if field is not None and cell.strip():
                values.setdefault(field, cell)
        yield Line(record.line, values)
