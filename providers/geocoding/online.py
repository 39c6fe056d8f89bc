"""Geocoders that ask over HTTP: limits, identification and the reading of coordinates, the same for all of them."""

from __future__ import annotations

import asyncio
import math
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar, NoReturn, TypeVar

from app.domain.vocabulary.accuracy import Accuracy
from providers.errors import BadRequest, Busy, ProviderError, QuotaExceeded, Unavailable, next_utc_midnight
from providers.geocoding.base import Geocoder, Location, Query
from providers.geocoding.confidence import Match, assess, measured
from providers.http import Reply, Request, error_of, exchange, parse_json
from providers.latency import Latencies
from providers.rate_limit import Standing
from providers.setup import Setup

#: Largest answer to a batch, in bytes: 10,000 results of a kB or two.
MAX_BATCH_BODY = 64 << 20

T = TypeVar("T")


class OnlineGeocoder(Geocoder):
    """A geocoder behind one GET: a subclass gives `path`, `params`, `read`, and `judge` if its errors are its own.

    One that answers points gives `reverse_path` and `reverse_params` too, and `read_point` if the answer has another
    shape; one that takes batches gives `batch_request` and `read_batch`.
    """

    #: Appended to the configured url, which is without a version path.
    path: ClassVar[str]
    reverse_path: ClassVar[str] = ""
    #: Whether each query of a batch counts as one in the daily allowance, or the batch as one.
    batch_costs_each: ClassVar[bool] = False

    def __init__(self, setup: Setup) -> None:
        self.config = setup.config
        self.contact = setup.contact
        self.url = (setup.config.url or self.public_url or "").rstrip("/")
        self.active_windows, self.active_daily = self.limits(setup.config)
        self.latencies = Latencies()
        self.secrets = (setup.config.key,) if setup.config.key else ()
        self.headers = {"User-Agent": setup.user_agent, "Accept": "application/json"}
        self._session = setup.session
        self._limiter = setup.limiter

    @abstractmethod
    def params(self, query: Query) -> Mapping[str, str]:
        """The query string that asks for `query`, which is not empty."""

    @abstractmethod
    def read(self, query: Query, answer: Any) -> Location | None:
        """The location in the JSON of a 200, None for no match; `garbled` where it has another shape."""

    def knows(self, query: Query) -> bool:
        """Whether the provider can know `query` at all; where not it is no match, and nothing is sent."""
        return True

    def judge(self, status: int, text: str, retry_after: float | None) -> ProviderError | None:
        """What a reply other than 200 means: an error, or None for "no match"."""
        return error_of(self.name, status, text, retry_after)

    def refused(self, answer: Any, retry_after: float | None) -> ProviderError | None:
        """The error in the JSON of a 200, where the provider puts them there."""
        return None

    def reverse_params(self, latitude: float, longitude: float) -> Mapping[str, str]:
        """The query string that asks for a point."""
        raise NotImplementedError

    def read_point(self, answer: Any) -> Location | None:
        """As `read`; a query without parts has nothing that the answer could contradict."""
        return self.read(Query(), answer)

    def batch_request(self, queries: Sequence[Query], timeout: float) -> Request:
        """The POST that asks for `queries`."""
        raise NotImplementedError

    def read_batch(self, queries: Sequence[Query], body: bytes) -> list[Location | None | ProviderError]:
        """What came of each; called in a thread."""
        raise NotImplementedError

    async def geocode(self, query: Query, timeout: float, patience: float | None = None) -> Location | None:
        """See Geocoder."""
        if not (query.line or query.county):
            raise BadRequest("nothing to search for", provider=self.name)
        if not self.knows(query):
            return None
        read = self._read_json(partial(self.read, query))
        if patience is None:
            return await self._ask(self.request(self.path, self.params(query), timeout), self._admit, read)
        admit = partial(self._admit_soon, patience)
        await admit()  # before the rest, since it is often in vain
        request = self.request(self.path, self.params(query), timeout)
        return await self._ask(request, admit, read, admitted=True)

    async def reverse(self, latitude: float, longitude: float, timeout: float) -> Location | None:
        """See Geocoder."""
        request = self.request(self.reverse_path, self.reverse_params(latitude, longitude), timeout)
        found = await self._ask(request, self._admit, self._read_json(self.read_point))
        return None if found is None else measured(found, latitude, longitude)

    async def geocode_batch(self, queries: Sequence[Query], timeout: float) -> list[Location | None | ProviderError]:
        """See Geocoder. What the provider cannot know is not sent, nor what goes beyond the day's allowance."""
        replies: list[Location | None | ProviderError] = [None] * len(queries)
        sent = [number for number, query in enumerate(queries) if query.line and self.knows(query)]
        room = await self._room(len(sent))
        for number in sent[room:]:
            words = f"daily quota of {self.active_daily} used up"
            replies[number] = QuotaExceeded(words, provider=self.name, asked=False, resets_at=next_utc_midnight())
        if sent := sent[:room]:
            batch = [queries[number] for number in sent]

            async def read(reply: Reply) -> list[Location | None | ProviderError]:
                return await asyncio.to_thread(self.read_batch, batch, reply.body)

            admit = partial(self._admit, len(sent) if self.batch_costs_each else 1)
            found = await self._ask(self.batch_request(batch, timeout), admit, read)
            for number, reply in zip(sent, found or [None] * len(sent), strict=True):
                replies[number] = reply
        return replies

    async def pause(self, seconds: float, reason: str = "") -> None:
        """See Geocoder; the pause holds for every process that shares the limiter."""
        await self._limiter.penalise(self.name, seconds, reason)

    async def standing(self) -> Standing:
        """See Geocoder."""
        return await self._limiter.standing(self.name)

    def request(self, path: str, params: Mapping[str, str], timeout: float) -> Request:
        """A GET of `path`."""
        return Request(self.name, self.url + path, params, self.headers, timeout, self.secrets)

    def post(self, path: str, params: Mapping[str, str], body: bytes, content_type: str, timeout: float) -> Request:
        """A POST to `path`, of a batch."""
        headers = {**self.headers, "Content-Type": content_type}
        return replace(self.request(path, params, timeout), headers=headers, body=body, max_body=MAX_BATCH_BODY)

    def garbled(self, what: str) -> NoReturn:
        """Refuse an answer that is not what the provider documents."""
        raise Unavailable(f"garbled answer: {what}", provider=self.name)

    def listed(self, answer: Any, key: str) -> list[dict[str, Any]]:
        """The list of objects under `key` of an answer."""
        found = answer.get(key) if isinstance(answer, dict) else None
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            self.garbled(f"no {key}")
        return found

    def coordinates(self, latitude: object, longitude: object) -> tuple[float, float]:
        """Degrees as floats, from numbers or their strings; refuses what lies on no globe."""
        try:
            lat, lon = float(latitude), float(longitude)  # type: ignore[arg-type]  # what float() refuses is caught
        except (TypeError, ValueError):
            self.garbled("no coordinates")
        if not (math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
            self.garbled("coordinates out of range")
        return lat, lon

    def location(
        self,
        query: Query,
        point: tuple[object, object],
        match: Match,
        accuracy: Accuracy,
        matched_address: object,
        text_factor: float = 1.0,
        raw_score: object = None,
        attribution: object = None,
    ) -> Location:
        """The location at `point` (latitude, longitude), assessed; what is of another type than it should be is left
        out."""
        latitude, longitude = self.coordinates(*point)
        accuracy, confidence, contradicts = assess(query, match, accuracy, text_factor)
        return Location(
            latitude=latitude,
            longitude=longitude,
            accuracy=accuracy,
            confidence=confidence,
            provider=self.name,
            matched_address=matched_address if isinstance(matched_address, str) else "",
            raw_score=number(raw_score),
            attribution=attribution if isinstance(attribution, str) else self.attribution,
            contradicts=contradicts,
        )

    async def _ask(
        self,
        request: Request,
        admit: Callable[[], Awaitable[None]],
        read: Callable[[Reply], Awaitable[T]],
        admitted: bool = False,
    ) -> T | None:
        return await exchange(self._session, request, admit, read, self.judge, self.latencies, admitted)

    def _read_json(self, read: Callable[[Any], Location | None]) -> Callable[[Reply], Awaitable[Location | None]]:
        async def parse(reply: Reply) -> Location | None:
            answer = parse_json(reply.body, self.name)
            if failure := self.refused(answer, reply.retry_after):
                raise failure
            return read(answer)

        return parse

    async def _admit(self, cost: int = 1) -> None:
        await self._limiter.acquire(self.name, self.active_windows, self.active_daily, cost)

    async def _admit_soon(self, patience: float) -> None:
        if not await self._limiter.try_acquire(self.name, self.active_windows, self.active_daily, patience):
            wait = self._limiter.expected_wait(self.name, self.active_windows)
            raise Busy("its rate limit is used up", provider=self.name, wait=wait)

    async def _room(self, wanted: int) -> int:
        """How many queries of a batch the day's allowance has room for; at least one, for the limiter to refuse."""
        if self.active_daily is None or not self.batch_costs_each:
            return wanted
        used = (await self._limiter.standing(self.name)).used_today
        return min(wanted, max(1, self.active_daily - used))


def best(locations: Iterable[Location]) -> Location | None:
    """The most trusted one, of equals the first: candidates do not always come in the order of their worth."""
    return max(locations, key=lambda location: location.confidence, default=None)


def number(value: object) -> float | None:
    """A JSON number, None for anything else."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def text(source: object, *keys: str) -> str | None:
    """The first of `keys` under which `source` has a text that is not empty; numbers are taken for their digits."""
    if not isinstance(source, dict):
        return None
    for key in keys:
        value = source.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if isinstance(value, str) and value:
            return value
    return None


def texts(source: object, *keys: str) -> tuple[str, ...]:
    """All of them."""
    return tuple(value for key in keys if (value := text(source, key)))
