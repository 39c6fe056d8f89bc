"""Pages that show data as a table: what such a page consists of, and reading its address.

A page is a description. `data_table` shows it, `data_export` downloads it, `data_actions` acts on chosen rows.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal
from urllib.parse import quote, urlencode
from uuid import UUID

from starlette.requests import Request

from app.db.core.table_views import Choice, TableView, ViewRow
from app.domain.text.typed_columns import TypedColumn, typed_columns
from app.errors import BadRequest
from app.web.http.table_formats import TableFormat

MAX_FILTER_CHARACTERS = 200
SEARCH, ORDER, COLUMNS, CURSOR = "q", "sort", "col", "after"
"""Parameters of the address beside the filters."""

Parameters = Mapping[str, str | Sequence[str]]
NO_CHANGES: Parameters = MappingProxyType({})

CellKind = Literal[
    "text",
    "number",
    "year",
    "percent",
    "score",
    "time",
    "date",
    "flag",
    "badge",
    "link",
    "code",
    "company",
    "household",
    "job",
    "place",
    "json",
]
"""How a value is shown; the macros of data_parts.html have these names."""


@dataclass(frozen=True, slots=True)
class Label:
    """A stored word as people read it; `tone` is the class of a badge."""

    text: str
    tone: str = "pending"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table; its first one is the link to the details."""

    name: str
    """As in the view."""
    label: str
    kind: CellKind = "text"
    is_default: bool = False
    labels: Mapping[str, Label] = field(default_factory=dict)
    """For badges: by value; "None" for a missing one."""
    also: tuple[str, ...] = ()
    """Further columns of the view that its cells need."""
    is_exported: bool = True
    is_listed: bool = True
    """Whether it can be a column of the table; otherwise it is on the page of the record, and in downloads."""


@dataclass(frozen=True, slots=True)
class FacetControl:
    """How a facet is offered: as a menu with labels, as a menu of the values that occur, or as a field."""

    name: str
    label: str
    choices: Mapping[str, str] = field(default_factory=dict)
    """Labels by value."""
    is_folded: bool = False
    """It is offered under "More" until it is used."""
    is_hidden: bool = False
    """It is only used by links from other pages, such as those of a job."""


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What an action did, in words, and the page to go on to: the list if it is empty."""

    message: str
    onward: str = ""


@dataclass(frozen=True, slots=True)
class RowAction:
    """An action on chosen rows."""

    name: str
    label: str
    question: str
    """With `{rows}` for their number."""
    run: Callable[[Request, Sequence[ViewRow]], Awaitable[ActionResult]]
    """Runs the action as the user of the request. Raises AppError."""
    max_rows: int = 2_000
    """What the REST interface takes in one request."""
    is_admin: bool = False
    is_dangerous: bool = False


@dataclass(frozen=True)
class DataPage:
    """The description of a page."""

    path: str
    title: str
    singular: str
    plural: str
    view: TableView
    columns: tuple[Column, ...]
    facets: tuple[FacetControl, ...]
    """The first one is offered as tabs with the number of rows."""
    orders: Mapping[str, str]
    """Labels by name; the first one is the default."""
    search_label: str
    empty: str
    """What to do while there are no rows at all."""
    empty_link: tuple[str, str] = ("/new", "New job")
    formats: tuple[TableFormat, ...] = (TableFormat.CSV, TableFormat.XLSX)
    point: tuple[str, str] | None = None
    """Columns with latitude and longitude."""
    actions: tuple[RowAction, ...] = ()
    siblings: tuple[tuple[str, str], ...] = ()
    """Paths and labels of the pages that belong together, with this one."""
    has_details: bool = True

    @property
    def default_columns(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.is_default)

    def detail_path(self, row: ViewRow) -> str:
        """Return the address of a row's own page."""
        if len(row.id) == 1:
            return f"{self.path}/{quote(row.id[0], safe='')}"
        return f"{self.path}/record?{urlencode([('id', part) for part in row.id])}"

    @property
    def listed_columns(self) -> tuple[Column, ...]:
        """The columns that the table can have."""
        return tuple(column for column in self.columns if column.is_listed)

    @property
    def export_columns(self) -> list[TypedColumn]:
        """Return the columns of a download."""
        names = [column.name for column in self.columns if column.is_exported]
        kinds = {column.name: column.kind for column in self.columns}
        return typed_columns(
            names,
            numbers=[name for name in names if kinds[name] in ("number", "year", "percent", "score", "place")],
            dates=[name for name in names if kinds[name] in ("time", "date")],
            booleans=[name for name in names if kinds[name] == "flag"],
        )


@dataclass(frozen=True)
class Asked:
    """What the address of a page asks for."""

    page: DataPage
    choice: Choice
    columns: tuple[Column, ...]
    after: tuple[str, ...] | None

    def link(self, changes: Parameters = NO_CHANGES, path: str = "") -> str:
        """Return the address of the page with some parameters changed; an empty value removes one."""
        query = urlencode([pair for pair in self.parameters(changes) if pair[1]])
        return f"{path or self.page.path}{'?' if query else ''}{query}"

    def parameters(self, changes: Parameters = NO_CHANGES) -> list[tuple[str, str]]:
        """Return the parameters that lead to the first page of this choice, with some of them changed."""
        params: dict[str, str | Sequence[str]] = dict(self.choice.filters)
        params[SEARCH] = self.choice.search
        params[ORDER] = self.choice.order if self.choice.order != next(iter(self.page.orders)) else ""
        names = tuple(column.name for column in self.columns)
        params[COLUMNS] = names if names != self.page.default_columns else ""
        params.update(changes)
        return [
            (name, part) for name, value in params.items() for part in ([value] if isinstance(value, str) else value)
        ]

    @property
    def is_filtered(self) -> bool:
        return bool(self.choice.filters or self.choice.search)


def parse_address(page: DataPage, request: Request) -> Asked:
    """Return what the address asks for. Raises BadRequest for values that no page can have."""
    query = request.query_params
    filters = {
        name: value.strip() for name, value in query.items() if name in page.view.facets and value and value.strip()
    }
    search = query.get(SEARCH, "").strip()
    for text in (*filters.values(), search):
        if "\0" in text or len(text) > MAX_FILTER_CHARACTERS:
            raise BadRequest(f"Filters have at most {MAX_FILTER_CHARACTERS} characters, and no NUL.")
    for name, value in filters.items():
        facet = page.view.facets[name]
        if (facet.choices and value not in facet.choices) or (facet.type == "uuid" and not _is_uuid(value)):
            raise BadRequest(f"The filter {name} cannot be {value!r}. Go back and choose another value.")
    order = query.get(ORDER) or next(iter(page.orders))
    if order not in page.orders:
        raise BadRequest("Unknown order of the rows. Go back and choose another one.")
    chosen = query.getlist(COLUMNS)
    names = [column.name for column in page.listed_columns if column.name in chosen] or page.default_columns
    first = page.columns[0]
    columns = (first, *(column for column in page.listed_columns[1:] if column.name in names))
    after = tuple(query.getlist(CURSOR)) or None
    if after is not None and len(after) != len(page.view.orders[order].keys) + len(page.view.id):
        raise BadRequest("This page of the list does not exist. Go back to the first one.")
    return Asked(page, Choice(order, filters, search), columns, after)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
