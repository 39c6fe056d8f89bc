"""The geocoder chain: ask geocoders in order until one finds the address accurately enough.

A 200 is often not a match: a misspelt street returns the centre of its city. Therefore the chain continues after an
error, after no match, and after an answer that is coarser than the query or contradicts it. The best of these answers
is kept as a last resort.

Unless a strict order is required, a query does not wait for a provider whose rate limit is used up while another
provider of the same quality is free. The query spills over, so together they are as fast as the sum of their limits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import timedelta
from functools import partial
from itertools import groupby
from typing import TypeVar
from uuid import UUID

from app.domain.vocabulary.accuracy import Accuracy
from providers.errors import Busy, ProviderError, RateLimited
from providers.geocoding.answer import Answer, Attempt, AttemptOutcome, Search
from providers.geocoding.base import Geocoder, Location, Query
from providers.geocoding.chain_member import ChainMember, retry_after
from providers.geocoding.cooldown import Cooldowns
from providers.geocoding.states import ProviderState, left_out
from providers.rate_limit import MAX_PENALTY_WAIT

__all__ = ["Answer", "Attempt", "GeocoderChain", "AttemptOutcome"]

MAX_RATE_RETRIES = 2
"""Maximum number of repeated requests for one address after rate limit errors of a provider."""
SPILL_AFTER = 0.05
"""Seconds that a query waits for a provider before it checks whether another one is free."""
CONCURRENCY = 20
"""Maximum number of concurrent single requests in `geocode_many`."""

T = TypeVar("T")


class GeocoderChain:
    """Geocoders in the order in which they are asked.

    `left_out` maps the other geocoders to the reason why they cannot be used. `known` are all geocoder classes, for
    `states`.
    """

    def __init__(
        self,
        geocoders: Sequence[Geocoder],
        left_out: Mapping[str, str] | None = None,
        known: Mapping[str, type[Geocoder]] | None = None,
    ) -> None:
        self.geocoders = tuple(geocoders)
        self.left_out = dict(left_out or {})
        self._known = dict(known or {})
        cooldowns = Cooldowns()
        self._members = tuple(ChainMember(geocoder, cooldowns) for geocoder in self.geocoders)

    @property
    def batch_size(self) -> int:
        """Return the number of queries that the first available geocoder takes in one call."""
        usable = (member.geocoder.batch_size for member in self._active() if member.resting() is None)
        return next(usable, 1)

    @property
    def active(self) -> tuple[Geocoder, ...]:
        """The geocoders that have something to answer from."""
        return tuple(geocoder for geocoder in self.geocoders if not geocoder.is_idle)

    async def prepare(self) -> None:
        """Find out which geocoders are active. Call it before a job or a request."""
        for geocoder in self.geocoders:
            await geocoder.prepare()

    def keeps(self, provider: str) -> timedelta | None:
        """Return how long an answer of `provider` may be stored: None means for ever, zero not at all.

        For a provider that is no longer in the chain, the terms of its free tier apply. Raises KeyError if unknown.
        """
        for geocoder in self.geocoders:
            if geocoder.name == provider:
                return geocoder.keeps
        return self._known[provider].keeps

    async def geocode(
        self,
        query: Query,
        provider_id: str | None = None,
        use_fallback: bool = True,
        timeout: float = 5.0,
        min_accuracy: Accuracy | None = None,
        strict_order: bool = False,
        skip: Collection[str] = (),
    ) -> Answer:
        """Look `query` up. `timeout` is in seconds per request.

        `provider_id` is asked first, and alone without `use_fallback`. `min_accuracy` ends the search; by default it is
        the best that `query` allows (a street without a number yields at most a street). With `strict_order` the query
        waits for each provider in turn. Providers in `skip` are not asked, because their answers are known already.
        Raises ValueError if `provider_id` is unknown.
        """
        search = Search(query, min_accuracy)
        members = [member for member in self._order(provider_id, use_fallback) if member.name not in skip]
        if provider_id is not None and provider_id not in skip:
            await self._in_order(search, members[:1], timeout)
            members = members[1:]
        await self._seek(search, members, timeout, strict_order)
        return search.answer()

    async def geocode_many(
        self,
        queries: Sequence[Query],
        provider_id: str | None = None,
        use_fallback: bool = True,
        timeout: float = 5.0,
        min_accuracy: Accuracy | None = None,
        strict_order: bool = False,
    ) -> list[Answer]:
        """Look up all `queries`; returns one answer per query, in order. Uses batches where providers support them.

        Providers without batches are asked with single requests, CONCURRENCY at a time.
        """
        searches = [Search(query, min_accuracy) for query in queries]
        places = asyncio.Semaphore(CONCURRENCY)

        async def seek(search: Search, members: Sequence[ChainMember]) -> None:
            async with places:
                await self._seek(search, members, timeout, strict_order)

        order = self._order(provider_id, use_fallback)
        groups = [list(members) for _, members in groupby(order, _takes_batches)]
        if provider_id is not None:  # a provider that was requested by name does not spill over
            groups = [order[:1], *(list(members) for _, members in groupby(order[1:], _takes_batches))]
        for group in groups:
            left = [search for search in searches if not search.ended]
            if _takes_batches(group[0]) and len(left) > 1:
                for member in group:
                    await self._ask_in_batches(member, [search for search in left if not search.ended], timeout)
            else:
                async with asyncio.TaskGroup() as tasks:
                    for search in left:
                        tasks.create_task(seek(search, group))
        return [search.answer() for search in searches]

    async def reverse(
        self, latitude: float, longitude: float, timeout: float = 5.0, asker: UUID | None = None
    ) -> Answer:
        """Return the address nearest to a point in degrees: the first at street level or finer, else the finest.

        The own reference data of `asker` count, too.
        """
        search = Search(Query(), Accuracy.STREET)
        for member in self._active():
            if member.geocoder.reverses and not search.ended:
                await self._ask(search, member, partial(member.geocoder.reverse, latitude, longitude, timeout, asker))
        return search.answer()

    def available(self) -> dict[str, str | None]:
        """Return every known provider with the reason why it is not in the chain, or None if it is."""
        absent = {name: self.left_out.get(name, "not among the configured geocoders") for name in sorted(self._known)}
        return absent | {member.name: None for member in self._members}

    async def states(self) -> list[ProviderState]:
        """Return the state of every known provider: those of the chain in order, then the others by name."""
        states = [await member.state() for member in self._members]
        return states + [left_out(self._known[name], why) for name, why in self.available().items() if why is not None]

    def _active(self) -> list[ChainMember]:
        return [member for member in self._members if not member.geocoder.is_idle]

    def _order(self, provider_id: str | None, use_fallback: bool) -> list[ChainMember]:
        if provider_id is None:
            return self._active() if use_fallback else self._active()[:1]
        first = [member for member in self._members if member.name == provider_id]
        if not first:
            known = ", ".join(member.name for member in self._members) or "none"
            why = f" ({self.left_out[provider_id]})" if provider_id in self.left_out else ""
            raise ValueError(f"geocoder {provider_id!r} is not available{why}; available: {known}")
        others = [member for member in self._active() if member.name != provider_id]
        return first + others if use_fallback else first

    async def _seek(self, search: Search, members: Sequence[ChainMember], timeout: float, strict_order: bool) -> None:
        """Ask `members` until the search ends, in strict order or by availability."""
        if strict_order:
            await self._in_order(search, members, timeout)
            return
        left = list(members)
        while left and not search.ended:
            free = [left[0]] + [member for member in left[1:] if _can_stand_in(member, left[0])]
            if len(free) == 1 or left[0].resting():
                await self._in_order(search, left[:1], timeout)
                del left[0]
            elif (asked := await self._ask_first_free(search, free, timeout)) is not None:
                left.remove(asked)

    async def _in_order(self, search: Search, members: Sequence[ChainMember], timeout: float) -> None:
        for member in members:
            if not search.ended:
                await self._ask(search, member, partial(member.geocoder.geocode, search.query, timeout))

    async def _ask(self, search: Search, member: ChainMember, ask: Callable[[], Awaitable[Location | None]]) -> None:
        if reason := member.off():
            search.skip(member.name, reason)
        else:
            search.record(member.name, await _ask_with_patience(member, ask))

    async def _ask_first_free(
        self, search: Search, members: Sequence[ChainMember], timeout: float
    ) -> ChainMember | None:
        """Ask the first of `members` that is free, else the one that is free soonest. None if that one was busy."""
        waits: dict[ChainMember, float] = {}
        for member in members:
            reply = await self._try(search, member, timeout, SPILL_AFTER)
            if not isinstance(reply, Busy):
                search.record(member.name, reply)
                return member
            waits[member] = reply.wait
        soonest = min(members, key=waits.__getitem__)
        reply = await self._try(search, soonest, timeout, None)
        if isinstance(reply, Busy):
            return None
        search.record(soonest.name, reply)
        return soonest

    async def _try(
        self, search: Search, member: ChainMember, timeout: float, patience: float | None
    ) -> Location | None | ProviderError:
        """Return the provider's reply; Busy also after a rate limit error that allows another try."""
        try:
            return await member.call(partial(member.geocoder.geocode, search.query, timeout, patience))
        except RateLimited as error:
            search.refusals[member.name] += 1
            wait = retry_after(error)
            if wait <= MAX_PENALTY_WAIT and search.refusals[member.name] <= MAX_RATE_RETRIES:
                return Busy(str(error), provider=member.name, wait=wait)
            return error
        except ProviderError as error:
            return error

    async def _ask_in_batches(self, member: ChainMember, searches: Sequence[Search], timeout: float) -> None:
        geocoder = member.geocoder
        for start in range(0, len(searches), geocoder.batch_size):
            batch = searches[start : start + geocoder.batch_size]
            if reason := member.off():
                for search in batch:
                    search.skip(member.name, reason)
                continue
            queries = [search.query for search in batch]
            seconds = max(timeout, geocoder.batch_timeout)
            replies = await _ask_with_patience(member, partial(geocoder.geocode_batch, queries, seconds))
            if isinstance(replies, ProviderError):
                replies = [replies] * len(batch)
            for search, reply in zip(batch, replies, strict=True):
                search.record(member.name, reply)


async def _ask_with_patience(member: ChainMember, ask: Callable[[], Awaitable[T]]) -> T | ProviderError:
    """Ask; after a rate limit error, wait as long as the provider wants and ask again."""
    for retries_left in reversed(range(MAX_RATE_RETRIES + 1)):
        try:
            return await member.call(ask)
        except RateLimited as error:
            if retry_after(error) > MAX_PENALTY_WAIT or not retries_left:
                return error
        except ProviderError as error:
            return error
    raise AssertionError("the loop ends by returning")


def _takes_batches(member: ChainMember) -> bool:
    return member.geocoder.batch_size > 1


def _can_stand_in(member: ChainMember, first: ChainMember) -> bool:
    """Whether `member` may be asked instead of waiting for `first`: only if it is not coarser, as packaged data are."""
    return member.geocoder.finest.reaches(first.geocoder.finest) and member.resting() is None
