"""A company as clients send it, as JSON or as a row of a table: validation and normalization."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from app.domain.text.columns import COMPANY, Vocabulary, shown
from app.domain.text.csv_reader import BrokenRow
from app.domain.text.csv_table import CsvTable, values
from app.domain.text.errors import Unreadable

SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:~-]{0,127}")
"""A client's own id of a company."""
SLUG_RULE = "must be 1 to 128 letters, digits or any of . _ : ~ -"
REGISTRY_NUMBER = re.compile(r"[A-Z0-9]{1,20}")
MAX_ATTRIBUTES = 100
MAX_TEXT_CHARACTERS = 300


def normalize_website(value: Any) -> Any:
    """Return an HTTP URL, with `https://` if no scheme is given; None for empty input. Raises ValueError."""
    if not isinstance(value, str) or not value.strip():
        return None
    text = value.strip()
    text = text if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text) else f"https://{text}"
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme.lower() not in ("http", "https") or parts.username or re.search(r"[\s<>\"]", text):
        raise ValueError("must be a web address, such as https://example.com")
    if "." not in host and ":" not in host and host != "localhost":
        raise ValueError("must contain a domain name, such as https://example.com")
    return text


def _registry_number(value: Any) -> Any:
    """Return a registry number as text: in upper case, and padded with zeros to eight digits if it has only digits."""
    if value is None or not str(value).strip():
        return None
    text = re.sub(r"\s", "", str(value)).upper()
    if not REGISTRY_NUMBER.fullmatch(text):
        raise ValueError("must be letters and digits, such as 01234567 or SC123456")
    return text.zfill(8) if text.isdecimal() else text


def _slug(value: Any) -> Any:
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not SLUG.fullmatch(value):
        raise ValueError(SLUG_RULE)
    return value


Slug = Annotated[str | None, BeforeValidator(_slug)]
Website = Annotated[Annotated[str, StringConstraints(max_length=2000)] | None, BeforeValidator(normalize_website)]
RegistryNumber = Annotated[str | None, BeforeValidator(_registry_number)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TEXT_CHARACTERS)]
PlaceId = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TEXT_CHARACTERS)] | None
Attributes = Annotated[dict[str, Any], Field(max_length=MAX_ATTRIBUTES)]


def snake_or_camel(name: str) -> AliasChoices:
    """Accept a field under its name and in camelCase."""
    return AliasChoices(name, to_camel(name))


class NewCompany(BaseModel):
    """A company to create, or to update if its external id is known."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    external_id: Slug = Field(default=None, validation_alias=AliasChoices("external_id", "externalId", "id"))
    name: Name
    website: Website = None
    registry_number: RegistryNumber = Field(
        default=None, validation_alias=AliasChoices("registry_number", "registryNumber", "company_number")
    )
    place_id: PlaceId = Field(default=None, validation_alias=snake_or_camel("place_id"))
    attributes: Attributes = {}


class CompanyChange(BaseModel):
    """A partial update: fields that are given are set, and null clears a field."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    name: Name | None = None
    website: Website = None
    registry_number: RegistryNumber = Field(default=None, validation_alias=snake_or_camel("registry_number"))
    place_id: PlaceId = Field(default=None, validation_alias=snake_or_camel("place_id"))
    attributes: Attributes | None = None


COLUMNS = Vocabulary(
    {field: COMPANY[field] for field in ("external_id", "name", "website", "domain", "registry_number", "place_id")}
    | {"external_id": tuple(name for name in COMPANY["external_id"] if name != "businessid")}
)
"""`domain` stands in for a missing website. A business id is not the id of a company."""


def from_csv(raw: bytes, limit: int) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Yield line number and fields of `NewCompany` of each row of a CSV file, or a message why the row has none.

    Columns that are no fields become attributes.
    Raises Unreadable where there is no header with a column for the name, TooManyRows beyond `limit` rows.
    """
    table = CsvTable(raw, COLUMNS.known)
    columns = COLUMNS.locate(table.header)
    if "name" not in columns:
        raise Unreadable(f"No column of the header is the company's name; it has {shown(table.header)}.")
    used = set(columns.values())
    others = {name: index for index, name in enumerate(table.header) if name and index not in used}
    for line, cells in table.rows(limit):
        if isinstance(cells, BrokenRow):
            yield line, cells.error
            continue
        fields: dict[str, Any] = dict(values(cells, columns))
        if domain := fields.pop("domain", None):
            fields.setdefault("website", domain)
        yield line, fields | {"attributes": values(cells, others)}
