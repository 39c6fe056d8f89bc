"""Households as people send them: a JSON object or a CSV line each, checked and normalised one by one.

A bad line is reported and costs no other; a file that cannot be read at all raises `delimited.Unreadable`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic.alias_generators import to_camel

from app.domain.addresses import parts as addresses
from app.domain.text import delimited

LIMITS = {
    "externalId": 255,
    "address": 200,
    "unit": 50,
    "city": 100,
    "state": 100,
    "zipCode": 20,
    "country": 60,
    "county": 100,
    "precinctNumber": 50,
    "house_number": 20,
    "street": 180,
}
"""Most characters of each field, once runs of white space are one space."""

ALIASES = {"id": "externalId", "zip": "zipCode", "precinct": "precinctNumber"}
"""Other names of fields; where both are given, the field's own name counts."""


def canonical(name: str) -> str:
    """Case, spaces and punctuation of a column's name do not matter: `Zip Code` and `zip_code` are `zipCode`."""
    return re.sub(r"[\W_]+", "", name).lower()


COLUMNS = {canonical(name): (name, name) for name in LIMITS} | {canonical(a): (a, f) for a, f in ALIASES.items()}
"""Canonical name to (name in the documentation, field)."""

COUNTRY = re.compile(r"[a-z]{2}", re.ASCII)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class HouseholdFilters(BaseModel):
    """Which households: all the given conditions hold at once. City, state and county in any case; a state by code or
    name; a ZIP code finds its ZIP+4 too."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True, coerce_numbers_to_str=True
    )

    city: str | None = Field(default=None, max_length=100)
    state: str | None = Field(default=None, max_length=100)
    zip_code: str | None = Field(default=None, max_length=20)
    county: str | None = Field(default=None, max_length=100)
    precinct_number: str | None = Field(default=None, max_length=50)

    @field_validator("city", "state", "zip_code", "county", "precinct_number", mode="after")
    @classmethod
    def _plain(cls, value: str | None) -> str | None:
        """An empty text is no condition."""
        return (" ".join(value.split()) or None) if value else None

    @property
    def is_empty(self) -> bool:
        return not any(self.model_dump().values())


@dataclass(frozen=True, slots=True)
class NewHousehold:
    external_id: str | None
    address: str
    unit: str | None
    city: str | None
    state: str | None
    zip_code: str | None
    country: str
    county: str | None
    precinct_number: str | None


@dataclass(frozen=True, slots=True)
class LineError:
    """`line` is the CSV line (the header is the first) or the entry of the JSON list, counted from 1."""

    line: int
    field: str | None
    error: str
    external_id: str | None


@dataclass
class Batch:
    """What a request brought: `total` lines, of which `rejected` have errors and `duplicates` a later line replaces."""

    households: list[NewHousehold] = field(default_factory=list)
    errors: list[LineError] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    """Names that are no fields, each once."""
    total: int = 0
    rejected: int = 0
    duplicates: int = 0


class TooMany(ValueError):
    """More lines than one request may carry."""


def single(given: Mapping[str, Any], default_country: str) -> NewHousehold:
    """A household from values by any names of its fields. Raises ValueError with what is wrong first."""
    values = {
        COLUMNS[canonical(name)][0]: value
        for name, value in given.items()
        if value not in (None, "") and canonical(name) in COLUMNS
    }
    problems: list[tuple[str | None, str]] = []
    household, _ = _household(values, default_country, problems)
    if household is None:
        raise ValueError(" ".join(part for part in problems[0] if part))
    return household


def from_objects(items: Sequence[Any], default_country: str) -> Batch:
    """Households from the entries of a JSON list."""
    ignored: dict[str, None] = {}

    def lines() -> Iterator[tuple[int, Mapping[str, Any] | str]]:
        for line, item in enumerate(items, 1):
            if not isinstance(item, dict):
                yield line, "must be an object"
                continue
            given: dict[str, Any] = {}
            for name, value in item.items():
                if (column := COLUMNS.get(canonical(name))) is None:
                    ignored[name] = None
                elif value is not None and value != "":
                    given[column[0]] = value
            yield line, given

    batch = _collect(lines(), default_country)
    batch.ignored = list(ignored)
    return batch


def from_csv(raw: bytes, default_country: str, most: int) -> Batch:
    """Households from a CSV file with a header.

    Raises Unreadable without a usable header, TooMany beyond `most` lines.
    """
    table = delimited.read(raw, lambda cells: sum(canonical(cell) in COLUMNS for cell in cells))
    columns = [(at, COLUMNS[canonical(name)][0]) for at, name in enumerate(table.header) if canonical(name) in COLUMNS]
    names = {name for _, name in columns}
    if not names & {"address", "street"}:
        known = ", ".join(name for name, _ in COLUMNS.values())
        raise delimited.Unreadable(f"The header names no address (or house_number and street); known columns: {known}.")
    if len(names) < len(columns):
        twice = sorted(name for name in names if [known for _, known in columns].count(name) > 1)
        raise delimited.Unreadable(f"The header names a column twice: {', '.join(twice)}.")
    width = len(table.header)
    records = list(islice(table.records, most + 1))
    if len(records) > most:
        raise TooMany

    def lines() -> Iterator[tuple[int, Mapping[str, Any] | str]]:
        for record in records:
            cells = record.cells
            if cells is None:
                yield record.line, "has a quote that is not closed, or one in the wrong place"
            elif any(cell.strip() for cell in cells[width:]):
                yield record.line, f"has {len(cells)} cells, but the header has {width}"
            else:
                yield record.line, {name: cells[at] for at, name in columns if at < len(cells) and cells[at]}

    batch = _collect(lines(), default_country)
    batch.ignored = list(dict.fromkeys(name for name in table.header if name and canonical(name) not in COLUMNS))
    return batch


def _collect(lines: Iterable[tuple[int, Mapping[str, Any] | str]], default_country: str) -> Batch:
    """`lines` are pairs of a number and either the values or, as text, why there are none."""
    batch = Batch()
    kept: dict[object, NewHousehold] = {}
    for line, values in lines:
        batch.total += 1
        if isinstance(values, str):
            batch.errors.append(LineError(line, None, values, None))
            batch.rejected += 1
            continue
        problems: list[tuple[str | None, str]] = []
        household, external_id = _household(values, default_country, problems)
        if household is None:
            batch.errors += [LineError(line, name, error, external_id) for name, error in problems]
            batch.rejected += 1
            continue
        key = line if external_id is None else external_id
        if kept.pop(key, None) is not None:
            batch.duplicates += 1
        kept[key] = household
    batch.households = list(kept.values())
    return batch


def _household(
    values: Mapping[str, Any], default_country: str, problems: list[tuple[str | None, str]]
) -> tuple[NewHousehold | None, str | None]:
    """The household and its external id. Whatever is wrong is added to `problems`, and then there is no household."""
    texts = _texts(values, problems)
    external_id = texts.get("externalId")
    country = texts.get("country", default_country).lower()
    if not COUNTRY.fullmatch(country):
        problems.append(("country", "must be a two-letter ISO 3166 code such as us"))
        return None, external_id
    for name, normalise in (("state", addresses.state), ("zipCode", addresses.postcode)):
        if name in texts:
            try:
                texts[name] = normalise(texts[name], country)
            except ValueError as error:
                problems.append((name, str(error)))
    if not problems and not texts.keys() & {"address", "street"}:
        problems.append(("address", "is required (or house_number and street)"))
    if problems:
        return None, external_id
    line = texts.get("address") or " ".join(texts[name] for name in ("house_number", "street") if name in texts)
    unit = texts.get("unit")
    rest, found = addresses.split_unit(line)
    if found and (unit is None or addresses.same_unit(unit, found)):
        line, unit = rest, unit or found
    household = NewHousehold(
        external_id=external_id,
        address=line,
        unit=unit,
        city=texts.get("city"),
        state=texts.get("state"),
        zip_code=texts.get("zipCode"),
        country=country,
        county=texts.get("county"),
        precinct_number=texts.get("precinctNumber"),
    )
    return household, external_id


def _texts(values: Mapping[str, Any], problems: list[tuple[str | None, str]]) -> dict[str, str]:
    """The values that are good texts and not empty, by field."""
    texts: dict[str, str] = {}
    for name, value in values.items():
        field_name = ALIASES.get(name, name)
        try:
            text = _text(value, LIMITS[field_name])
        except ValueError as error:
            problems.append((name, str(error)))
        else:
            if text and (name == field_name or field_name not in texts):
                texts[field_name] = text
    return texts


def _text(value: Any, limit: int) -> str:
    """`value` with its white space squeezed. Raises ValueError for what is neither text nor a number, or too long."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a column of numbers with gaps comes as floats from some tools
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise ValueError("must be text")
    text = " ".join(value.split())
    if len(text) > limit:
        raise ValueError(f"must have at most {limit} characters")
    if not text.isprintable() and CONTROL.search(text):
        raise ValueError("must not contain control characters")
    return text
