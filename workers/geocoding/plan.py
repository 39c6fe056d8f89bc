"""Which geocoders a job asks, when an answer ends the search, and which answers may be cached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID
from zlib import crc32

from app.db.geocoding.cache import NO_MATCH_TTL, CachedAnswer, NewAnswer
from app.domain.addresses.postal_address import Address
from app.domain.geocoding.options import GeocodeOptions, JobGeocodeOptions
from app.domain.vocabulary.accuracy import Accuracy
from providers.geocoding.base import Query
from providers.geocoding.fallback import Answer, AttemptOutcome, GeocoderChain
from providers.geocoding.local import Local
from workers.geocoding.resolution import AnswerSource, Resolution, describe, has_street, to_cached, to_query

NOT_CACHEABLE = timedelta(0)
MAX_LOCAL_BATCH = 1000
"""Batch size of a geocoder that sends no requests; larger batches would save none."""


@dataclass(frozen=True)
class GeocodePlan:
    """The geocoders of a job or request in the order in which they are asked."""

    options: GeocodeOptions
    order: tuple[str, ...]
    remote: frozenset[str]
    """Geocoders that send requests over the network."""
    cache_ttls: Mapping[str, timedelta | None] = field(default_factory=dict)
    """How long answers may be cached, by geocoder, None for ever; geocoders that do not allow it are missing."""
    batch_size: int = 1
    """Batch size of the first geocoder after `local`."""
    cross_check: float = 0.0
    """The share of the addresses found for which a second geocoder is asked."""
    seconds: tuple[str, ...] = ()
    """The geocoders that can be asked for a second opinion, in order."""
    asker: UUID | None = None
    """The user whose own reference data count besides the shared ones."""

    @classmethod
    def build(cls, chain: GeocoderChain, options: GeocodeOptions, asker: UUID | None = None) -> GeocodePlan:
        """Return the plan for these options. Raises ValueError for a provider that is not available."""
        geocoders = list(chain.active)
        if options.provider_id is not None:
            first = [geocoder for geocoder in chain.geocoders if geocoder.name == options.provider_id]
            if not first:
                known = ", ".join(geocoder.name for geocoder in geocoders) or "none"
                why = chain.left_out.get(options.provider_id, "not among the configured ones")
                raise ValueError(f"geocoder {options.provider_id!r} is not available ({why}); available: {known}")
            geocoders = first + [geocoder for geocoder in geocoders if geocoder is not first[0]]
        if not options.use_fallback:
            geocoders = geocoders[:1]
        remote = [geocoder for geocoder in geocoders if geocoder.latencies is not None]
        after = geocoders[1:] if geocoders and geocoders[0].name == Local.name else geocoders
        batch_size = after[0].batch_size if after else 1
        return cls(
            options,
            tuple(geocoder.name for geocoder in geocoders),
            frozenset(geocoder.name for geocoder in remote),
            {geocoder.name: geocoder.keeps for geocoder in remote if geocoder.keeps != NOT_CACHEABLE},
            batch_size if after[:1] == remote[:1] else min(batch_size, MAX_LOCAL_BATCH),
            options.cross_check if isinstance(options, JobGeocodeOptions) else 0.0,
            tuple(geocoder.name for geocoder in chain.active if geocoder.finest.reaches(Accuracy.STREET)),
            asker,
        )

    @property
    def starts_locally(self) -> bool:
        """Whether the reference data are asked before everything else, the cache included."""
        return self.order[:1] == (Local.name,)

    @property
    def after_local(self) -> tuple[str, ...]:
        """The geocoders that are asked for what the reference data do not have."""
        return self.order[1:] if self.starts_locally else self.order

    def query(self, address: Address) -> Query:
        """Return the address as geocoders take it."""
        return to_query(address, self.asker)

    async def ask_locally(self, chain: GeocoderChain, addresses: Sequence[Address]) -> list[Answer]:
        """Ask the reference data alone; call it only if the plan `starts_locally`."""
        return await chain.geocode_many(
            [self.query(address) for address in addresses],
            provider_id=Local.name,
            use_fallback=False,
            timeout=self.options.timeout,
            min_accuracy=self.options.min_accuracy,
        )

    def is_final(self, answer: Answer) -> bool:
        """Return whether the answer of the reference data needs no other geocoder."""
        return not self.after_local or answer.attempts[-1].outcome is AttemptOutcome.FOUND

    def sufficient_accuracy(self, address: Address) -> Accuracy:
        """Return the accuracy that ends the search."""
        return self.options.min_accuracy or (Accuracy.STREET if has_street(address) else Accuracy.REGION)

    def ends_search(self, answer: CachedAnswer, address: Address) -> bool:
        """Return whether an answer is accurate enough and agrees with the address."""
        return (
            answer.place is not None
            and not answer.contradicts
            and answer.place.accuracy.reaches(self.sufficient_accuracy(address))
        )

    def is_decided(self, cached: Sequence[CachedAnswer], address: Address, local: Answer | None = None) -> bool:
        """Return whether cached answers suffice, so that not even the offline geocoder needs to be asked.

        `local` is the answer of the reference data, if they were asked.
        """
        answers = {answer.provider: answer for answer in cached}
        if local is not None:
            answers[Local.name] = next(map(to_cached, local.locations), CachedAnswer(Local.name, None))
        first = self.options.provider_id
        if first is not None and first not in answers:
            return False
        for index, name in enumerate(self.order):
            if name in answers and self.ends_search(answers[name], address):
                return not self.options.strict_order or all(before in answers for before in self.order[:index])
        return all(name in answers for name in self.order)

    def needs_network(self, cached: Sequence[CachedAnswer]) -> bool:
        """Return whether any remote geocoder has no cached answer."""
        return not self.remote <= {answer.provider for answer in cached}

    def second_for(self, key: str, resolution: Resolution) -> str | None:
        """Return the geocoder to ask for a second opinion on an address; None if it is not in the sample.

        It is the same sample whenever the job is run again. There is nothing to compare for a place that is coarser
        than a street, or if another geocoder found the address already.
        """
        place = resolution.place
        if (
            place is None
            or crc32(key.encode()) >= self.cross_check * 2**32
            or not place.accuracy.reaches(Accuracy.STREET)
        ):
            return None
        known = {other.provider for other in resolution.places}
        return next((name for name in self.seconds if name not in known), None)

    def resolve(self, address: Address, cached: Sequence[CachedAnswer], answer: Answer | None) -> Resolution:
        """Choose the best place from cached answers and, if the chain was asked, its answer."""
        answers = {entry.provider: entry for entry in cached}
        details = {entry.provider: _detail(entry) for entry in cached}
        source = AnswerSource.CACHED
        if answer is not None:
            answers |= {location.provider: to_cached(location) for location in answer.locations}
            details |= {attempt.provider: attempt.detail for attempt in answer.attempts}
            asked = any(
                attempt.provider in self.remote and attempt.outcome is not AttemptOutcome.RESTING
                for attempt in answer.attempts
            )
            source = AnswerSource.ASKED if asked else AnswerSource.CACHED if cached else AnswerSource.LOCAL
        found = [answers[name] for name in self.order if name in answers and answers[name].place is not None]
        ending = [entry for entry in found if self.ends_search(entry, address)]
        best = ending[0] if ending else min(found, key=_rank, default=None)
        reason = "; ".join(f"{name}: {details[name]}" for name in self.order if name in details)
        places = tuple(entry.place for entry in found if entry.place is not None)
        reason = reason or "no geocoder is configured"
        contradicts = best.contradicts if best else ()
        candidates = answer.candidates if answer is not None else ()
        return Resolution(best.place if best else None, reason, places, source, contradicts, candidates)

    def cacheable_answers(self, key: str, answer: Answer) -> list[NewAnswer]:
        """Return the parts of an answer that may be cached: places as their provider allows, no matches for a day."""
        if not self.cache_ttls:
            return []
        answers = [to_cached(location) for location in answer.locations]
        answers += [
            CachedAnswer(attempt.provider, None)
            for attempt in answer.attempts
            if attempt.outcome is AttemptOutcome.NO_MATCH
        ]
        return [
            NewAnswer(key, entry, NO_MATCH_TTL if entry.place is None else self.cache_ttls[entry.provider])
            for entry in answers
            if entry.provider in self.cache_ttls
        ]


def _detail(answer: CachedAnswer) -> str:
    if answer.place is None:
        return "no match"
    if answer.contradicts:
        return describe(answer.contradicts)
    return f"found ({answer.place.accuracy})"


def _rank(answer: CachedAnswer) -> tuple[bool, float, int]:
    """Sort key, best first. An answer in another state or country comes last; otherwise confidence decides."""
    assert answer.place is not None
    return not {"state", "country"}.isdisjoint(answer.contradicts), -answer.place.confidence, answer.place.accuracy.rank
