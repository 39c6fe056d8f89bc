"""Which known house a question means: the candidates ranked by evidence, and no guess between equal ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.domain.reference.house_numbers import HouseNumber
from app.domain.reference.interpolation import Estimate, House, interpolate
from app.domain.reference.places import Place, PlaceFit, fit_place
from app.domain.reference.street_keys import Fit, StreetKey, fit
from app.domain.reference.stretches import LinePosition, Stretch, locate
from app.domain.vocabulary.accuracy import Accuracy
from app.domain.vocabulary.confirmed import CONFIRMED
from app.domain.vocabulary.distance import great_circle_metres
from app.domain.vocabulary.evidence import Basis

SAME_HOUSE_METRES = 150.0
"""Two sources have the same house if their points are not farther apart."""
SAME_LOT_METRES = 400.0
"""Points of one number in one street of one source: units of a large lot."""
NEAR_METRES = 20_000.0
"""A house so near to the centre of the postcode or town of the question may be in it."""
MISSPELT, MISSPELT_SHORT, PARTIAL, OTHER_STREET = 3, 5, 1, 20
PLACES = {
    PlaceFit.SAME: 0, PlaceFit.MISSPELT: 3, PlaceFit.UNKNOWN: 4, PlaceFit.OTHER_POSTCODE: 20, PlaceFit.OTHER: 6,
}  # fmt: skip
CONTRADICTION = 20
"""From this penalty on, a candidate contradicts the question."""


@dataclass(frozen=True, slots=True)
class Question:
    number: HouseNumber | None
    street: StreetKey
    place: Place
    centre: Callable[[], tuple[float, float] | None] = lambda: None
    """Returns the latitude and longitude of the centre of the postcode, or else of the town."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a known house is from."""

    id: int
    name: str
    kind: str
    """`points` or `parcels`."""
    date: str
    """ISO 8601."""
    attribution: str = ""


@dataclass(frozen=True, slots=True)
class KnownStreet:
    """A street within one town and postcode of one source; `label` and `city` are as the source writes them."""

    id: int
    source: Source
    key: StreetKey
    label: str
    city: str
    place: Place


@dataclass(slots=True)
class Candidate:
    """A street that may be meant, and its houses of the number asked for.

    `neighbours` are the nearest known houses of other numbers; of a question without a number, one house in the middle.
    """

    street: KnownStreet
    exact: list[House] = field(default_factory=list)
    neighbours: list[House] = field(default_factory=list)
    misspelt: int = 0
    """Penalty for a name that differs by a letter."""
    penalty: int = 0
    differs: tuple[str, ...] = ()
    stretches: list[Stretch] = field(default_factory=list)
    """Those that have the number, the shortest ranges first, and behind them one that is near it."""


@dataclass(frozen=True, slots=True)
class Found:
    """A position in degrees. `number` is that of the house found; None for a street."""

    latitude: float
    longitude: float
    accuracy: Accuracy
    basis: Basis
    street: KnownStreet
    number: HouseNumber | None
    differs: tuple[str, ...] = ()
    """Parts of the question that the house lacks or has differently."""
    error_metres: float | None = None
    between: tuple[HouseNumber, ...] = ()
    """The house numbers that the position was computed from."""


@dataclass(frozen=True, slots=True)
class Tie:
    """Several houses that fit equally well."""

    candidates: tuple[Found, ...]


def judge(question: Question, candidate: Candidate) -> bool:
    """Set the penalty of a candidate and what differs; returns whether it may be meant at all."""
    differs: list[str] = []
    penalty = 0
    if candidate.misspelt:
        penalty += candidate.misspelt
        differs.append("spelling")
    agreement = fit(question.street, candidate.street.key)
    if agreement is not Fit.SAME:
        penalty += PARTIAL if agreement is Fit.PARTIAL else OTHER_STREET
        differs.append("direction")
    place = fit_place(question.place, candidate.street.place)
    penalty += PLACES[place]
    if place is PlaceFit.OTHER_POSTCODE:
        differs.append("postcode")
    elif place is not PlaceFit.SAME and (question.place.city or question.place.postcode):
        differs.append("city")
    candidate.penalty, candidate.differs = penalty, tuple(differs)
    if candidate.misspelt == MISSPELT_SHORT and (agreement is not Fit.SAME or not candidate.exact):
        return False  # Oak is so like Oat that only the same suffix and the house itself count
    if place is PlaceFit.UNKNOWN and not (question.place.city or question.place.postcode):
        return True  # of several, none is chosen
    return place not in (PlaceFit.UNKNOWN, PlaceFit.OTHER) or _is_near(question, candidate)


def _is_near(question: Question, candidate: Candidate) -> bool:
    """Whether a house of another town may be in the town asked for after all.

    Files name townships where the post names towns. That can be so only where the postcodes do not say otherwise.
    """
    asked, found = question.place, candidate.street.place
    if found.postcode or (asked.state and found.state and asked.state != found.state):
        return False
    houses = [*candidate.exact, *candidate.neighbours]
    centre = question.centre()
    if not houses or centre is None:
        return False
    return great_circle_metres(*centre, houses[0].latitude, houses[0].longitude) <= NEAR_METRES


def decide_exactly(question: Question, candidates: Sequence[Candidate]) -> Found | Tie | None:
    """Return the house, if the best candidates have it: then nobody needs their neighbours."""
    if question.number is None:
        return None
    best = min((candidate.penalty for candidate in candidates), default=CONTRADICTION)
    if best >= CONTRADICTION:
        return None
    return _exact(question, [candidate for candidate in candidates if candidate.penalty == best])


def decide(question: Question, candidates: Sequence[Candidate]) -> Found | Tie | None:
    """Return the house or street that is meant, from candidates with their neighbours.

    A house between two neighbours in a street that fits better goes before the number itself in one that fits less.
    """
    street: Found | Tie | None = None
    for penalty in sorted({candidate.penalty for candidate in candidates}):
        group = [candidate for candidate in candidates if candidate.penalty == penalty]
        found = _exact(question, group) or (_between(question, group) if penalty < CONTRADICTION else None)
        if found is not None and (penalty < CONTRADICTION or street is None):
            return _known_house(question, found, candidates) or found
        if street is None:
            street = _street(group)
    return street


def _known_house(question: Question, found: Found | Tie, candidates: Sequence[Candidate]) -> Found | Tie | None:
    """Return the house itself in place of a position along a range: other data name its street less completely."""
    if isinstance(found, Tie) or found.basis is not Basis.RANGE:
        return None
    exact = _exact(question, [candidate for candidate in candidates if candidate.penalty < CONTRADICTION])
    is_near = isinstance(exact, Found) and _metres(exact, found) <= SAME_HOUSE_METRES + (found.error_metres or 0.0)
    return exact if is_near else None


def _exact(question: Question, group: Sequence[Candidate]) -> Found | Tie | None:
    asked = question.number
    found = []
    for candidate in group:
        houses = [house for house in candidate.exact if house.number == asked]
        if houses:
            found += _lots(candidate, houses)
    return _one_of(found)


def _lots(candidate: Candidate, houses: Sequence[House]) -> list[Found]:
    """Return the house; of the units of one lot, the one in the middle. Points too far apart are several houses."""
    middle, spread = _middle(houses)
    if spread > SAME_LOT_METRES:
        return [_at(candidate, house, None) for house in houses]
    return [_at(candidate, middle, round(spread, 1) if len(houses) > 1 else None)]


def _at(candidate: Candidate, house: House, error: float | None) -> Found:
    accuracy = Accuracy.ROOFTOP if candidate.penalty < CONTRADICTION else Accuracy.STREET
    basis = Basis.PARCEL if candidate.street.source.kind == "parcels" else Basis.POINT
    return Found(
        house.latitude, house.longitude, accuracy, basis, candidate.street, house.number, candidate.differs, error
    )


def _middle(houses: Sequence[House]) -> tuple[House, float]:
    """Return the house nearest to the mean of all, and the largest distance from it in metres."""
    if len(houses) == 1:
        return houses[0], 0.0
    latitude = sum(house.latitude for house in houses) / len(houses)
    longitude = sum(house.longitude for house in houses) / len(houses)
    middle = min(houses, key=lambda h: (h.latitude - latitude) ** 2 + (h.longitude - longitude) ** 2)
    return middle, max(middle.metres_to(house) for house in houses)


def _between(question: Question, group: Sequence[Candidate]) -> Found | Tie | None:
    """Return the position beside the neighbours; those on both sides count before those on one."""
    number = question.number
    if number is None:
        return None
    lots: list[Found] = []
    sure: list[Found] = []
    unsure: list[Found] = []
    for candidate in group:
        others = [house for house in candidate.exact if house.number != number]
        if others:  # 123 for 123A: another house of the same lot or beside it
            house, spread = _middle(others)
            lot = Estimate(house.latitude, house.longitude, round(20.0 + spread, 1), (house,), is_between=False)
            lots.append(_estimated(candidate, lot, house.number))
        elif (estimate := interpolate(number.number, candidate.neighbours)) is not None:
            (sure if estimate.is_between else unsure).append(_estimated(candidate, estimate, number))
    if not lots and not sure and len(group) > 1:
        sure = _across_postcodes(number, group)
    return _one_of(lots or sure or _along(number, group) or unsure)


def _along(number: HouseNumber, group: Sequence[Candidate]) -> list[Found]:
    """Return the positions along the stretches that have the number, where that is no guess."""
    found = []
    for candidate in group:
        stretch = next((one for one in candidate.stretches if one.covers(number.number)), None)
        if stretch is None:
            continue
        position = locate(stretch, number.number)
        if position.is_of_house:
            found.append(
                Found(
                    position.latitude,
                    position.longitude,
                    Accuracy.INTERPOLATED,
                    Basis.RANGE,
                    candidate.street,
                    number,
                    candidate.differs,
                    position.error_metres,
                    (HouseNumber(stretch.low), HouseNumber(stretch.high)),
                )
            )
    return found


def _across_postcodes(number: HouseNumber, group: Sequence[Candidate]) -> list[Found]:
    """Return the position between the last house of a street in one postcode and the first one in the next."""
    found = []
    for key, city in {(candidate.street.key, candidate.street.place.city) for candidate in group}:
        parts = [one for one in group if (one.street.key, one.street.place.city) == (key, city)]
        estimate = interpolate(number.number, [house for part in parts for house in part.neighbours])
        if estimate is not None and estimate.is_between:
            found.append(_estimated(parts[0], estimate, number))
    return found


def _estimated(candidate: Candidate, estimate: Estimate, number: HouseNumber) -> Found:
    return Found(
        estimate.latitude,
        estimate.longitude,
        Accuracy.INTERPOLATED,
        Basis.NEIGHBOURS,
        candidate.street,
        number,
        candidate.differs,
        estimate.error_metres,
        tuple(house.number for house in estimate.basis),
    )


def _street(group: Sequence[Candidate]) -> Found | Tie | None:
    found = []
    for candidate in group:
        houses = candidate.neighbours or candidate.exact
        places: list[House | LinePosition] = [*houses[:1]]
        places += [locate(stretch, 0) for stretch in candidate.stretches[:1]]
        if places and candidate.penalty < CONTRADICTION:
            found.append(
                Found(
                    places[0].latitude,
                    places[0].longitude,
                    Accuracy.STREET,
                    Basis.STREET,
                    candidate.street,
                    None,
                    candidate.differs,
                )
            )
    if len({(one.street.key, one.street.place.city) for one in found}) == 1:
        return found[0]  # the parts of one street in several postcodes
    return _one_of(found)


def _one_of(found: Sequence[Found]) -> Found | Tie | None:
    """Return the only house, the preferred one of several points for it, or a tie. What people confirmed decides."""
    if not found:
        return None
    found = [one for one in found if one.street.source.kind == CONFIRMED] or found
    chosen = min(found, key=_preference)
    others = [one for one in found if _metres(chosen, one) > SAME_HOUSE_METRES]
    if not others:
        return chosen
    distinct: list[Found] = [chosen]
    for one in others:
        if all(_metres(one, known) > SAME_HOUSE_METRES for known in distinct):
            distinct.append(one)
    return Tie(tuple(distinct))


def _preference(found: Found) -> tuple[bool, float, int]:
    """Sort key: points before parcels, then the smallest error, then the newest source."""
    return found.basis is Basis.PARCEL, found.error_metres or 0.0, -found.street.source.id


def _metres(one: Found, other: Found) -> float:
    return great_circle_metres(one.latitude, one.longitude, other.latitude, other.longitude)
