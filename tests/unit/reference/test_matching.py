"""Which house a question means: by evidence, and none where several fit equally well."""

from __future__ import annotations

import pytest

from app.domain.reference.house_numbers import HouseNumber, parse_house_number
from app.domain.reference.interpolation import House, interpolate
from app.domain.reference.matching import (
    MISSPELT,
    Candidate,
    Found,
    KnownStreet,
    Question,
    Source,
    Tie,
    decide,
    decide_exactly,
    judge,
)
from app.domain.reference.places import Place
from app.domain.reference.street_keys import street_key
from app.domain.reference.stretches import Side, Stretch
from app.domain.vocabulary.accuracy import Accuracy
from app.domain.vocabulary.distance import great_circle_metres
from app.domain.vocabulary.evidence import Basis

COUNTY = Source(1, "county", "points", "2026-05-01")
PARCELS = Source(2, "parcels", "parcels", "2026-06-01")
DURHAM = Place("DURHAM", "NC", "27701")
METRE = 1 / 111_195
"""Degrees of latitude."""


def house(number: str, metres_north: float) -> House:
    parsed = parse_house_number(number)
    assert parsed is not None
    return House(parsed, 36.0 + metres_north * METRE, -78.9)


def question(number: str | None, street: str, place: Place = DURHAM, near: bool = True) -> Question:
    key = street_key(street)
    assert key is not None
    centre = (36.0, -78.9) if near else (38.0, -78.9)
    return Question(parse_house_number(number) if number else None, key, place, lambda: centre)


def candidate(
    street: str,
    exact: list[House],
    neighbours: list[House] | None = None,
    place: Place = DURHAM,
    source: Source = COUNTY,
    *,
    misspelt: bool = False,
) -> Candidate:
    key = street_key(street)
    assert key is not None
    known = KnownStreet(hash((street, place, source.id)), source, key, street, place.city.title(), place)
    return Candidate(known, exact, neighbours or [], MISSPELT if misspelt else 0)


def answer(asked: Question, *candidates: Candidate) -> Found | Tie | None:
    usable = [one for one in candidates if judge(asked, one)]
    exactly = decide_exactly(asked, usable)
    found = decide(asked, usable)
    assert exactly is None or exactly == found
    return found


def found(asked: Question, *candidates: Candidate) -> Found:
    result = answer(asked, *candidates)
    assert isinstance(result, Found)
    return result


def test_an_exact_point_is_a_rooftop() -> None:
    result = found(question("100", "N Main St"), candidate("N Main St", [house("100", 50)]))
    assert (result.accuracy, result.basis, result.differs) == (Accuracy.ROOFTOP, Basis.POINT, ())
    assert result.error_metres is None


def test_a_parcel_is_a_rooftop_too_but_a_point_of_the_same_house_goes_first() -> None:
    parcel = candidate("N Main St", [house("100", 60)], source=PARCELS)
    assert found(question("100", "N Main St"), parcel).basis is Basis.PARCEL
    assert found(question("100", "N Main St"), parcel, candidate("N Main St", [house("100", 50)])).basis is Basis.POINT


def test_a_house_between_its_neighbours_is_interpolated_on_its_side() -> None:
    neighbours = [house("98", 0), house("94", -40), house("102", 40), house("99", 500), house("101", 500)]
    result = found(question("100", "N Main St"), candidate("N Main St", [], neighbours))
    assert (result.accuracy, result.basis) == (Accuracy.INTERPOLATED, Basis.NEIGHBOURS)
    assert great_circle_metres(result.latitude, result.longitude, 36.0 + 20 * METRE, -78.9) < 0.1
    assert result.between == (HouseNumber(98), HouseNumber(102))
    assert result.error_metres == pytest.approx(10.0, abs=0.2)


def test_the_other_side_of_the_street_helps_where_its_own_has_no_neighbours() -> None:
    result = found(question("100", "N Main St"), candidate("N Main St", [], [house("99", 0), house("101", 30)]))
    assert result.accuracy is Accuracy.INTERPOLATED
    assert result.error_metres is not None
    assert result.error_metres >= 25


def test_behind_the_last_house_only_the_next_few_numbers_are_estimated() -> None:
    last = [house("98", 0), house("94", -40)]
    assert found(question("100", "N Main St"), candidate("N Main St", [], last)).accuracy is Accuracy.INTERPOLATED
    beyond = found(question("400", "N Main St"), candidate("N Main St", [], last))
    assert (beyond.accuracy, beyond.number) == (Accuracy.STREET, None)


def test_neighbours_that_are_far_apart_say_nothing_but_the_street() -> None:
    result = found(question("100", "N Main St"), candidate("N Main St", [], [house("50", 0), house("150", 3_000)]))
    assert result.accuracy is Accuracy.STREET


def test_another_house_with_the_number_is_not_the_house() -> None:
    result = found(question("123 1/2", "N Main St"), candidate("N Main St", [house("123", 0)]))
    assert (result.accuracy, result.number) == (Accuracy.INTERPOLATED, HouseNumber(123))
    exact = candidate("N Main St", [house("123", 0), house("123 1/2", 20)])
    assert found(question("123 1/2", "N Main St"), exact).number == HouseNumber(123, "1/2")


def test_units_of_a_lot_are_one_house_with_an_error() -> None:
    lots = [house("100", metres) for metres in (0, 40, 90)]
    result = found(question("100", "N Main St"), candidate("N Main St", lots))
    assert result.accuracy is Accuracy.ROOFTOP
    assert result.error_metres == pytest.approx(50, abs=1)


def test_a_direction_that_the_question_lacks_is_filled_in_if_only_one_street_has_the_house() -> None:
    north = candidate("N Main St", [house("100", 0)])
    result = found(question("100", "Main St"), north, candidate("S Main St", []))
    assert (result.accuracy, result.differs) == (Accuracy.ROOFTOP, ("direction",))


def test_a_tie_is_not_guessed() -> None:
    north, south = candidate("N Main St", [house("100", 0)]), candidate("S Main St", [house("100", 2_000)])
    result = answer(question("100", "Main St"), north, south)
    assert isinstance(result, Tie)
    assert sorted(one.street.label for one in result.candidates) == ["N Main St", "S Main St"]


def test_two_towns_tie_without_a_town_in_the_question() -> None:
    durham = candidate("Oak St", [house("12", 0)])
    cary = candidate("Oak St", [house("12", 30_000)], place=Place("CARY", "NC", "27511"))
    assert isinstance(answer(question("12", "Oak St", Place("", "NC")), durham, cary), Tie)
    assert found(question("12", "Oak St", Place("CARY", "NC")), durham, cary).street.place.city == "CARY"


def test_the_street_itself_goes_before_a_similar_one_that_has_the_number() -> None:
    withheld = candidate("Main St", [], [house("98", 0), house("102", 40)])
    result = found(question("100", "Main St"), withheld, candidate("N Main St", [house("100", 5_000)]))
    assert (result.accuracy, result.street.label) == (Accuracy.INTERPOLATED, "Main St")


@pytest.mark.parametrize("street", ["S Main St", "N Main Ave"])
def test_another_direction_or_suffix_is_no_rooftop(street: str) -> None:
    result = found(question("100", "N Main St"), candidate(street, [house("100", 0)]))
    assert (result.accuracy, result.differs) == (Accuracy.STREET, ("direction",))


def test_another_postcode_of_the_same_town_is_no_rooftop() -> None:
    asked = question("100", "N Main St", Place("DURHAM", "NC", "27703"))
    result = found(asked, candidate("N Main St", [house("100", 0)]))
    assert (result.accuracy, result.differs) == (Accuracy.STREET, ("postcode",))


def test_another_town_with_another_postcode_is_not_meant() -> None:
    asked = question("100", "N Main St", Place("CARY", "NC", "27511"))
    assert answer(asked, candidate("N Main St", [house("100", 0)])) is None


def test_a_township_in_place_of_the_town_counts_if_it_is_near() -> None:
    township = candidate("N Main St", [house("100", 0)], place=Place("ELIZABETH", "NC"))
    assert found(question("100", "N Main St"), township).differs == ("city",)
    assert answer(question("100", "N Main St", near=False), township) is None


def test_a_misspelt_street_is_found_and_says_so() -> None:
    asked = question("100", "Blosom St")
    result = found(asked, candidate("Blossom St", [house("100", 0)], misspelt=True))
    assert (result.accuracy, result.differs) == (Accuracy.ROOFTOP, ("spelling",))


def test_a_street_across_postcodes_is_interpolated_between_them() -> None:
    one = candidate("Main St", [], [house("98", 0)])
    next_ = candidate("Main St", [], [house("102", 40)], place=Place("DURHAM", "NC", "27703"))
    result = found(question("100", "Main St", Place("DURHAM", "NC")), one, next_)
    assert result.between == (HouseNumber(98), HouseNumber(102))


def test_a_question_without_a_number_is_the_street() -> None:
    result = found(question(None, "Main St"), candidate("Main St", [], [house("98", 0)]))
    assert (result.accuracy, result.basis) == (Accuracy.STREET, Basis.STREET)


def test_nothing_is_estimated_from_nothing() -> None:
    assert interpolate(100, []) is None
    assert answer(question("100", "Main St")) is None


def test_a_house_goes_before_a_range_of_a_street_that_is_named_more_completely() -> None:
    ranges = candidate("N Main St", [], source=Source(3, "tiger", "points", "2024-01-01"))
    line = ((36.0, -78.9), (36.0 + 100 * METRE, -78.9))
    ranges.stretches = [Stretch(2, 98, 0, Side.LEFT, line)]
    asked = question("50", "N Main St")
    for metres, basis in ((60, Basis.POINT), (900, Basis.RANGE)):
        known = candidate("Main St", [house("50", metres)])
        assert all(judge(asked, one) for one in (ranges, known))
        found = decide(asked, [ranges, known])
        assert isinstance(found, Found)
        assert found.basis is basis
        assert (found.accuracy is Accuracy.ROOFTOP) == (basis is Basis.POINT)
        assert [str(number) for number in found.between] == ([] if basis is Basis.POINT else ["2", "98"])


def test_neighbours_on_both_sides_go_before_a_range_and_a_range_before_one_neighbour() -> None:
    street = candidate("Main St", [], [house("48", 0), house("52", 20)])
    street.stretches = [Stretch(2, 98, 0, Side.LEFT, ((36.0, -78.9), (36.0 + 100 * METRE, -78.9)))]
    asked = question("50", "Main St")
    assert judge(asked, street)
    for neighbours, basis in ((street.neighbours, Basis.NEIGHBOURS), (street.neighbours[:1], Basis.RANGE)):
        street.neighbours = neighbours
        found = decide(asked, [street])
        assert isinstance(found, Found)
        assert found.basis is basis
