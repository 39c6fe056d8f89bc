"""Form fields from schemas, and arguments from their input."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from app.web.dashboard.core import forms
from workers import registry


class Inner(BaseModel):
    city: str | None = None
    floors: int = 1


class Args(BaseModel):
    name: str
    inner: Inner = Inner()
    limit: int | None = Field(default=None, ge=1, description="Maximum number.")
    share: float = 0.5
    careful: bool = True
    colour: Literal["red", "blue"] | None = None
    tags: list[str] = []
    more: dict[str, Any] = {}


FIELDS = forms.form_fields(Args)


def test_every_argument_has_a_field_of_its_type() -> None:
    assert [(field.name, field.type) for field in FIELDS] == [
        ("name", "text"),
        ("inner.city", "text"),
        ("inner.floors", "integer"),
        ("limit", "integer"),
        ("share", "number"),
        ("careful", "boolean"),
        ("colour", "choice"),
        ("tags", "lines"),
        ("more", "json"),
    ]
    by_name = {field.name: field for field in FIELDS}
    assert by_name["name"].required
    assert by_name["colour"].choices == ("red", "blue")
    assert by_name["limit"].help == "Maximum number."
    assert by_name["inner.city"].group == "Inner"


class Optional(BaseModel):
    bounds: Box | None = None
    place: Box


class Box(BaseModel):
    south: float


def test_members_of_an_optional_object_are_optional() -> None:
    assert [(field.name, field.required) for field in forms.form_fields(Optional)] == [
        ("bounds.south", False),
        ("place.south", True),
    ]


def test_input_becomes_arguments() -> None:
    sent = {"name": " x ", "inner.city": "Ghent", "inner.floors": "", "limit": "7", "share": "0.25", "careful": "false",
            "colour": "red", "tags": "a\n\n b \n", "more": '{"k": [1]}'}  # fmt: skip
    found = forms.parse_input(FIELDS, sent)
    assert found == {"name": "x", "inner": {"city": "Ghent"}, "limit": 7, "share": 0.25, "careful": False,
                     "colour": "red", "tags": ["a", "b"], "more": {"k": [1]}}  # fmt: skip
    assert Args.model_validate(found).inner.floors == 1


def test_the_arguments_of_a_job_fill_the_form_that_creates_it() -> None:
    made = Args(name="x", inner=Inner(city="Ghent", floors=3), limit=7, careful=False, tags=["a", "b"], more={"k": 1})
    values = {field.name: field.value for field in forms.fill(FIELDS, made.model_dump())}
    assert Args.model_validate(forms.parse_input(FIELDS, values)) == made


def test_text_that_is_not_a_number_stays_as_typed() -> None:
    assert forms.parse_input(FIELDS, {"limit": "many", "share": "half"}) == {"limit": "many", "share": "half"}


def test_invalid_json_is_refused_with_the_label() -> None:
    with pytest.raises(ValueError, match="More: not valid JSON"):
        forms.parse_input(FIELDS, {"more": "{"})


def test_errors_are_shown_at_their_fields() -> None:
    shown = forms.with_input(FIELDS, {"limit": "0"}, {"data.limit": "must be at least 1", "inner.city": "is not there"})
    by_name = {field.name: field for field in shown}
    assert (by_name["limit"].value, by_name["limit"].error) == ("0", "must be at least 1")
    assert by_name["inner.city"].error == "is not there"
    assert by_name["name"].error == ""


@pytest.mark.parametrize("kind", registry.load())
def test_every_kind_has_a_form(kind: str) -> None:
    fields = forms.form_fields(registry.load()[kind].spec.args)
    assert fields
    assert len({field.name for field in fields}) == len(fields)
