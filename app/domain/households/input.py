"""Households as clients send them, as JSON objects or CSV lines, checked and normalised.

An invalid line is reported and does not affect the others. A file that cannot be read at all raises Unreadable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic.alias_generators import to_camel

from app.domain.addresses.fields import MAX_CHARACTERS, Problems, clean, normalise
from app.domain.text.columns import ADDRESS, Vocabulary, canonical
from app.domain.text.csv_reader import BrokenRow
from app.domain.text.csv_table import CsvTable, values
from app.domain.text.errors import Unreadable

LIMITS = MAX_CHARACTERS | {"external_id": 255, "precinct_number": 50}
COLUMNS = Vocabulary(
    {
        "external_id": ("externalid", "id"),
        **{field: ADDRESS[field] for field in MAX_CHARACTERS},
        "precinct_number": ("precinctnumber", "precinct"),
    }
)


def api_name(field: str) -> str:
    """Return the name of a field in the REST interface."""
    return field if field == "house_number" else to_camel(field)


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
    """An error in a line: `line` is the CSV line, where the header is line 1, or the entry of the JSON list from 1."""

    line: int
    field: str | None
    error: str
    external_id: str | None


@dataclass
class Batch:
    """The lines of a request: `total` of them, `rejected` with errors, `duplicates` replaced by a later line."""

    households: list[NewHousehold] = field(default_factory=list)
    errors: list[LineError] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    """Unknown field names, each once."""
    total: int = 0
    rejected: int = 0
    duplicates: int = 0


def from_objects(items: Sequence[Any], default_country: str) -> Batch:
    """Read households from the entries of a JSON list."""
    ignored: dict[str, None] = {}
    located: dict[tuple[str, ...], dict[str, int]] = {}

    def lines() -> Iterator[tuple[int, Mapping[str, Any] | str]]:
        for line, item in enumerate(items, 1):
            if not isinstance(item, dict):
                yield line, "must be an object"
                continue
            ignored.update((name, None) for name in item if canonical(name) not in COLUMNS.known)
            names = tuple(name for name, value in item.items() if value is not None and value != "")
            if names not in located:
                located[names] = COLUMNS.locate(names)
            yield line, {field: item[names[index]] for field, index in located[names].items()}

    batch = _collect(lines(), default_country)
    batch.ignored = list(ignored)
    return batch


def from_csv(raw: bytes, default_country: str, limit: int) -> Batch:
    """Read households from a CSV file with a header.

    Raises Unreadable without a usable header, TooManyRows beyond `limit` rows.
    """
    table = CsvTable(raw, COLUMNS.known)
    columns = COLUMNS.locate(table.header)
    if not columns.keys() & {"address", "street"}:
        known = ", ".join(map(api_name, COLUMNS.names))
        raise Unreadable(f"The header has no column for the address (or house_number and street). Columns: {known}.")
    _check_unique(table.header, columns)

    def lines() -> Iterator[tuple[int, Mapping[str, Any] | str]]:
        for line, cells in table.rows(limit):
            yield line, cells.error if isinstance(cells, BrokenRow) else values(cells, columns)

    batch = _collect(lines(), default_country)
    used = set(columns.values())
    batch.ignored = list(dict.fromkeys(name for index, name in enumerate(table.header) if name and index not in used))
    return batch


def _check_unique(header: Sequence[str], columns: Mapping[str, int]) -> None:
    """Raise Unreadable if two columns have the name of one that is read."""
    names = [canonical(name) for name in header]
    repeated = sorted(api_name(field) for field, index in columns.items() if names.count(names[index]) > 1)
    if repeated:
        raise Unreadable(f"The header names a column twice: {', '.join(repeated)}. Rename or remove one of them.")


def _collect(lines: Iterable[tuple[int, Mapping[str, Any] | str]], default_country: str) -> Batch:
    """Check all lines; each is a pair of its number and its values by field, or of its number and an error."""
    batch = Batch()
    households: dict[object, NewHousehold] = {}
    for line, fields in lines:
        batch.total += 1
        if isinstance(fields, str):
            batch.errors.append(LineError(line, None, fields, None))
            batch.rejected += 1
            continue
        problems: Problems = []
        texts = clean(fields, LIMITS, problems)
        external_id = texts.get("external_id")
        household = _household(texts, default_country, problems)
        if household is None:
            batch.errors += [LineError(line, api_name(field), error, external_id) for field, error in problems]
            batch.rejected += 1
            continue
        key = line if external_id is None else external_id
        if households.pop(key, None) is not None:
            batch.duplicates += 1
        households[key] = household
    batch.households = list(households.values())
    return batch


def _household(texts: Mapping[str, str], default_country: str, problems: Problems) -> NewHousehold | None:
    """Return the household, or None after adding to `problems`."""
    address = normalise(texts, default_country, problems)
    if address is None:
        return None
    if not address.street:
        problems.append(("address", "is required (or house_number and street)"))
        return None
    return NewHousehold(
        external_id=texts.get("external_id"),
        address=address.street,
        unit=address.unit,
        city=address.city,
        state=address.state,
        zip_code=address.zip_code,
        country=address.country,
        county=address.county,
        precinct_number=texts.get("precinct_number"),
    )
