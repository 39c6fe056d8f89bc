"""Data pages are descriptions: they agree with their views, and addresses are read as people may change them."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from starlette.requests import Request

from app.errors import BadRequest
from app.web.dashboard.core.data_page import DataPage, parse_address
from app.web.dashboard.routes import DATA_PAGES
from tests.unit.structure.test_ownership import PRIVATE

by_path = pytest.mark.parametrize("page", DATA_PAGES, ids=lambda page: page.path)


def request(query: str) -> Request:
    return Request({"type": "http", "query_string": query.encode(), "headers": []})


@by_path
def test_a_page_agrees_with_its_view(page: DataPage) -> None:
    view = page.view
    names = [column.name for column in page.columns]
    assert len(set(names)) == len(names)
    assert {*names, *(name for column in page.columns for name in column.also)} <= view.columns.keys()
    assert page.columns[0].is_default
    assert [facet.name for facet in page.facets if facet.name not in view.facets] == []
    assert page.orders.keys() == view.orders.keys()
    assert not page.facets or page.facets[0].choices, "the first facet is offered as tabs"
    for facet in page.facets:
        assert facet.choices.keys() <= view.facets[facet.name].choices.keys()
    assert not page.point or set(page.point) <= set(names)


@by_path
def test_a_private_table_has_an_owner(page: DataPage) -> None:
    """Joined tables count, too: what is read from them is a part of the row."""
    tables = set(re.findall(r"\w+", page.view.source)) & PRIVATE
    assert not tables or page.view.owner, f"{page.path} shows {tables} of all users"


def test_views_have_braces_for_values_only() -> None:
    for page in DATA_PAGES:
        for facet in page.view.facets.values():
            assert bool(facet.condition) != bool(facet.choices)
            assert not facet.condition or "{}" in facet.condition
        assert not page.view.search or "{pattern}" in page.view.search or "{start}" in page.view.search


@by_path
def test_links_of_a_page_lead_back_to_it(page: DataPage) -> None:
    order = list(page.orders)[-1]
    shown = [page.columns[0].name, page.columns[-1].name]
    query = f"q=main+st&sort={order}&" + "&".join(f"col={name}" for name in shown)
    facet = page.facets[0]
    query += f"&{facet.name}={next(iter(facet.choices))}"
    asked = parse_address(page, request(query))
    again = parse_address(page, request(urlsplit(asked.link()).query))
    assert (again.choice, again.columns) == (asked.choice, asked.columns)
    assert again.choice.search == "main st"
    assert [column.name for column in again.columns] == shown
    assert dict(parse_qsl(urlsplit(asked.link({"q": ""})).query)).keys().isdisjoint({"q"})
    assert parse_address(page, request("")).link() == page.path


@by_path
@pytest.mark.parametrize(
    "query", ["sort=nothing", "after=1&after=2&after=3&after=4", "q=%00", f"q={'x' * 201}", "{facet}=nothing"]
)
def test_addresses_that_no_page_has(page: DataPage, query: str) -> None:
    with pytest.raises(BadRequest):
        parse_address(page, request(query.replace("{facet}", page.facets[0].name)))


def test_ids_must_be_ids() -> None:
    [page] = [page for page in DATA_PAGES if page.path == "/households"]
    with pytest.raises(BadRequest, match="job"):
        parse_address(page, request("job=42"))


def test_unknown_columns_are_left_out() -> None:
    page = DATA_PAGES[0]
    asked = parse_address(page, request("col=nothing"))
    assert tuple(column.name for column in asked.columns) == page.default_columns


def test_the_first_column_is_always_shown() -> None:
    page = DATA_PAGES[0]
    asked = parse_address(page, request(f"col={page.columns[-1].name}"))
    assert [column.name for column in asked.columns] == [page.columns[0].name, page.columns[-1].name]
