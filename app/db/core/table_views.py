"""Tables that people look through: which columns, filters and orders they have as SQL, and reading them page by page.

A view is data. Each area describes its own, and one function composes the statements, so that all of them page by key,
name the owner and keep to a time budget in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

import asyncpg

from app.db.core.conditions import Conditions, escape_like
from app.db.core.pages import Page, Total, count_or_estimate, fetch_within
from app.db.core.pool import Connection

PAGE_BUDGET_MS = 4_000
COUNT_BUDGET_MS = 150
MIN_SEARCH_CHARACTERS = 3
"""A shorter text is searched at the beginning of names only: trigram indexes do not help with it."""
MAX_MENU_VALUES = 100


@dataclass(frozen=True, slots=True)
class Key:
    """An expression that is never null, and its type in SQL."""

    expression: str
    type: str


@dataclass(frozen=True, slots=True)
class Order:
    """The keys to sort by, before the id. With the id they have an index in this order."""

    keys: tuple[Key, ...] = ()
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter: one of some conditions, or one condition on the value."""

    condition: str = ""
    """With `{}` for the value; empty if there are choices."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """Conditions by value."""
    type: Literal["text", "uuid"] = "text"
    menu: Key | None = None
    """Expression with an index, whose distinct values are offered."""


@dataclass(frozen=True, slots=True)
class TableView:
    """A table as SQL fragments. All texts are constants; values of users are arguments only."""

    source: str
    """What follows FROM: the table, with joins that neither add nor remove rows."""
    id: tuple[Key, ...]
    """The primary key."""
    columns: Mapping[str, str]
    """Expressions by name."""
    orders: Mapping[str, Order]
    facets: Mapping[str, Facet] = field(default_factory=dict)
    search: str = ""
    """Condition with `{text}`; `{start}` and `{pattern}` match what begins with it, and what contains it."""
    search_start: str = ""
    """Like `search`, for texts that are too short for it."""
    base: str = ""
    """Condition on all rows."""
    owner: str = ""
    """Condition with `{}` for the id of the user to whom rows belong; empty if everybody shares them."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a user has chosen to see."""

    order: str
    filters: Mapping[str, str] = field(default_factory=dict)
    search: str = ""


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A row: its values by column, and the place behind which the next page begins."""

    id: tuple[str, ...]
    values: Mapping[str, Any]
    place: tuple[str, ...]


class TooSlow(Exception):
    """The rows could not be found within the budget."""


class InvalidPlace(ValueError):
    """There is no such place in the order of the rows."""


def conditions(view: TableView, choice: Choice, user_id: UUID, *, without: str = "") -> Conditions:
    """Return the conditions on the rows; those of the facet `without` are left out. Unknown values match nothing."""
    where = Conditions()
    if view.base:
        where.add(view.base)
    if view.owner:
        where.add(view.owner, user_id)
    for name, value in choice.filters.items():
        facet = view.facets[name]
        if name == without:
            continue
        if facet.choices:
            where.add(facet.choices.get(value, "false"))
        else:
            where.add(facet.condition, UUID(value) if facet.type == "uuid" else value)
    if choice.search and view.search:
        is_short = len(choice.search) < MIN_SEARCH_CHARACTERS and view.search_start
        condition = view.search_start if is_short else view.search
        start = f"{escape_like(choice.search)}%"
        values = {"text": choice.search, "start": start, "pattern": f"%{start}"}
        used = {name: where.arg(value) for name, value in values.items() if f"{{{name}}}" in condition}
        where.add(condition.format(**used))
    return where


def page_statement(
    view: TableView, columns: Sequence[str], choice: Choice, user_id: UUID, after: Sequence[str] | None, limit: int
) -> tuple[str, list[Any]]:
    """Return the statement that reads the rows behind `after`, and its arguments."""
    where = conditions(view, choice, user_id)
    order = view.orders[choice.order]
    keys = (*order.keys, *view.id)
    if after is not None:
        place = ", ".join(f"{where.arg(value)}::text::{key.type}" for key, value in zip(keys, after, strict=True))
        expressions = ", ".join(key.expression for key in keys)
        where.add(f"({expressions}) {'<' if order.descending else '>'} ({place})")
    direction = " DESC" if order.descending else ""
    selected = [f"({view.columns[name]}) AS {name}" for name in columns]
    selected += [f"({key.expression})::text AS key_{number}" for number, key in enumerate(keys)]
    sql = f"""SELECT {", ".join(selected)} FROM {view.source} WHERE {where}
              ORDER BY {", ".join(f"{key.expression}{direction}" for key in keys)} LIMIT {where.arg(limit)}"""
    return sql, where.args


async def list_rows(
    conn: Connection,
    view: TableView,
    columns: Sequence[str],
    choice: Choice,
    user_id: UUID,
    *,
    after: Sequence[str] | None = None,
    limit: int,
) -> list[ViewRow]:
    """Return the next rows in the chosen order. Raises TooSlow, and InvalidPlace for an `after` of another list."""
    sql, args = page_statement(view, columns, choice, user_id, after, limit)
    try:
        rows = await fetch_within(conn, PAGE_BUDGET_MS, sql, args)
    except asyncpg.DataError:
        raise InvalidPlace from None
    if rows is None:
        raise TooSlow
    keys = len(view.orders[choice.order].keys) + len(view.id)
    return [_row(row, columns, keys, len(view.id)) for row in rows]


def _row(row: asyncpg.Record, columns: Sequence[str], keys: int, ids: int) -> ViewRow:
    place = tuple(row[f"key_{number}"] for number in range(keys))
    return ViewRow(place[keys - ids :], {name: row[name] for name in columns}, place)


async def get_row(
    conn: Connection, view: TableView, columns: Sequence[str], user_id: UUID, row_id: Sequence[str]
) -> ViewRow | None:
    """Return the row with this id, None if there is none; `row_id` has a text for each key of the id."""
    where = conditions(view, Choice(""), user_id)
    for key, text in zip(view.id, row_id, strict=True):
        where.add(f"{key.expression} = {{}}::text::{key.type}", text)
    selected = ", ".join(f"({view.columns[name]}) AS {name}" for name in columns)
    row = await conn.fetchrow(f"SELECT {selected} FROM {view.source} WHERE {where}", *where.args)
    return ViewRow(tuple(row_id), dict(row), ()) if row else None


async def list_page(
    conn: Connection,
    view: TableView,
    columns: Sequence[str],
    choice: Choice,
    user_id: UUID,
    *,
    after: Sequence[str] | None,
    limit: int,
) -> Page[ViewRow]:
    """Return one page of rows and the total, which is an estimate if counting takes long.

    Raises TooSlow and InvalidPlace.
    """
    rows = await list_rows(conn, view, columns, choice, user_id, after=after, limit=limit + 1)
    if after is None and len(rows) <= limit:
        return Page(rows, Total(len(rows), is_estimate=False), has_more=False)
    where = conditions(view, choice, user_id)
    return Page.of(rows, limit, await count_or_estimate(conn, f"SELECT FROM {view.source} WHERE {where}", where.args))


async def count_choices(
    conn: Connection, view: TableView, choice: Choice, user_id: UUID, facet: str
) -> dict[str, int] | None:
    """Return the number of rows of each choice of a facet, under all other filters; None if counting takes long."""
    where = conditions(view, choice, user_id, without=facet)
    counts = ", ".join(
        f"count(*) FILTER (WHERE {condition}) AS choice_{number}"
        for number, condition in enumerate(view.facets[facet].choices.values())
    )
    rows = await fetch_within(conn, COUNT_BUDGET_MS, f"SELECT {counts} FROM {view.source} WHERE {where}", where.args)
    return dict(zip(view.facets[facet].choices, rows[0], strict=True)) if rows else None


async def list_menu(conn: Connection, view: TableView, facet: str, user_id: UUID) -> list[str]:
    """Return the distinct values of a facet's key in order, the first MAX_MENU_VALUES, by jumping along its index."""
    key = view.facets[facet].menu
    assert key is not None
    where = conditions(view, Choice(""), user_id)
    rows = await fetch_within(
        conn,
        PAGE_BUDGET_MS,
        f"""WITH RECURSIVE found AS (
                (SELECT {key.expression} AS value FROM {view.source} WHERE {where} AND {key.expression} IS NOT NULL
                 ORDER BY 1 LIMIT 1)
                UNION ALL
                SELECT (SELECT {key.expression} FROM {view.source} WHERE {where} AND {key.expression} > found.value
                        ORDER BY 1 LIMIT 1)
                FROM found WHERE found.value IS NOT NULL
            )
            SELECT value::text FROM found WHERE value IS NOT NULL LIMIT {MAX_MENU_VALUES}""",
        where.args,
    )
    return [row["value"] for row in rows or ()]
