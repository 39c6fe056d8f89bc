"""What is known of an address, from what is kept and from what providers say now, and what of that is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from app.db.geocoding.cache import NO_MATCH_KEPT, Learnt, Said
from app.domain.geocoding.model import Address, GeocodeOptions, Place
from app.domain.vocabulary.accuracy import Accuracy
from providers.geocoding.base import Location, Query
from providers.geocoding.fallback import Answer, GeocoderChain, Outcome

KEPT_FOR_NONE = timedelta(0)
LOCAL_BATCH = 1000
"""Where no request is saved by larger ones."""


class Source(StrEnum):
    """Where a verdict comes from."""

    ASKED = "asked"
    KEPT = "kept"
    SHARED = "shared"
    """An equal address of the same job was asked for."""
    LOCAL = "local"
    """Nobody outside had to be asked, kept or not: the offline geocoder knows as much."""


@dataclass(frozen=True, slots=True)
class Verdict:
    place: Place | None
    reason: str
    """Why there is no place, provider by provider."""
    places: tuple[Place, ...]
    """All that was found, the place among them."""
    source: Source


@dataclass(frozen=True)
class Plan:
    """Whom a job or a request asks, in which order, and whose words it may keep."""

    options: GeocodeOptions
    order: tuple[str, ...]
    outside: frozenset[str]
    """Those that send requests."""
    keeps: dict[str, timedelta | None] = field(default_factory=dict)
    """How long the words of those that may be kept are kept."""
    batch_size: int = 1
    """Of the first one."""

    @classmethod
    def of(cls, chain: GeocoderChain, options: GeocodeOptions) -> Plan:
        """Raises ValueError for a provider that is not there."""
        geocoders = list(chain.geocoders)
        if options.provider_id is not None:
            first = [one for one in geocoders if one.name == options.provider_id]
            if not first:
                known = ", ".join(one.name for one in geocoders) or "none"
                why = chain.left_out.get(options.provider_id, "not among the configured ones")
                raise ValueError(f"geocoder {options.provider_id!r} is not available ({why}); available: {known}")
            geocoders = first + [one for one in geocoders if one is not first[0]]
        if not options.use_fallback:
            geocoders = geocoders[:1]
        outside = [one for one in geocoders if one.latencies is not None]
        batch_size = geocoders[0].batch_size if geocoders else 1
        return cls(
            options,
            tuple(one.name for one in geocoders),
            frozenset(one.name for one in outside),
            {one.name: one.keeps for one in outside if one.keeps != KEPT_FOR_NONE},
            batch_size if geocoders[:1] == outside[:1] else min(batch_size, LOCAL_BATCH),
        )

    def enough(self, address: Address) -> Accuracy:
        """What ends the search."""
        return self.options.min_accuracy or (Accuracy.STREET if address.street else Accuracy.REGION)

    def ends(self, said: Said, address: Address) -> bool:
        return said.place is not None and not said.contradicts and said.place.accuracy.reaches(self.enough(address))

    def decided(self, said: Sequence[Said], address: Address) -> bool:
        """Whether nobody need be asked any more, not even the offline geocoder."""
        words = {one.provider: one for one in said}
        first = self.options.provider_id
        if first is not None and first not in words:
            return False
        for at, name in enumerate(self.order):
            if name in words and self.ends(words[name], address):
                return not self.options.strict_order or all(before in words for before in self.order[:at])
        return all(name in words for name in self.order)

    def must_ask_outside(self, said: Sequence[Said]) -> bool:
        return not self.outside <= {one.provider for one in said}

    def conclude(self, address: Address, said: Sequence[Said], answer: Answer | None) -> Verdict:
        """The verdict of what is kept and what was answered now."""
        words = {one.provider: one for one in said}
        details = {one.provider: _detail(one) for one in said}
        source = Source.KEPT
        if answer is not None:
            words |= {one.provider: Said(one.provider, place(one), one.contradicts) for one in answer.locations}
            details |= {attempt.provider: attempt.detail for attempt in answer.attempts}
            asked = any(a.provider in self.outside and a.outcome is not Outcome.RESTING for a in answer.attempts)
            source = Source.ASKED if asked else Source.KEPT if said else Source.LOCAL
        found = [words[name] for name in self.order if name in words and words[name].place is not None]
        ending = [one for one in found if self.ends(one, address)]
        best = ending[0] if ending else min(found, key=_worth, default=None)
        reason = "; ".join(f"{name}: {details[name]}" for name in self.order if name in details)
        places = tuple(one.place for one in found if one.place is not None)
        return Verdict(best.place if best else None, reason or "no geocoder is configured", places, source)

    def learnt(self, key: str, answer: Answer) -> list[Learnt]:
        """What of an answer may be kept: places for as long as their provider allows, that it knows none for a day."""
        if not self.keeps:
            return []
        words = [Said(one.provider, place(one), one.contradicts) for one in answer.locations]
        words += [Said(one.provider, None) for one in answer.attempts if one.outcome is Outcome.NO_MATCH]
        return [
            Learnt(key, word, NO_MATCH_KEPT if word.place is None else self.keeps[word.provider])
            for word in words
            if word.provider in self.keeps
        ]


def _detail(said: Said) -> str:
    if said.place is None:
        return "no match"
    return f"found another {' and '.join(said.contradicts)}" if said.contradicts else f"found ({said.place.accuracy})"


def _worth(said: Said) -> tuple[bool, float, int]:
    """Less is better. Another state is no last resort while there is any other; else the confidence decides."""
    assert said.place is not None
    return "state" in said.contradicts, -said.place.confidence, said.place.accuracy.rank


def place(location: Location) -> Place:
    return Place(
        latitude=location.latitude,
        longitude=location.longitude,
        accuracy=location.accuracy,
        confidence=location.confidence,
        provider=location.provider,
        matched_address=location.matched_address,
        raw_score=location.raw_score,
        attribution=location.attribution,
    )


def query(address: Address) -> Query:
    return Query(
        street=address.street,
        city=address.city,
        county=address.county,
        state=address.state,
        postcode=address.zip_code,
        country=address.country,
    )
