"""The report on the columns of a file, as answers have it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.domain.text.column_content import Content
from app.domain.text.column_uses import ColumnUse, to_report
from app.domain.text.located_columns import Rule
from app.web.http.models import ResponseModel

MAPPING_OF_JSON = (
    "The option mapping is for tables (CSV or tab-separated text); the members of JSON are named by fields."
)


class ColumnModel(ResponseModel):
    """A column of the file, or a property of its features, and what it is taken for."""

    column: str
    fields: list[str]
    """The fields whose values it holds, by the names that `mapping` has for them; none if it is not used."""
    rule: Rule | None
    """Why it is taken for them: `mapped` by the request, by its `name`, or by the `content` of its first rows."""
    kept: bool
    """Whether the values of a column that is not used stay with the record."""
    looks_like: Content | None
    """What the values of a column that is not used look like."""
    note: str | None
    """What you should know about it, in a sentence."""


def present_columns(columns: Sequence[ColumnUse] | Sequence[dict[str, Any]]) -> list[ColumnModel]:
    """Return the report of uses, or of their JSON."""
    entries = to_report([use for use in columns if isinstance(use, ColumnUse)])
    entries += [entry for entry in columns if isinstance(entry, dict)]
    return [ColumnModel.model_validate(entry) for entry in entries]
