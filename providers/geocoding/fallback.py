"""Asking geocoders in order until one knows the address finely enough.

A 200 is often a miss: a misspelt street comes back as the centre of its city. So the chain goes on after an error,
after a miss, after an answer that is coarser than what was asked and after one that contradicts it; of those it keeps
the best as a last resort.

Unless a strict order is wanted, nobody waits for a provider whose rate limit is used up while another that finds as
much is free: the query spills over to that one, so that together they are as fast as the sum of their limits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import timedelta
from functools import partial
from itertools import groupby
from typing import TypeVar

from app.domain.vocabulary.accuracy import Accuracy
from providers.errors import Busy, ProviderError, RateLimited
from providers.geocoding.answer import Answer, Attempt, Outcome, Search
from providers.geocoding.base import Geocoder, Location, Query
from providers.geocoding.chain_member import Link, retry_after
from providers.geocoding.cooldown import Rests
from providers.geocoding.states import ProviderState, left_out
from providers.rate_limit import MAX_PENALTY_WAIT

__all__ = ["Answer", "Attempt", "GeocoderChain", "Outcome"]

#: How often one provider is asked again for one address after it said that it was asked too fast.
MAX_RATE_RETRIES = 2
#: Seconds that a query waits for a provider before it looks whether another one is free.
SPILL_AFTER = 0.05
#: Single requests that `geocode_many` has under way at once.
CONCURRENCY = 20

T = TypeVar("T")


class GeocoderChain:
    """Geocoders in the order in which they are asked.

    `left_out` says why others that were named are not among them; `known` are all classes there are, for `states`.
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
        rests = Rests()
        self._links = tuple(Link(geocoder, rests) for geocoder in self.geocoders)

    @property
    def batch_size(self) -> int:
        """How many queries the first geocoder that is not resting takes in one call."""
        usable = (link.geocoder.batch_size for link in self._links if link.resting() is None)
        return next(usable, 1)

    def keeps(self, provider: str) -> timedelta | None:
        """How long an answer of `provider` may be stored: None for ever, zero not at all. KeyError for an unknown one.

        One that is no longer in the chain is answered for as its free tier is.
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
        """Look `query` up; `timeout` is in seconds for each request.

        `provider_id` is asked first, and alone without `use_fallback`; ValueError where there is no such provider.
        `min_accuracy` is what ends the search, by default what `query` allows: of a street no more than a street.
        With `strict_order` a provider that has to be waited for is waited for. Those in `skip` are not asked: what
        they say is known already.
        """
        search = Search(query, min_accuracy)
        links = [link for link in self._order(provider_id, use_fallback) if link.name not in skip]
        if provider_id is not None and provider_id not in skip:
            await self._in_order(search, links[:1], timeout)
            links = links[1:]
        await self._seek(search, links, timeout, strict_order)
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
        """`geocode` for each of `queries`, in their order: what providers take in batches is sent in batches.

        The providers between two that take batches are asked for one query at a time, CONCURRENCY queries at once.
        """
        searches = [Search(query, min_accuracy) for query in queries]
        places = asyncio.Semaphore(CONCURRENCY)

        async def seek(search: Search, links: Sequence[Link]) -> None:
            async with places:
                await self._seek(search, links, timeout, strict_order)

        order = self._order(provider_id, use_fallback)
        groups = [list(links) for _, links in groupby(order, _takes_batches)]
        if provider_id is not None:  # the one that is asked for gives nothing away to others
            groups = [order[:1], *(list(links) for _, links in groupby(order[1:], _takes_batches))]
        for group in groups:
            left = [search for search in searches if not search.ended]
            if _takes_batches(group[0]) and len(left) > 1:
                for link in group:
                    await self._ask_in_batches(link, [search for search in left if not search.ended], timeout)
            else:
                async with asyncio.TaskGroup() as tasks:
                    for search in left:
                        tasks.create_task(seek(search, group))
        return [search.answer() for search in searches]

    async def reverse(self, latitude: float, longitude: float, timeout: float = 5.0) -> Answer:
        """The address nearest to a point in degrees: the first one that is at least a street, else the finest."""
        search = Search(Query(), Accuracy.STREET)
        for link in self._links:
            if link.geocoder.reverses and not search.ended:
                await self._put_to(search, link, partial(link.geocoder.reverse, latitude, longitude, timeout))
        return search.answer()

    def available(self) -> dict[str, str | None]:
        """Every provider there is: why it is not in the chain, None where it is."""
        absent = {name: self.left_out.get(name, "not among the configured geocoders") for name in sorted(self._known)}
        return absent | {link.name: None for link in self._links}

    async def states(self) -> list[ProviderState]:
        """Every provider there is: those of the chain in its order, then the others by name."""
        states = [await link.state() for link in self._links]
        return states + [left_out(self._known[name], why) for name, why in self.available().items() if why is not None]

    def _order(self, provider_id: str | None, use_fallback: bool) -> list[Link]:
        if provider_id is None:
            return list(self._links) if use_fallback else list(self._links[:1])
        first = [link for link in self._links if link.name == provider_id]
        if not first:
            known = ", ".join(link.name for link in self._links) or "none"
            why = f" ({self.left_out[provider_id]})" if provider_id in self.left_out else ""
            raise ValueError(f"geocoder {provider_id!r} is not available{why}; available: {known}")
        others = [link for link in self._links if link.name != provider_id]
        return first + others if use_fallback else first

    async def _seek(self, search: Search, links: Sequence[Link], timeout: float, strict_order: bool) -> None:
        """Ask `links` until the search ends, in their order or whoever is free."""
        if strict_order:
            await self._in_order(search, links, timeout)
            return
        left = list(links)
        while left and not search.ended:
            free = [left[0]] + [link for link in left[1:] if _can_stand_in(link, left[0])]
            if len(free) == 1 or left[0].resting():
                await self._in_order(search, left[:1], timeout)
                del left[0]
            elif (asked := await self._ask_whoever_is_free(search, free, timeout)) is not None:
                left.remove(asked)

    async def _in_order(self, search: Search, links: Sequence[Link], timeout: float) -> None:
        for link in links:
            if not search.ended:
                await self._put_to(search, link, partial(link.geocoder.geocode, search.query, timeout))

    async def _put_to(self, search: Search, link: Link, ask: Callable[[], Awaitable[Location | None]]) -> None:
        if reason := link.off():
            search.passed_over(link.name, reason)
        else:
            search.heard(link.name, await _patiently(link, ask))

    async def _ask_whoever_is_free(self, search: Search, links: Sequence[Link], timeout: float) -> Link | None:
        """Ask the first of `links` that is free, else the one that will be soonest; None where it then was not."""
        waits: dict[Link, float] = {}
        for link in links:
            reply = await self._try(search, link, timeout, SPILL_AFTER)
            if not isinstance(reply, Busy):
                search.heard(link.name, reply)
                return link
            waits[link] = reply.wait
        soonest = min(links, key=waits.__getitem__)
        reply = await self._try(search, soonest, timeout, None)
        if isinstance(reply, Busy):
            return None
        search.heard(soonest.name, reply)
        return soonest

    async def _try(
        self, search: Search, link: Link, timeout: float, patience: float | None
    ) -> Location | None | ProviderError:
        """What the provider says; Busy too where it was asked too fast and may be asked again."""
        try:
            return await link.call(partial(link.geocoder.geocode, search.query, timeout, patience))
        except RateLimited as error:
            search.refusals[link.name] += 1
            wait = retry_after(error)
            if wait <= MAX_PENALTY_WAIT and search.refusals[link.name] <= MAX_RATE_RETRIES:
                return Busy(str(error), provider=link.name, wait=wait)
            return error
        except ProviderError as error:
            return error

    async def _ask_in_batches(self, link: Link, searches: Sequence[Search], timeout: float) -> None:
        geocoder = link.geocoder
        for start in range(0, len(searches), geocoder.batch_size):
            batch = searches[start : start + geocoder.batch_size]
            if reason := link.off():
                for search in batch:
                    search.passed_over(link.name, reason)
                continue
            queries = [search.query for search in batch]
            seconds = max(timeout, geocoder.batch_timeout)
            replies = await _patiently(link, partial(geocoder.geocode_batch, queries, seconds))
            if isinstance(replies, ProviderError):
                replies = [replies] * len(batch)
            for search, reply in zip(batch, replies, strict=True):
                search.heard(link.name, reply)


async def _patiently(link: Link, ask: Callable[[], Awaitable[T]]) -> T | ProviderError:
    """Ask; where the provider was asked too fast, wait for as long as it wants with everyone else, and ask again."""
    for retries_left in reversed(range(MAX_RATE_RETRIES + 1)):
        try:
            return await link.call(ask)
        except RateLimited as error:
            if retry_after(error) > MAX_PENALTY_WAIT or not retries_left:
                return error
        except ProviderError as error:
            return error
    raise AssertionError("the loop ends by returning")


def _takes_batches(link: Link) -> bool:
    return link.geocoder.batch_size > 1


def _can_stand_in(link: Link, first: Link) -> bool:
    """Whether `link` may be asked instead of waiting for `first`: never who finds less, as packaged data do."""
    return link.geocoder.finest.reaches(first.geocoder.finest) and link.resting() is None
