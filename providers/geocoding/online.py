"""Base class of geocoders over HTTP: rate limits, identification and reading coordinates."""

from __future__ import annotations

import asyncio
import math
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar, NoReturn, TypeVar
from uuid import UUID

from app.domain.vocabulary.accuracy import Accuracy
from providers.errors import BadRequest, Busy, ProviderError, QuotaExceeded, Unavailable, next_utc_midnight
from providers.geocoding.base import Geocoder, Location, Query
from providers.geocoding.confidence import Match, assess, lower_for_distance
from providers.http import HttpReply, Request, error_of, exchange, parse_json_off_loop
from providers.json_values import number
from providers.latency import Latencies
from providers.rate_limit import LimiterState
from providers.setup import Setup

MAX_BATCH_BODY = 64 << 20
"""Maximum size of a batch answer in bytes: 10,000 results of 1 to 2 kB."""

T = TypeVar("T")


class OnlineGeocoder(Geocoder):
    """A geocoder behind one GET. A subclass defines `path`, `params` and `read`, and `judge` for its own error format.

    To support points it also defines `reverse_path` and `reverse_params`, and `read_point` if that answer differs; to
    support batches, `batch_request` and `read_batch`.
    """

    path: ClassVar[str]
    """Appended to the configured URL, which has no version path."""
    reverse_path: ClassVar[str] = ""
    batch_costs_each: ClassVar[bool] = False
    """Whether each query of a batch counts towards the daily allowance, or the batch as a whole."""

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
        """Return the query parameters for `query`, which is not empty."""

    @abstractmethod
    def read(self, query: Query, answer: Any) -> Location | None:
        """Return the location in the JSON of a 200, or None for no match. Calls `garbled` for an unexpected shape."""

    def knows(self, query: Query) -> bool:
        """Whether the provider can answer `query` at all. If not, nothing is sent and the result is no match."""
        return True

    def judge(self, status: int, text: str, retry_after: float | None) -> ProviderError | None:
        """Return the error that a status other than 200 means, or None for no match."""
        return error_of(self.name, status, text, retry_after)

    def refused(self, answer: Any, retry_after: float | None) -> ProviderError | None:
        """Return the error in the JSON of a 200, for providers that report errors there."""
        return None

    def reverse_params(self, latitude: float, longitude: float) -> Mapping[str, str]:
        """Return the query parameters for a point in degrees."""
        raise NotImplementedError

    def read_point(self, answer: Any) -> Location | None:
        """Read a reverse answer; by default like `read` with an empty query."""
        return self.read(Query(), answer)

    def batch_request(self, queries: Sequence[Query], timeout: float) -> Request:
        """Return the POST request for `queries`."""
        raise NotImplementedError

    def read_batch(self, queries: Sequence[Query], body: bytes) -> list[Location | None | ProviderError]:
        """Return one result per query, in order. Called in a thread."""
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
        await admit()  # checked first, because it is often false
        request = self.request(self.path, self.params(query), timeout)
        return await self._ask(request, admit, read, admitted=True)

    async def reverse(
        self, latitude: float, longitude: float, timeout: float, asker: UUID | None = None
    ) -> Location | None:
        """See Geocoder."""
        request = self.request(self.reverse_path, self.reverse_params(latitude, longitude), timeout)
        found = await self._ask(request, self._admit, self._read_json(self.read_point))
        return None if found is None else lower_for_distance(found, latitude, longitude)

    async def geocode_batch(self, queries: Sequence[Query], timeout: float) -> list[Location | None | ProviderError]:
        """See Geocoder. Unsupported queries and those beyond the daily allowance are not sent."""
        replies: list[Location | None | ProviderError] = [None] * len(queries)
        sent = [index for index, query in enumerate(queries) if query.line and self.knows(query)]
        room = await self._room(len(sent))
        for index in sent[room:]:
            words = f"daily quota of {self.active_daily} used up"
            replies[index] = QuotaExceeded(words, provider=self.name, asked=False, resets_at=next_utc_midnight())
        if sent := sent[:room]:
            batch = [queries[index] for index in sent]

            async def read(reply: HttpReply) -> list[Location | None | ProviderError]:
                return await asyncio.to_thread(self.read_batch, batch, reply.body)

            admit = partial(self._admit, len(sent) if self.batch_costs_each else 1)
            found = await self._ask(self.batch_request(batch, timeout), admit, read)
            for index, reply in zip(sent, found or [None] * len(sent), strict=True):
                replies[index] = reply
        return replies

    async def pause(self, seconds: float, reason: str = "") -> None:
        """See Geocoder. The pause applies to every process that shares the limiter."""
        await self._limiter.penalise(self.name, seconds, reason)

    async def standing(self) -> LimiterState:
        """See Geocoder."""
        return await self._limiter.standing(self.name)

    def request(self, path: str, params: Mapping[str, str], timeout: float) -> Request:
        """Return a GET request for `path`."""
        return Request(self.name, self.url + path, params, self.headers, timeout, self.secrets)

    def post(self, path: str, params: Mapping[str, str], body: bytes, content_type: str, timeout: float) -> Request:
        """Return a POST request of a batch to `path`."""
        headers = {**self.headers, "Content-Type": content_type}
        return replace(self.request(path, params, timeout), headers=headers, body=body, max_body=MAX_BATCH_BODY)

    def garbled(self, what: str) -> NoReturn:
        """Raise Unavailable for an answer that does not match the provider's documentation."""
        raise Unavailable(f"garbled answer: {what}", provider=self.name)

    def listed(self, answer: Any, key: str) -> list[dict[str, Any]]:
        """Return the list of objects under `key` of an answer. Raises Unavailable for any other shape."""
        found = answer.get(key) if isinstance(answer, dict) else None
        if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
            self.garbled(f"no {key}")
        return found

    def coordinates(self, latitude: object, longitude: object) -> tuple[float, float]:
        """Return degrees as floats, from numbers or strings. Raises Unavailable outside the valid range."""
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
        """Return the assessed location at `point` (latitude, longitude). Values of an unexpected type are omitted."""
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
        read: Callable[[HttpReply], Awaitable[T]],
        admitted: bool = False,
    ) -> T | None:
        return await exchange(self._session, request, admit, read, self.judge, self.latencies, admitted)

    def _read_json(self, read: Callable[[Any], Location | None]) -> Callable[[HttpReply], Awaitable[Location | None]]:
        async def parse(reply: HttpReply) -> Location | None:
            answer = await parse_json_off_loop(reply.body, self.name)
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
        """Return how many queries the daily allowance permits; at least one, which the limiter may then refuse."""
        if self.active_daily is None or not self.batch_costs_each:
            return wanted
        used = (await self._limiter.standing(self.name)).used_today
        return min(wanted, max(1, self.active_daily - used))


def best(locations: Iterable[Location]) -> Location | None:
    """Return the location with the highest confidence, the first of equals: candidates are not always sorted."""
    return max(locations, key=lambda location: location.confidence, default=None)
