"""Answers of a fuzzy search for another street, direction, town or house are not sold as the house asked for."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.vocabulary.accuracy import Accuracy
from app.domain.vocabulary.po_boxes import is_po_box
from providers.geocoding.base import Location, Query
from tests.unit.geocoding.cases import running

BOSTON = {"city": "Boston", "state": "Massachusetts", "postcode": "02108"}


async def read(query: Query, **address: Any) -> Location:
    """What becomes of a house that Nominatim finds."""
    place = {
        "lat": "42.0", "lon": "-71.0", "place_rank": 30, "type": "house", "osm_type": "node", "display_name": "a house",
        "address": {"country_code": query.country, **address},
    }  # fmt: skip
    async with running("nominatim") as case:
        found = case.geocoder.read(query, [place])  # type: ignore[attr-defined]
    assert isinstance(found, Location)
    return found


@pytest.mark.parametrize(
    ("street", "house", "road", "accuracy", "contradicts"),
    [
        ("100 E Main St", "100", "West Main Street", Accuracy.STREET, ("direction",)),
        ("100 Main St", "100", "Main Avenue", Accuracy.STREET, ("direction",)),
        ("12 Oak Ln", "12", "Elm Street", Accuracy.PLACE, ("road",)),
        ("123 1/2 Oak St", "123", "Oak Street", Accuracy.INTERPOLATED, ("house_number",)),
        ("123 1/2 Oak St", "123 1/2", "Oak Street", Accuracy.ROOFTOP, ()),
        ("123 Oak St", "123 1/2", "Oak Street", Accuracy.INTERPOLATED, ("house_number",)),
        ("123A Oak St", "123", "Oak Street", Accuracy.INTERPOLATED, ("house_number",)),
        ("37-12 82nd St", "37", "82nd Street", Accuracy.INTERPOLATED, ("house_number",)),
        ("37-12 82nd St", "3712", "82nd Street", Accuracy.ROOFTOP, ()),
        ("N6W23001 Bluemound Rd", "N6W23001", "Bluemound Road", Accuracy.ROOFTOP, ()),
        ("N6W23002 Bluemound Rd", "N6W23999", "Bluemound Road", Accuracy.INTERPOLATED, ("house_number",)),
        ("W148 N9748 Tree Tops Dr", "W148N9748", "Tree Tops Drive", Accuracy.ROOFTOP, ()),
        ("1200 E 300 S", "1200", "300 South", Accuracy.ROOFTOP, ()),
        ("300 E 1200 S", "300", "1200 East", Accuracy.STREET, ("direction",)),
        ("1 MLK Jr Blvd", "1", "Martin Luther King Junior Boulevard", Accuracy.ROOFTOP, ()),
        ("1 Hwy 99", "1", "State Route 99", Accuracy.ROOFTOP, ()),
        ("698 Eighth St", "698", "8th Street", Accuracy.ROOFTOP, ()),
        ("5th & Main", "5", "Main Street", Accuracy.PLACE, ("road",)),
    ],
)
async def test_streets_and_houses(
    street: str, house: str, road: str, accuracy: Accuracy, contradicts: tuple[str, ...]
) -> None:
    query = Query(street, "Boston", state="MA", postcode="02108")
    found = await read(query, house_number=house, road=road, **BOSTON)
    assert (found.accuracy, found.contradicts) == (accuracy, contradicts)
    assert found.confidence == pytest.approx(1.0) or found.confidence < 0.9


@pytest.mark.parametrize(
    ("town", "postcode", "accuracy", "contradicts"),
    [
        ("Braintree", "02184", Accuracy.PLACE, ("postcode", "city")),
        ("Braintree", None, Accuracy.PLACE, ("city",)),
        ("Braintree", "02126", Accuracy.ROOFTOP, ()),
        ("Mattapan", "02184", Accuracy.STREET, ("postcode",)),
        ("Mattapan", None, Accuracy.ROOFTOP, ()),
    ],
)
async def test_towns(town: str, postcode: str | None, accuracy: Accuracy, contradicts: tuple[str, ...]) -> None:
    query = Query("71 Rockdale St", "Mattapan", state="MA", postcode="02126")
    found = await read(query, house_number="71", road="Rockdale Street", city=town, postcode=postcode)
    assert (found.accuracy, found.contradicts) == (accuracy, contradicts)


async def test_another_country() -> None:
    query = Query("21 High Street", "Boston")
    found = await read(query, house_number="21", road="High Street", city="Boston", country_code="gb")
    assert (found.accuracy, found.contradicts) == (Accuracy.REGION, ("country",))


async def test_puerto_rico_is_in_the_united_states() -> None:
    query = Query("21 Calle Sol", "San Juan", state="PR", postcode="00901")
    found = await read(query, house_number="21", road="Calle Sol", city="San Juan", country_code="pr")
    assert (found.accuracy, found.contradicts) == (Accuracy.ROOFTOP, ())


@pytest.mark.parametrize("postcode", ["00100", "FI-00100", "FI 00100", "FIN-00100"])
async def test_a_postcode_with_its_country(postcode: str) -> None:
    query = Query("Mannerheimintie 20 B 9", "Helsinki", postcode=postcode, country="fi")
    found = await read(query, house_number="20", road="Mannerheimintie", city="Helsinki", postcode="00100")
    assert (found.accuracy, found.confidence) == (Accuracy.ROOFTOP, 1.0)


async def test_without_a_street_there_is_no_street() -> None:
    found = await read(Query(None, "Helsinki", postcode="00101", country="fi"), road="Asema-aukio", city="Helsinki")
    assert found.accuracy is Accuracy.POSTCODE


@pytest.mark.parametrize(
    "street",
    [
        "PO Box 12", "P.O. Box 12", "P O BOX 12A", "POB 12", "Post Office Box 12", "Box 12", "GPO Box 1234",
        "PO Drawer 5", "Locked Bag 7", "Private Bag 1", "Postfach 10 11 12", "Boîte postale 12", "BP 12", "B.P. 12",
        "CP 123", "Apartado 5", "Apartado de Correos 5", "Postbus 123", "Postboks 12", "Box 123", "PL 100",
        "Casella Postale 12", "Caixa Postal 99", "po box #12", "PO Box No. 7",
    ],
)  # fmt: skip
def test_po_boxes(street: str) -> None:
    assert is_po_box(street)


@pytest.mark.parametrize(
    "street",
    [
        "12 Box St",
        "Box Elder Rd 5",
        "5 Main St PO Box 12",
        "Postgatan 5",
        "Boxwood Ln",
        "Place 100",
        "12 PL",
        "Plaza 3",
        "",
    ],
)
def test_streets_are_no_po_boxes(street: str) -> None:
    assert not is_po_box(street)
