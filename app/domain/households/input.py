"""Households as clients send them, as JSON objects or CSV lines, checked and normalised.

An invalid line is reported and does not affect the others. A file that cannot be read at all raises Unreadable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic.alias_generators import to_camel

from app.domain.addresses.fields import MAX_CHARACTERS, Problems, clean, normalise
from app.domain.addresses.house_numbers import NO_HOUSE_NUMBER, has_house_number
from app.domain.addresses.input import with_parsed_line
from app.domain.text.address_groups import OTHER, RESIDENCE
from app.domain.text.column_content import Content
from app.domain.text.column_mapping import Mapped
from app.domain.text.column_uses import ColumnUse, describe, suggestion
from app.domain.text.columns import ADDRESS, Vocabulary, canonical, mapped_names
from app.domain.text.confidentiality import find_flags, find_protecting_cell, is_flag, protects
from app.domain.text.csv_reader import BrokenRow
from app.domain.text.csv_table import CsvTable
from app.domain.text.errors import Unreadable
from app.domain.text.findings import Findings
from app.domain.text.json_guard import UnsafeJson
from app.domain.text.located_columns import Located, Rule
from app.domain.text.verification import verify

LIMITS = MAX_CHARACTERS | {"external_id": 255, "precinct_number": 50}
COLUMNS = Vocabulary(
    {
        "external_id": ("externalid", "householdid", "hhid", "id"),
        **{field: ADDRESS[field] for field in MAX_CHARACTERS},
        "precinct_number": ("precinctnumber", "precinct"),
    },
    ids=("external_id",),
    addresses=(*RESIDENCE, *OTHER),
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
    lines: list[int] = field(default_factory=list)
    """The line of each household."""
    errors: list[LineError] = field(default_factory=list)
    warnings: list[LineError] = field(default_factory=list)
    """Values that could not be right and were left out of lines that were kept."""
    remarks: list[LineError] = field(default_factory=list)
    """What else the sender should know about lines that were kept: texts that stand for no value, and addresses without
    a house number."""
    ignored: list[str] = field(default_factory=list)
    """Unknown field names, each once."""
    columns: list[ColumnUse] = field(default_factory=list)
    """What the columns of a table are used as."""
    column_warnings: list[str] = field(default_factory=list)
    """Sentences on columns that are not used because of what they hold."""
    total: int = 0
    rejected: int = 0
    duplicates: int = 0


def from_objects(items: Sequence[Any], default_country: str) -> Batch:
    """Read households from the entries of a JSON list; an entry may be the UnsafeJson that it was refused with."""
    ignored: dict[str, None] = {}
    located: dict[tuple[str, ...], dict[str, int]] = {}

    def lines() -> Iterator[tuple[int, Mapping[str, Any] | str]]:
        for line, item in enumerate(items, 1):
            if isinstance(item, UnsafeJson):
                yield line, str(item)
                continue
            if not isinstance(item, dict):
                yield line, "must be an object"
                continue
            flag = next((name for name in item if is_flag(name) and protects(item[name])), None)
            if flag is not None:
                yield line, f"is marked as confidential ({flag}) and was not stored"
                continue
            ignored.update((name, None) for name in item if canonical(name) not in COLUMNS.known)
            names = tuple(name for name, value in item.items() if value is not None and value != "")
            if names not in located:
                located[names] = COLUMNS.find(names)
            yield line, {field: item[names[index]] for field, index in located[names].items()}

    batch = _collect(lines(), default_country)
    batch.ignored = list(ignored)
    return batch


def from_csv(raw: bytes, default_country: str, limit: int, mapping: Mapped | None = None) -> Batch:
    """Read households from a CSV file with a header.

    Raises Unreadable without a usable header, TooManyRows beyond `limit` rows.
    """
    table = CsvTable(raw, COLUMNS.known | mapped_names(mapping or {}))

    def locate(findings: Findings) -> Located:
        located = COLUMNS.locate(table.header, mapping, findings=findings)
        if not located.columns.keys() & {"address", "street"}:
            known = ", ".join(map(api_name, COLUMNS.names))
            likely = suggestion(table.header, table.first_rows, Content.ADDRESS, "address")
            message = f"The header has no column for the address (or house_number and street). Columns: {known}."
            raise Unreadable(f"{message} {likely}".rstrip())
        return located

    verified = verify(locate, table.header, table.first_rows)
    located = verified.located
    _check_unique(table.header, located)

    flags = find_flags(table.header)

    def lines() -> Iterator[tuple[int, Mapping[str, Any] | str]]:
        for line, cells in table.rows(limit):
            if isinstance(cells, BrokenRow):
                yield line, cells.error
            elif (flag := find_protecting_cell(cells, flags)) is not None:
                yield line, f"is marked as confidential ({table.header[flag]}) and was not stored"
            else:
                yield line, located.values(cells)

    batch = _collect(lines(), default_country)
    batch.columns = describe(table.header, located.roles(), table.first_rows, keeps_others=False, notes=verified.notes)
    batch.column_warnings = verified.warnings
    used = located.used
    batch.ignored = list(dict.fromkeys(name for index, name in enumerate(table.header) if name and index not in used))
    return batch


def _check_unique(header: Sequence[str], located: Located) -> None:
    """Raise Unreadable if two columns have the name of one that is read."""
    names = [canonical(name) for name in header]
    by_name = [(field, indexes[0]) for field, indexes in located.columns.items() if located.rules[field] is Rule.NAME]
    repeated = sorted(api_name(field) for field, index in by_name if names.count(names[index]) > 1)
    if repeated:
        raise Unreadable(f"The header names a column twice: {', '.join(repeated)}. Rename or remove one of them.")


def _collect(lines: Iterable[tuple[int, Mapping[str, Any] | str]], default_country: str) -> Batch:
    """Check all lines; each is a pair of its number and its values by field, or of its number and an error."""
    batch = Batch()
    households: dict[object, tuple[int, NewHousehold]] = {}
    for line, fields in lines:
        batch.total += 1
        if isinstance(fields, str):
            batch.errors.append(LineError(line, None, fields, None))
            batch.rejected += 1
            continue
        problems: Problems = []
        notes: Problems = []
        remarks: Problems = []
        try:
            fields = with_parsed_line(fields, default_country, notes)
        except ValueError as error:
            problems.append(("address", str(error).removeprefix("address ")))
        texts = clean(fields, LIMITS, problems, default_country, remarks)
        external_id = texts.get("external_id")
        household = _household(texts, default_country, problems, notes)
        if household is None:
            batch.errors += [LineError(line, api_name(field), error, external_id) for field, error in problems]
            batch.rejected += 1
            continue
        if not has_house_number(household.address, household.country):
            remarks.append(("address", NO_HOUSE_NUMBER))
        batch.warnings += [LineError(line, api_name(field), error, external_id) for field, error in notes]
        batch.remarks += [LineError(line, api_name(field), error, external_id) for field, error in remarks]
        key = line if external_id is None else external_id
        if households.pop(key, None) is not None:
            batch.duplicates += 1
        households[key] = line, household
    batch.households = [household for _, household in households.values()]
    batch.lines = [line for line, _ in households.values()]
    return batch


def _household(
    texts: Mapping[str, str], default_country: str, problems: Problems, notes: Problems
) -> NewHousehold | None:
    """Return the household, or None after adding to `problems`; `notes` gets what was left out."""
    address = normalise(texts, default_country, problems, notes)
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
