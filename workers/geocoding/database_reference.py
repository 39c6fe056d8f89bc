"""The reference data in the database, as the geocoder `local` asks them: parse, look up, decide.

A batch takes one statement if all its houses are known, and up to five more for those that are not: their neighbours,
streets that are spelt alike, and streets of other names of the town.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar
from uuid import UUID

from app.db.core.pool import Connection, Pool, connection
from app.db.reference import lookups, nearest, sources
from app.db.reference.lookups import StreetQuestion
from app.domain.reference.house_numbers import parse_house_number
from app.domain.reference.matching import (
    CONTRADICTION,
    MISSPELT,
    MISSPELT_SHORT,
    Candidate,
    Found,
    Question,
    Tie,
    decide,
    decide_exactly,
    judge,
)
from app.domain.reference.places import Place, is_a_name_of, postcode_key, state_key, town_key
from app.domain.reference.street_keys import (
    Similarity,
    StreetKey,
    similarity,
    street_key,
    with_suffix_in_name,
    without_misspelt_suffix,
)
from app.domain.vocabulary.accuracy import Accuracy
from app.domain.vocabulary.evidence import Basis, Evidence
from app.domain.vocabulary.known_addresses import AddressQuestion, KnownAddress
from providers.geocoding import gazetteer
from providers.geocoding.confidence import postcode as zip_code

MAX_SIMILAR = 5
"""Names of streets that are tried for one that is not known."""
FEW = 50
"""So many questions are parsed and decided in the event loop: that takes less than a thread."""

REMEMBERED_SECONDS = 5.0
"""How long it is remembered that there are data, which saves requests a statement."""

T = TypeVar("T")
Answer = KnownAddress | tuple[KnownAddress, ...] | None


@dataclass
class _Search:
    """The search for one address."""

    asked: AddressQuestion
    question: Question
    candidates: list[Candidate] = field(default_factory=list)
    result: Found | Tie | None = None
    is_done: bool = False

    @property
    def number(self) -> int:
        return self.question.number.number if self.question.number else 0

    @property
    def has_usable(self) -> bool:
        return any(candidate.penalty < CONTRADICTION for candidate in self.candidates)

    def lookup(self, name: str | None = None) -> StreetQuestion:
        return StreetQuestion(name or self.question.street.name, self.question.place, self.number)

    def add(self, candidates: Sequence[Candidate]) -> None:
        known = {candidate.street.id for candidate in self.candidates}
        self.candidates += [c for c in candidates if c.street.id not in known and judge(self.question, c)]


class DatabaseReference:
    """See ReferenceData."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._known_until = 0.0

    async def has_any(self) -> bool:
        """See ReferenceData. That there are some is remembered for a while: to ask in vain is no error."""
        if time.monotonic() < self._known_until:
            return True
        async with connection(self._pool) as conn:
            found = await sources.is_ready(conn)
        self._known_until = time.monotonic() + REMEMBERED_SECONDS if found else 0.0
        return found

    async def find(self, questions: Sequence[AddressQuestion]) -> list[Answer]:
        """See ReferenceData."""
        searches = await _compute(len(questions), lambda: [_search(question) for question in questions])
        groups: defaultdict[tuple[UUID | None, str], list[_Search]] = defaultdict(list)
        for search in searches:
            if search is not None:
                groups[search.asked.asker, search.asked.country].append(search)
        if groups:
            async with connection(self._pool) as conn, lookups.snapshot(conn):
                for (asker, country), group in groups.items():
                    await self._look_up(conn, asker, country, group)
        return await _compute(len(questions), lambda: [_answer(search) if search else None for search in searches])

    async def nearest(self, latitude: float, longitude: float, asker: UUID | None) -> KnownAddress | None:
        """See ReferenceData."""
        async with connection(self._pool) as conn, conn.transaction(readonly=True):
            await lookups.begin(conn)
            found = await nearest.find_house(conn, asker, latitude, longitude)
        if found is None:
            return None
        street, house = found
        basis = Basis.PARCEL if street.source.kind == "parcels" else Basis.POINT
        return KnownAddress(
            house.latitude,
            house.longitude,
            Accuracy.ROOFTOP,
            str(house.number),
            street.label,
            street.city,
            street.place.state,
            street.place.postcode,
            Evidence(basis, street.source.name, street.source.date, (), ()),
            street.source.attribution or None,
        )

    async def _look_up(self, conn: Connection, asker: UUID | None, country: str, searches: list[_Search]) -> None:
        found = await lookups.find_candidates(conn, asker, country, [search.lookup() for search in searches])
        await _compute(len(searches), lambda: _decide_exactly(searches, found))
        unknown = [search for search in searches if not search.is_done and not search.has_usable]
        if unknown:
            await self._add_similar(conn, asker, country, unknown)
            await self._add_elsewhere(conn, asker, country, unknown)
        left = [search for search in searches if not search.is_done]
        pairs = [(candidate, search.number) for search in left for candidate in search.candidates]
        await lookups.add_neighbours(conn, [one for one, _ in pairs], [number for _, number in pairs])
        await _compute(len(left), lambda: _decide(left))

    async def _add_similar(self, conn: Connection, asker: UUID | None, country: str, searches: list[_Search]) -> None:
        """Add the streets whose names, or suffixes, are spelt alike."""
        names = await lookups.find_similar_names(conn, asker, country, [search.lookup() for search in searches])
        tries: list[tuple[_Search, StreetQuestion, int]] = []
        for search, others in zip(searches, names, strict=True):
            name = search.question.street.name
            alike = sorted((-similarity(name, other), other) for other in others)
            for rank, other in alike[:MAX_SIMILAR]:
                if rank != -Similarity.OTHER:
                    penalty = MISSPELT if rank == -Similarity.MISSPELT else MISSPELT_SHORT
                    tries.append((search, search.lookup(other), penalty))
            for key, penalty in _other_keys(search):
                if key.name != name:
                    tries.append((search, search.lookup(key.name), penalty))
        if not tries:
            return
        found = await lookups.find_candidates(conn, asker, country, [lookup for _, lookup, _ in tries])
        for (search, _, penalty), candidates in zip(tries, found, strict=True):
            for candidate in candidates:
                candidate.misspelt = penalty
            _add_as_meant(search, candidates)

    async def _add_elsewhere(self, conn: Connection, asker: UUID | None, country: str, searches: list[_Search]) -> None:
        """Add the streets of the name in the state, for towns that have several names."""
        found = await lookups.find_candidates(
            conn, asker, country, [search.lookup() for search in searches], in_state=True
        )
        if any(found):
            await asyncio.to_thread(gazetteer.united_states)  # so that `judge` does not load it
        for search, candidates in zip(searches, found, strict=True):
            search.add(candidates)


def _other_keys(search: _Search) -> list[tuple[StreetKey, int]]:
    """Return what the street may be called if its suffix is misspelt or belongs to its name, with the penalties."""
    found = []
    misspelt = without_misspelt_suffix(search.asked.road or "")
    if misspelt is not None:
        found.append((misspelt, MISSPELT))
    if search.question.street.suffix:
        found.append((with_suffix_in_name(search.question.street), 0))
    return found


def _add_as_meant(search: _Search, candidates: Sequence[Candidate]) -> None:
    """Add candidates, those with another suffix judged by the suffix that was probably meant."""
    original = search.question
    for key, _ in _other_keys(search):
        search.question = replace(original, street=key)
        search.add([c for c in candidates if c.street.key.name == key.name])
    search.question = original
    search.add([c for c in candidates if c.street.key.name not in {key.name for key, _ in _other_keys(search)}])


def _search(asked: AddressQuestion) -> _Search | None:
    """Return None for a question that no street can answer."""
    key = street_key(asked.road) if asked.road else None
    if key is None:
        return None
    country = asked.country
    place = Place(
        town_key(asked.city) if asked.city else "",
        state_key(asked.state, country) if asked.state else "",
        postcode_key(asked.postcode, country) if asked.postcode else "",
    )
    if not any(place):
        return None
    number = parse_house_number(asked.house_number) if asked.house_number else None
    return _Search(asked, Question(number, key, place, _centre(asked)))


def _centre(asked: AddressQuestion) -> Callable[[], tuple[float, float] | None]:
    def centre() -> tuple[float, float] | None:
        if asked.country != "us":
            return None
        states = gazetteer.united_states()
        place = states.zips.get(zip_code(asked.postcode)) if asked.postcode else None
        if place is None and asked.city:
            place = next(iter(states.cities.named(asked.city, asked.state)), None)
        return (place.latitude, place.longitude) if place else None

    return centre


def _decide_exactly(searches: Sequence[_Search], found: Sequence[Sequence[Candidate]]) -> None:
    for search, candidates in zip(searches, found, strict=True):
        search.add(candidates)
        search.result = decide_exactly(search.question, search.candidates)
        search.is_done = search.result is not None


def _decide(searches: Sequence[_Search]) -> None:
    for search in searches:
        search.result = decide(search.question, search.candidates)


def _answer(search: _Search) -> Answer:
    result = search.result
    if isinstance(result, Tie):
        return tuple(_known(search, one) for one in result.candidates)
    return None if result is None else _known(search, result)


def _known(search: _Search, found: Found) -> KnownAddress:
    street, asked = found.street, search.question
    differs = list(found.differs)
    if asked.number is not None and found.number != asked.number:
        differs.insert(0, "house_number")
    same = {
        "house_number": asked.number is not None and found.number == asked.number,
        "street": "spelling" not in differs and "direction" not in differs,
        "city": bool(asked.place.city)
        and (asked.place.city == street.place.city or is_a_name_of(asked.place.city, street.place.postcode)),
        "state": bool(asked.place.state) and asked.place.state == street.place.state,
        "postcode": bool(asked.place.postcode) and asked.place.postcode == street.place.postcode,
    }
    evidence = Evidence(
        basis=found.basis,
        source=street.source.name,
        source_date=street.source.date,
        matched=tuple(name for name, is_same in same.items() if is_same),
        differs=tuple(differs),
        between=tuple(str(number) for number in found.between),
        expected_error_metres=found.error_metres,
    )
    return KnownAddress(
        found.latitude,
        found.longitude,
        found.accuracy,
        str(found.number) if found.number else None,
        street.label,
        street.city,
        street.place.state,
        street.place.postcode,
        evidence,
        street.source.attribution or None,
    )


async def _compute(size: int, work: Callable[[], T]) -> T:
    return work() if size <= FEW else await asyncio.to_thread(work)
