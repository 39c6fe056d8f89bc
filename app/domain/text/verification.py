"""Columns that were found by their names, verified by their values: those that hold something else are not used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pydantic.alias_generators import to_camel

from app.domain.text.column_checks import contradiction
from app.domain.text.errors import Unreadable
from app.domain.text.findings import NOTHING, Findings
from app.domain.text.located_columns import Located, Rule


@dataclass(frozen=True)
class Verified:
    """The columns of a table after verification, with the reasons for each change."""

    located: Located
    findings: Findings
    notes: dict[int, str]
    """What to say about single columns, by index."""
    warnings: list[str]
    """The same in sentences that say what to do."""


def verify(
    locate: Callable[[Findings], Located],
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    findings: Findings = NOTHING,
) -> Verified:
    """Locate the columns until no value of the `rows` contradicts what a column is taken for.

    Raises Unreadable where `locate` does: before its message stand the warnings about columns that are not used.
    """
    notes: dict[int, str] = {}
    warnings: list[str] = []
    while True:
        try:
            located = locate(findings)
        except Unreadable as error:
            raise Unreadable(" ".join([*warnings, str(error)])) from None
        wrong: dict[int, tuple[str, str]] = {}
        for index, (field, look) in _contradictions(located, rows).items():
            column, name = header[index], to_camel(field)
            if located.rules[field] is Rule.MAPPED:
                notes[index] = f"is mapped as {name}, but holds {look}"
                continue
            wrong[index] = (field, look)
            notes[index] = f"is named like the {name}, but holds {look}; it is not used"
            warnings.append(
                f"The column {column!r} is named like the {name}, but holds {look}, so it is not used. If it is right"
                f' nevertheless, send mapping={{"{name}": "{column}"}}.'
            )
        if not wrong:
            return Verified(located, findings, notes, warnings)
        distrusted = findings.distrusted | {header[index] for index in wrong}
        findings = Findings(distrusted, _reread(findings, located, wrong, header))


def _contradictions(located: Located, rows: Sequence[Sequence[str]]) -> dict[int, tuple[str, str]]:
    """Return index to field and look of the columns whose values contradict the field, for fields of one column."""
    found = {}
    for field, indexes in located.columns.items():
        if len(indexes) == 1 and located.rules[field] is not Rule.CONTENT:
            [index] = indexes
            texts = [text for row in rows if index < len(row) and (text := row[index].strip())]
            if (look := contradiction(field, texts)) is not None:
                found[index] = (field, look)
    return found


def _reread(
    findings: Findings, located: Located, wrong: Mapping[int, tuple[str, str]], header: Sequence[str]
) -> dict[str, str]:
    """Return the fields by content: a column `Address` of numbers beside one of streets has the house numbers."""
    found = dict(findings.by_content)
    for index, (field, look) in wrong.items():
        if field == "address" and look == "numbers" and "street" in located and "house_number" not in located:
            found["house_number"] = header[index]
    return found
