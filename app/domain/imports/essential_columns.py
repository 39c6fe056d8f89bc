"""Columns that look like what a file needs, but are not used: the file is refused, or its sender warned."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.imports.row_numbers import ROW_NUMBERS
from app.domain.imports.sample import Sample
from app.domain.text.column_checks import looks_like_house_number
from app.domain.text.column_content import Content, recognise_content
from app.domain.text.column_uses import ColumnUse
from app.domain.text.columns import canonical
from app.domain.text.errors import Unreadable
from app.domain.text.located_columns import Located


def check_address(uses: Sequence[ColumnUse], sample: Sample, located: Located, *, needed: bool) -> list[str]:
    """Return warnings about the columns of the address.

    Raises Unreadable where none is used as the address, but one looks like it: only towns would be left.
    """
    if "address" in located:
        return _check_streets(uses, sample, located)
    unused = {use.looks_like: use.column for use in reversed(uses) if not use.fields and use.looks_like}
    if "street" not in located:
        if (column := unused.get(Content.ADDRESS)) is not None:
            raise Unreadable(
                f"The column {column!r} looks like an address, but no column is known to be the address by its name."
                f' Send mapping={{"address": "{column}"}}, or another column.'
            )
        if (column := unused.get(Content.STREET)) is not None and not located.columns.get("zip_code"):
            raise Unreadable(
                f"The column {column!r} has names of streets, but no column is known to be the address. Send"
                f' mapping={{"houseNumber": "<column>", "street": "{column}"}}.'
            )
        what = "only towns and ZIP codes are looked for" if needed else "the voters belong to no household"
        return [f"No column has addresses, so {what}."]
    if "house_number" in located:
        return []
    return _check_streets(uses, sample, located)


def _check_streets(uses: Sequence[ColumnUse], sample: Sample, located: Located) -> list[str]:
    """Check a file that has a column of streets, and no column that is known to hold the house numbers."""
    street = located.index("address") if "address" in located else located.index("street")
    if street is None or len(located.columns.get("address", ())) > 1:
        return []
    texts = [row[street] for row in sample.rows if row[street]]
    if not texts or sum(text[0].isdigit() for text in texts) >= len(texts) / 2:
        return []  # the numbers are in the same column
    if "address" in located and recognise_content(texts) is not Content.STREET:
        return []
    name = uses[street].column
    for index in (street - 1, street - 2, street + 1):
        if 0 <= index < len(uses) and not uses[index].fields:
            values = [row[index] for row in sample.rows if row[index]]
            if looks_like_house_number(values):
                column = uses[index].column
                raise Unreadable(
                    f"The column {name!r} has streets without house numbers, and {column!r} looks like the numbers."
                    f' Send mapping={{"houseNumber": "{column}"}}, or another column.'
                )
    return [
        f"The column {name!r} has streets without house numbers, and no column is known to have the numbers, so whole"
        " streets are looked for."
    ]


def check_id(uses: Sequence[ColumnUse], sample: Sample, located: Located) -> None:
    """Raises Unreadable where no property of the features is their id, and they have none of their own."""
    if "id" in located or sample.has_ids or not sample.rows:
        return
    likely = [use.column for use in uses if use.looks_like is Content.ID and canonical(use.column) not in ROW_NUMBERS]
    if likely:
        raise Unreadable(
            f"No property is known to be the id of the features, but {likely[0]!r} looks like one. Send"
            f' mapping={{"id": "{likely[0]}"}}, or another property.'
        )


def missing_parts(uses: Sequence[ColumnUse], located: Located) -> list[str]:
    """Return warnings for columns that look like a part of an address that is known by no other column."""
    warnings = []
    for content, name in ((Content.STATE, "state"), (Content.ZIP_CODE, "zipCode")):
        column = next((use.column for use in uses if not use.fields and use.looks_like is content), None)
        if column is not None and {"state": "state", "zipCode": "zip_code"}[name] not in located:
            warnings.append(
                f"The column {column!r} looks like {content.phrase}, but is not used. If it is the {name}, send"
                f' mapping={{"{name}": "{column}"}}.'
            )
    return warnings
