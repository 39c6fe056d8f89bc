"""Dates, dwellings, categories, areas and masks."""

from __future__ import annotations

import math
from datetime import date
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.imports.coordinates import first_position
from app.domain.imports.date_orders import DateOrder
from app.domain.imports.dates import to_iso_date
from app.domain.imports.dwellings import normalise_dwelling
from app.domain.imports.geometry import square_metres
from app.domain.imports.pois import find_category
from app.domain.imports.row_problems import mask
from app.domain.imports.voter_profiles import PROFILES, ProfileName


@pytest.mark.parametrize(
    "text",
    ["12/31/1980", "1980-12-31", "1980/12/31", "19801231", "31-Dec-1980", "31 December 1980", "12-31-1980",
     "12.31.1980", "1980-12-31 00:00:00", "1980-12-31T05:00:00Z", "12/31/1980 12:00:00 AM", "1980.12.31",
     "December 31, 1980", "Dec 31, 1980", "Dec. 31 1980", "DECEMBER 31ST, 1980", "31 Dec 1980", "31-DEC-1980",
     "31st of December 1980", "31. Dec. 1980", "31/Dec/1980", "1980-Dec-31", "Dec-31-1980",
     "Wednesday, December 31, 1980",
     "Dec 31, 1980 12:00 AM", "31-DEC-1980 00:00:00", "12/31/1980, 00:00"],
)  # fmt: skip
def test_dates_as_registers_write_them(text: str) -> None:
    assert to_iso_date(text) == "1980-12-31"


@pytest.mark.parametrize(
    "text",
    ["13/31/1980", "02/29/1981", "12/31/80", "0000-00-00", "soon", "*", "1980", "12/31/9999", "31-Dez-1980",
     "Ma 5, 1980",
     "Marching 5, 1980", "31 Feb 1980", "March 1980", "5 March", "1980-12/31"],
)  # fmt: skip
def test_text_that_is_not_a_date(text: str) -> None:
    with pytest.raises(ValueError):
        to_iso_date(text)


TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("text", "order", "iso"),
    [
        ("12/31/80", "mdy", "1980-12-31"), ("31/12/80", "dmy", "1980-12-31"), ("80-12-31", "ymd", "1980-12-31"),
        ("80-12-31", "mdy", "1980-12-31"), ("05-MAR-80", "mdy", "1980-03-05"), ("5 Mar 80", "ymd", "1980-03-05"),
        ("March 5, 80", "dmy", "1980-03-05"), ("3/5/80 0:00", "mdy", "1980-03-05"), ("3/5/00", "mdy", "2000-03-05"),
        ("11/28/26", "mdy", "2026-11-28"), ("11/29/26", "mdy", "1926-11-29"), ("12/1/26", "mdy", "1926-12-01"),
        ("1/1/27", "mdy", "1927-01-01"), ("02/29/28", "mdy", "1928-02-29"), ("05-03-12", "ymd", "2005-03-12"),
    ],
)  # fmt: skip
def test_no_year_of_two_digits_is_in_the_future(text: str, order: DateOrder, iso: str) -> None:
    assert to_iso_date(text, order, TODAY) == iso


@pytest.mark.parametrize("text", ["13/31/80", "02/29/81", "80-13-31", "1/2/3", "00/00/00"])
def test_wrong_dates_with_years_of_two_digits(text: str) -> None:
    with pytest.raises(ValueError):
        to_iso_date(text, "mdy", TODAY)


@given(st.dates(min_value=date(1926, 11, 29), max_value=TODAY))
def test_every_short_date_of_a_century_is_read(day: date) -> None:
    for form in ("%m/%d/%y", "%d-%b-%y", "%B %d, %y", "%d %b %y"):
        assert to_iso_date(day.strftime(form), "mdy", TODAY) == day.isoformat()


@given(st.dates(min_value=date(1800, 1, 1), max_value=date(2100, 12, 31)))
def test_every_date_is_read(day: Any) -> None:
    assert to_iso_date(day.strftime("%m/%d/%Y")) == to_iso_date(day.isoformat()) == day.isoformat()


def key(address: str, unit: str = "", city: str = "Concord", state: str = "CA", zip_code: str = "94520") -> str:
    return normalise_dwelling(address, unit, city, state, zip_code, "us").key


def test_one_dwelling_has_one_key() -> None:
    ways = [
        key("12 North Main Street", "Apt 4"),
        key("12 N MAIN ST", "#4"),
        key("12 N. Main St., Apt. 4"),
        key("12 n main st", "4", city="CONCORD CITY"),
        key("12 N Main St Unit 4", zip_code="94520-1234", state="California"),
    ]
    assert len(set(ways)) == 1
    others = {key("12 N Main St", "5"), key("12 N Main St"), key("12 S Main St", "4"), key("13 N Main St", "4")}
    others |= {key("12 N Main St", "4", zip_code="94521"), key("12 N Main St", "4", zip_code="")}
    assert len(others | set(ways)) == 7


@pytest.mark.parametrize(
    ("one", "other"),
    [("Apt 4-B", "Apt 5-B"), ("Bldg 1 Apt 3", "Bldg 2 Apt 3"), ("4 B", "5 B"), ("Front", "Rear"), ("12", "2")],
)
def test_units_that_end_alike_are_two_dwellings(one: str, other: str) -> None:
    assert key("12 Main St", one) != key("12 Main St", other)


@pytest.mark.parametrize("other", ["4B", "# 4B", "#4-B", "APT. 4-b", "Unit 4B", "apt4B"])
def test_spellings_of_one_unit_have_one_key(other: str) -> None:
    assert key("12 Main St", "Apt 4-B") == key("12 Main St", other)


def test_without_street_or_place_there_is_no_household() -> None:
    assert key("") == key("12 Main St", city="", zip_code="") == ""
    assert key("12 Main St", zip_code="", city="Concord") == key("12 Main St", zip_code="", city="CONCORD") != ""


@given(*[st.text(max_size=30)] * 5)
def test_any_parts_make_a_dwelling(address: str, unit: str, city: str, state: str, zip_code: str) -> None:
    parts = [" ".join(part.split()) for part in (address, unit, city, state, zip_code)]
    made = normalise_dwelling(parts[0], parts[1], parts[2], parts[3], parts[4], "us")
    assert made.key == "" or len(made.key) == 32


@pytest.mark.parametrize(
    ("properties", "what"),
    [
        ({"category": "Grocery Store"}, "supermarket"),
        ({"shop": "supermarket", "name": "Aldi"}, "supermarket"),
        ({"category": "shop=greengrocer"}, "supermarket"),
        ({"amenity": "pharmacy", "type": "node"}, "pharmacy"),
        ({"tags": {"shop": "chemist"}}, "pharmacy"),
        ({"type": "park"}, "park"),
        ({"category": "cafe", "shop": "supermarket"}, "cafe"),
        ({"name": "nothing"}, None),
        ({"category": 7}, None),
    ],
)
def test_categories(properties: dict[str, Any], what: str | None) -> None:
    assert find_category(properties) == what


@pytest.mark.parametrize("latitude", [0.0, 36.0, 65.0, -45.0])
def test_areas_are_those_of_the_ellipsoid(latitude: float) -> None:
    """A cell of a thousandth of a degree against the exact area of its zone (Snyder 1987, eq. 3-12)."""
    a, f = 6_378_137.0, 1 / 298.257223563
    e = math.sqrt(f * (2 - f))

    def zone(phi: float) -> float:
        s = math.sin(phi)
        return a * a * (1 - e * e) / 2 * (s / (1 - (e * s) ** 2) + math.atanh(e * s) / e)

    step = 0.001
    exact = (zone(math.radians(latitude + step / 2)) - zone(math.radians(latitude - step / 2))) * math.radians(step)
    (area,) = square_metres(np.array([step * step]), np.array([latitude]))
    assert area == pytest.approx(exact, rel=1e-6)


@pytest.mark.parametrize(
    ("geometry", "place"),
    [
        ({"type": "Point", "coordinates": [1, 2]}, (1.0, 2.0)),
        ({"type": "Polygon", "coordinates": [[[1, 2], [3, 4]]]}, (1.0, 2.0)),
        ({"type": "Point", "coordinates": []}, None),
        ({"type": "Point", "coordinates": ["1", "2"]}, None),
        ({"type": "Point", "coordinates": [1, None]}, None),
        ({"type": "Point", "coordinates": [[[[[[[1, 2]]]]]]]}, None),
        (None, None),
    ],
)
def test_the_first_position(geometry: Any, place: tuple[float, float] | None) -> None:
    assert first_position(geometry) == place


@given(st.text(max_size=300))
def test_a_mask_reveals_two_characters_at_most(value: str) -> None:
    masked = mask(value)
    assert len(masked) <= 80 and masked[:2] == value[:2]
    assert not any(char.isalnum() for char in masked[2:])


def test_every_profile_can_be_requested() -> None:
    assert get_args(ProfileName) == tuple(PROFILES)
