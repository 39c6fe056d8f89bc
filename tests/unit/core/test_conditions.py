"""Conditions: the text of a WHERE clause and the numbers of its arguments."""

from __future__ import annotations

from app.db.core.conditions import Conditions


def test_no_condition_is_true() -> None:
    assert (str(Conditions()), Conditions().args) == ("true", [])


def test_arguments_are_numbered_in_the_order_in_which_they_are_added() -> None:
    where = Conditions()
    where.add_if_given("a = {}", 1)
    where.add_if_given("b = {}", None)
    where.add("starts_with(c, {0}) OR d = {0}", "x")
    where.add("e IS NULL")
    where.add("f BETWEEN {} AND {}", False, 0)
    assert str(where) == "(a = $1) AND (starts_with(c, $2) OR d = $2) AND (e IS NULL) AND (f BETWEEN $3 AND $4)"
    assert where.args == [1, "x", False, 0]


def test_an_argument_outside_the_conditions_follows_them() -> None:
    where = Conditions()
    where.add("a = {}", 1)
    assert f"WHERE {where} LIMIT {where.arg(50)}" == "WHERE (a = $1) LIMIT $2"
    assert where.args == [1, 50]
