"""A company as clients send it, as JSON or as a row of a table: validation and normalization."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from app.domain.text.column_mapping import Mapped
from app.domain.text.column_uses import ColumnUse, describe
from app.domain.text.columns import COMPANY, Vocabulary, mapped_names, shown
from app.domain.text.csv_reader import BrokenRow
from app.domain.text.csv_table import CsvTable, values
from app.domain.text.errors import Unreadable
from app.domain.text.findings import Findings
from app.domain.text.located_columns import Located
from app.domain.text.verification import verify
from app.domain.websites.website_field import clean_website

SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:~-]{0,127}")
"""A client's own id of a company."""
SLUG_RULE = "must be 1 to 128 letters, digits or any of . _ : ~ -"
REGISTRY_NUMBER = re.compile(r"[A-Z0-9]{1,20}")
MAX_ATTRIBUTES = 100
MAX_TEXT_CHARACTERS = 300


def normalize_website(value: Any) -> Any:
    """Return an HTTP URL, with `https://` if it has no scheme; None for a placeholder. Raises ValueError."""
    if not isinstance(value, str) or not value.strip():
        return None
    cleaned = clean_website(value)
    if cleaned is None:
        return None
    text = cleaned if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", cleaned) else f"https://{cleaned}"
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme.lower() not in ("http", "https") or parts.username or re.search(r"[\s<>\"]", text):
        raise ValueError("must be a web address, such as https://example.com")
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


Slug = Annotated[Annotated[str, StringConstraints(pattern=f"^{SLUG.pattern}$")] | None, BeforeValidator(_slug)]
Website = Annotated[Annotated[str, StringConstraints(max_length=2000)] | None, BeforeValidator(normalize_website)]
RegistryNumber = Annotated[str | None, BeforeValidator(_registry_number)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TEXT_CHARACTERS)]
PlaceId = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TEXT_CHARACTERS)] | None
Attributes = Annotated[dict[str, Any], Field(max_length=MAX_ATTRIBUTES)]


class NewCompany(BaseModel):
    """A company to create, or to update if its external id is known."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"externalId": "acme", "name": "Acme Ltd", "website": "acme.example", "registryNumber": "1234567"}
            ]
        },
    )

    external_id: Slug = None
    """The client's own id, by which the company is known from then on."""
    name: Name
    website: Website = None
    """A URL, with or without its scheme."""
    registry_number: RegistryNumber = None
    """The company's number in its register, such as 01234567 or SC123456."""
    place_id: PlaceId = None
    """The id at a provider of places."""
    attributes: Attributes = {}
    """Further facts, such as `employees`: up to 100. They take precedence over those of sources."""


class CompanyChange(BaseModel):
    """A partial update: fields that are given are set, and null clears a field."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        json_schema_extra={"examples": [{"website": "https://acme.example", "attributes": {"employees": 120}}]},
    )

    name: Name | None = None
    """Must not be null."""
    website: Website = None
    registry_number: RegistryNumber = None
    place_id: PlaceId = None
    attributes: Attributes | None = None
    """Replaces all attributes. Must not be null."""


COLUMNS = Vocabulary(
    {field: COMPANY[field] for field in ("external_id", "name", "website", "domain", "registry_number", "place_id")}
    | {"external_id": tuple(name for name in COMPANY["external_id"] if name != "businessid")},
    ids=("external_id", "place_id", "registry_number"),
)
"""`domain` stands in for a missing website. A business id is not the id of a company."""


def _locate(header: Sequence[str], mapping: Mapped | None, findings: Findings) -> Located:
    located = COLUMNS.locate(header, mapping, findings=findings)
    if not located.columns.get("name"):
        raise Unreadable(
            f"No column of the header is the company's name; it has {shown(header)}."
            ' Name the column: mapping={"name": "<column>"}.'
        )
    return located


Row = tuple[int, dict[str, Any] | str]
"""Line number, and fields of `NewCompany`, or a message why the row has none."""


def from_csv(raw: bytes, limit: int, mapping: Mapped | None = None) -> tuple[list[Row], list[ColumnUse]]:
    """Return the rows of a CSV file, and what its columns are used as.

    Columns that are no fields become attributes.
    Raises Unreadable where there is no header with a column for the name, TooManyRows beyond `limit` rows.
    """
    table = CsvTable(raw, COLUMNS.known | mapped_names(mapping or {}))
    verified = verify(partial(_locate, table.header, mapping), table.header, table.first_rows)
    located = verified.located
    used = located.used
    others = {name: index for index, name in enumerate(table.header) if name and index not in used}
    rows: list[Row] = []
    for line, cells in table.rows(limit):
        if isinstance(cells, BrokenRow):
            rows.append((line, cells.error))
            continue
        fields: dict[str, Any] = dict(located.values(cells))
        if domain := fields.pop("domain", None):
            fields.setdefault("website", domain)
        rows.append((line, fields | {"attributes": values(cells, others)}))
    return rows, describe(table.header, located.roles(), table.first_rows, keeps_others=True, notes=verified.notes)
