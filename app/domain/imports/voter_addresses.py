"""The residence of voters where its columns are named by a rule, not by one of the known names."""

from __future__ import annotations

from app.domain.text.address_groups import RESIDENCE, address_groups, choose, part_of
from app.domain.text.columns import STREET_PARTS, Header, canonical
from app.domain.text.located_columns import Located, Rule


def take_residence(header: Header, located: Located) -> None:
    """Take the columns of one residence, as `Res Street No`, `Res Street` and `Res City`; never a mailing address.

    An address that was found by a known name keeps its columns; its city, state and ZIP code are those named alike.
    """
    fixed = {
        index
        for name, indexes in located.columns.items()
        for index in indexes
        if located.rules[name] is not Rule.NAME or name not in ("address", "unit", "city", "state", "zip_code")
    }
    groups = address_groups([canonical(name) for name in header.names], fixed | header.distrusted)
    line = located.index("address")
    if line is None:
        group = choose(groups, RESIDENCE)
        if "address" in group:
            located.columns["address"] = (group["address"],)
        elif "house_number" in group and "street" in group:
            located.columns["address"] = tuple(group[part] for part in STREET_PARTS if part in group)
        else:
            return
        located.rules["address"] = Rule.NAME
    else:
        named = part_of(canonical(header.names[line]))
        group = groups.get(named[0], {}) if named is not None else {}
    for field in ("unit", "city", "state", "zip_code"):
        if field in group and located.rules.get(field, Rule.NAME) is Rule.NAME:
            if field == "unit" and "unit" in located.columns:
                continue
            located.columns[field], located.rules[field] = (group[field],), Rule.NAME
