"""The columns of a voter file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter

from pydantic.alias_generators import to_camel

from app.domain.imports.layout import Layout
from app.domain.imports.voter_addresses import take_residence
from app.domain.imports.voter_profiles import FIELDS, FULL_NAME, PROFILES, VOTER_FIELDS, Flag
from app.domain.text.column_mapping import Mapped
from app.domain.text.columns import ADDRESS as FIELDS_OF_ADDRESSES
from app.domain.text.columns import STREET_PARTS, Header, canonical
from app.domain.text.confidentiality import find_flags
from app.domain.text.errors import Unreadable
from app.domain.text.located_columns import Located, Rule

ID, STATUS, COUNTY, PRECINCT = (FIELDS.index(name) for name in ("record_id", "status", "county", "precinct"))
BIRTH_DATE, BIRTH_YEAR = FIELDS.index("birth_date"), FIELDS.index("birth_year")
ADDRESS = FIELDS.index("address")
"""Address, unit, city, state and ZIP code are the last fields, in this order."""


class VoterColumns:
    """The columns of one file: which cells make up which field, and where the flags are.

    Raises Unreadable where the mapping does not fit.
    """

    def __init__(self, layout: Layout, mapping: Mapped) -> None:
        profile = PROFILES[layout.profile or "generic"]
        mapped = VOTER_FIELDS.locate(layout.header, mapping, findings=layout.findings)
        self.profile = profile
        self.delimiter = layout.delimiter
        self.header = layout.header
        self.width = len(layout.header)
        names = Header(layout.header, {*layout.distrusted, *(layout.header[index] for index in mapped.ignored)})
        self.located = _locate(names, profile.columns, mapped)
        if profile.name == "generic" and self.located.rules.get("address", Rule.NAME) is Rule.NAME:
            take_residence(names, self.located)
        """The fields, the parts of the address as its columns; `protected` and `removed` are the flags."""
        picked = [self.width] * len(FIELDS)
        self.tail = [""]
        """Cells added to each row: an empty one, for fields that the file does not have, and the constants."""
        self.joined: list[tuple[int, tuple[int, ...]]] = []
        """(index of the field, indexes of its columns), for fields made of several columns."""
        self.names: dict[str, str] = {}
        """Field to the name of its first column, for messages."""
        for number, name in enumerate(FIELDS):
            if name in self.located.constants:
                picked[number] = self.width + len(self.tail)
                self.tail.append(self.located.constants[name])
                continue
            found = self.located.columns.get(name, ())
            if len(found) == 1:
                picked[number] = found[0]
            elif found:
                self.joined.append((number, found))
            if found:
                self.names[name] = layout.header[found[0]]
        self.full_name = self._locate_full_name(names, mapped)
        """Indexes of the columns of whole names; none where there are first or last names."""
        used = {index for name in (*FIELDS, FULL_NAME) for index in self.located.columns.get(name, ())}
        self.has_addresses = "address" in self.located
        self.fields = itemgetter(*picked)
        """Picks the fields from a row with the `tail` added at its end."""
        self.id = _id_of(self.located)
        """Returns the id in the cells of a row."""
        self.kept_if_protected = {*self.located.columns.get("status", ()), *self.located.columns.get("county", ())}
        self.address_separator = " "
        self.house_number = next((found[0] for number, found in self.joined if number == ADDRESS), None)
        """Index of the house number, where the address is made of several columns."""
        lines: tuple[int, ...] = ()
        if profile.has_address_lines and self.located.rules.get("address") is Rule.NAME:
            lines = self.located.columns["address"]  # stored as they are, too: their parts have no fixed place
            self.address_separator, self.house_number = "\n", None
        indexes = {canonical(name): index for index, name in reversed(list(enumerate(layout.header)))}
        self.protected = _flags_of_protected(mapped, profile.protected, layout.header[: layout.own], indexes)
        """Indexes of the flags of confidential voters: each of them protects."""
        self.removed = _find_flag(profile.removed, indexes)
        used -= {*lines} if len(lines) > 1 else set()
        others = [index for index in range(layout.own) if index not in used]
        self.extra_names = [layout.header[index] for index in others]
        self.extra = itemgetter(*others, self.width, self.width)  # two more, so that it always returns a tuple
        self._add_flags()

    def _locate_full_name(self, names: Header, mapped: Located) -> tuple[int, ...]:
        if FULL_NAME in mapped.constants:
            raise Unreadable("mapping: fullName: must be a column.")
        found = mapped.columns.get(FULL_NAME, ())
        if not found and not {"last_name", "first_name"} & self.located.fields:
            index = names.find(map(canonical, self.profile.full_name), self.located.used)
            found = () if index is None else (index,)
        if found:
            self.located.columns[FULL_NAME] = found
            self.located.rules[FULL_NAME] = mapped.rules.get(FULL_NAME, Rule.NAME)
        return found

    def _add_flags(self) -> None:
        """List the flags with the fields, for the report of columns."""
        if self.protected:
            self.located.columns["protected"] = self.protected
            self.located.rules.setdefault("protected", Rule.NAME)
        if self.removed is not None and not self.located.used & {self.removed[0]}:
            self.located.columns["removed"], self.located.rules["removed"] = (self.removed[0],), Rule.NAME


def _locate(header: Header, groups: Mapping[str, Sequence[Sequence[str]]], mapped: Located) -> Located:
    """Return the columns of all fields: those of the mapping, and by name those of the profile."""
    located = Located({}, {name: text for name, text in mapped.constants.items() if name in FIELDS}, {}, mapped.ignored)
    for name in FIELDS:
        if name in mapped.constants:
            located.rules[name] = Rule.MAPPED
            continue
        if name in mapped:
            located.columns[name], located.rules[name] = mapped.columns[name], mapped.rules[name]
        elif name == "address" and any(part in mapped for part in STREET_PARTS):
            rules = {mapped.rules[part] for part in STREET_PARTS if part in mapped}
            located.columns[name] = _parts(header, mapped)
            located.rules[name] = Rule.MAPPED if Rule.MAPPED in rules else Rule.CONTENT
        else:
            found = next(filter(None, (_find_group(group, header) for group in groups.get(name, ()))), None)
            if found:
                located.columns[name], located.rules[name] = found, Rule.NAME
    return located


def _parts(header: Header, mapped: Located) -> tuple[int, ...]:
    """Return the columns of house number and street, of which some are mapped. Raises Unreadable without both."""
    columns: dict[str, tuple[int, ...]] = {}
    for part in STREET_PARTS:
        index = header.find(FIELDS_OF_ADDRESSES[part])
        if part in mapped.constants:
            raise Unreadable(f"mapping: {to_camel(part)}: must be a column; a constant can be the whole address.")
        columns[part] = mapped.columns.get(part) or (() if index is None else (index,))
    for part in ("house_number", "street"):
        if not columns[part]:
            name = to_camel(part)
            raise Unreadable(f'mapping: the address needs a {name}, too: mapping={{"{name}": "<column>"}}.')
    return tuple(index for indexes in columns.values() for index in indexes)


def _id_of(located: Located) -> Callable[[Sequence[str]], str]:
    indexes = located.columns.get("record_id", ())
    if not indexes:
        raise Unreadable('No column can be the voter\'s id. Name it: mapping={"recordId": "<column>"}.')
    if len(indexes) == 1:
        return itemgetter(indexes[0])
    return lambda cells: " ".join([cells[index] for index in indexes if cells[index]])


def _find_group(group: Sequence[str], header: Header) -> tuple[int, ...]:
    """Return the indexes of the group's columns; none where one that it needs is missing."""
    found = []
    for part in group:
        name = part.removesuffix("?")
        spellings = FIELDS_OF_ADDRESSES[name[1:]] if name.startswith("@") else (canonical(name),)
        index = header.find(spellings)
        if index is not None:
            found.append(index)
        elif not part.endswith("?"):
            return ()
    return tuple(found)


def _flags_of_protected(
    mapped: Located, names: Sequence[str], header: Sequence[str], indexes: Mapping[str, int]
) -> tuple[int, ...]:
    """Return the indexes of the flags' columns. A mapped one replaces those with usual names."""
    if "protected" in mapped.constants or len(mapped.columns.get("protected", ("",))) != 1:
        raise Unreadable("mapping: protected: must be one column, the flag of confidential addresses.")
    if "protected" in mapped.columns:
        return mapped.columns["protected"]
    declared = [indexes[name] for name in map(canonical, names) if name in indexes]
    used = {index for columns in mapped.columns.values() for index in columns}
    return tuple(dict.fromkeys([*declared, *(index for index in find_flags(header) if index not in used)]))


def _find_flag(rule: Flag | None, indexes: Mapping[str, int]) -> tuple[int, frozenset[str]] | None:
    """Return the index of the flag's column and its values; None where the file has no such column."""
    if rule is None:
        return None
    return next(((indexes[name], rule.values) for name in map(canonical, rule.columns) if name in indexes), None)
