"""The columns of a voter file."""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter

from app.domain.imports.layout import Layout
from app.domain.imports.voter_profiles import FIELDS, PROFILES, Flag
from app.domain.text.columns import canonical

ID, STATUS, COUNTY, PRECINCT = (FIELDS.index(name) for name in ("record_id", "status", "county", "precinct"))
BIRTH_DATE, BIRTH_YEAR, REGISTERED = (FIELDS.index(name) for name in ("birth_date", "birth_year", "registered_on"))
ADDRESS = FIELDS.index("address")
"""Address, unit, city, state and ZIP code are the last fields, in this order."""


class VoterColumns:
    """The columns of one file: which cells make up which field, and where the flags are."""

    def __init__(self, layout: Layout, mapping: Mapping[str, str]) -> None:
        profile = PROFILES[layout.profile or "generic"]
        indexes = {canonical(name): index for index, name in reversed(list(enumerate(layout.header)))}
        self.profile = profile
        self.delimiter = layout.delimiter
        self.width = len(layout.header)
        picked = [self.width] * len(FIELDS)
        self.joined: list[tuple[int, list[int]]] = []
        """(index of the field, indexes of its columns), for fields made of several columns."""
        self.names: dict[str, str] = {}
        """Field to the name of its first column, for messages."""
        used: set[int] = set()
        for number, name in enumerate(FIELDS):
            groups = ((mapping[name],),) if name in mapping else profile.columns.get(name, ())
            for group in groups:
                found = [indexes[canonical(part)] for part in group if canonical(part) in indexes]
                if found and (len(found) == len(group) or len(group) > 2):
                    if len(found) == 1:
                        picked[number] = found[0]
                    else:
                        self.joined.append((number, found))
                    self.names[name] = layout.header[found[0]]
                    used.update(found)
                    break
        self.has_addresses = picked[ADDRESS] < self.width or any(number == ADDRESS for number, _ in self.joined)
        self.fields = itemgetter(*picked)
        """Picks the fields from a row with an empty cell added at its end, for fields that the file does not have."""
        self.id = picked[ID]
        self.kept_if_protected = {picked[STATUS], picked[COUNTY]}
        self.protected = _find_flag(profile.protected, indexes)
        self.removed = _find_flag(profile.removed, indexes)
        others = [index for index in range(layout.own) if index not in used]
        self.extra_names = [layout.header[index] for index in others]
        self.extra = itemgetter(*others, self.width, self.width)  # two more, so that it always returns a tuple


def _find_flag(rule: Flag | None, indexes: Mapping[str, int]) -> tuple[int, frozenset[str]] | None:
    """Return the index of the flag's column and its values; None where the file has no such column."""
    if rule is None:
        return None
    return next(((indexes[name], rule.values) for name in map(canonical, rule.columns) if name in indexes), None)
