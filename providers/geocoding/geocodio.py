"""Geocodio (https://www.geocod.io/docs, version 1.9): the US and Canada, 10,000 addresses in one call, answers kept for
ever.

Free: 2,500 look-ups a day, each address of a batch being one, and 1,000 requests a minute. `accuracy` measures how much
of the input was matched; `accuracy_type` says what was found (geocod.io/guides/accuracy-types-scores).

Asks `/v1.9/geocode` and `/v1.9/reverse` below the configured url.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, ClassVar

import orjson

from app.domain.vocabulary.accuracy import Accuracy
from providers.errors import BadRequest, ProviderError, QuotaExceeded, Unavailable, next_utc_midnight
from providers.geocoding.base import Location, Query
from providers.geocoding.confidence import BASE, Match
from providers.geocoding.online import OnlineGeocoder
from providers.http import MAX_LARGE_CONTAINERS, MAX_LARGE_VALUES, Request, brief, parse_json
from providers.json_values import number, text, texts
from providers.rate_limit import Window

TYPES: Mapping[str, tuple[Accuracy, float]] = MappingProxyType(
    {
        "rooftop": (Accuracy.ROOFTOP, 1.0),
        "point": (Accuracy.ROOFTOP, 0.95),
        "range_interpolation": (Accuracy.INTERPOLATED, 1.0),
        "nearest_rooftop_match": (Accuracy.INTERPOLATED, 0.8 / BASE[Accuracy.INTERPOLATED]),
        "intersection": (Accuracy.STREET, 1.0),
        "street_center": (Accuracy.STREET, 1.0),
        "place": (Accuracy.PLACE, 1.0),
        "county": (Accuracy.REGION, 1.0),
        "state": (Accuracy.REGION, 1.0),
    }
)
"""Accuracy and text factor by `accuracy_type`: a point in front of a parcel is not the parcel."""
COUNTRIES = frozenset({"us", "ca"})


class Geocodio(OnlineGeocoder):
    """Structured search; batches are keyed by our own numbers."""

    name: ClassVar[str] = "geocodio"
    public_url: ClassVar[str | None] = "https://api.geocod.io"
    public_hosts: ClassVar[frozenset[str]] = frozenset({"api.geocod.io"})
    needs_key: ClassVar[bool] = True
    windows: ClassVar[tuple[Window, ...]] = (Window(1000, 60.0),)
    daily: ClassVar[int | None] = 2500
    attribution: ClassVar[str | None] = "Geocodio"
    verified_on: ClassVar[date | None] = date(2025, 6, 1)
    batch_size: ClassVar[int] = 10_000
    batch_timeout: ClassVar[float] = 300.0
    batch_costs_each: ClassVar[bool] = True
    reverses: ClassVar[bool] = True
    path: ClassVar[str] = "/v1.9/geocode"
    reverse_path: ClassVar[str] = "/v1.9/reverse"

    def knows(self, query: Query) -> bool:
        """See OnlineGeocoder."""
        return query.country.lower() in COUNTRIES

    def params(self, query: Query) -> Mapping[str, str]:
        """See OnlineGeocoder."""
        return self._common() | _parts(query)

    def reverse_params(self, latitude: float, longitude: float) -> Mapping[str, str]:
        """See OnlineGeocoder."""
        return self._common() | {"q": f"{latitude:.7f},{longitude:.7f}"}

    def judge(self, status: int, text: str, retry_after: float | None) -> ProviderError | None:
        """See OnlineGeocoder. A 422 is a miss or a bad query, a 403 a bad key or the end of the day's allowance."""
        said = brief(text)
        words = said.lower()
        if status == 422:
            if "could not geocode" in words or "no matches" in words:
                return None
            return BadRequest(f"HTTP 422: {said}", provider=self.name)
        if status == 403 and "daily maximum" in words:
            return QuotaExceeded(f"HTTP 403: {said}", provider=self.name, resets_at=next_utc_midnight())
        return super().judge(status, text, retry_after)

    def read(self, query: Query, answer: Any) -> Location | None:
        """See OnlineGeocoder."""
        results = self.listed(answer, "results")
        return self._result(query, results[0]) if results else None

    def batch_request(self, queries: Sequence[Query], timeout: float) -> Request:
        """See OnlineGeocoder."""
        body = orjson.dumps({str(number): _parts(query) for number, query in enumerate(queries)})
        return self.post(self.path, self._common(), body, "application/json", timeout)

    def read_batch(self, queries: Sequence[Query], body: bytes) -> list[Location | None | ProviderError]:
        """See OnlineGeocoder."""
        answer = parse_json(body, self.name, max_values=MAX_LARGE_VALUES, max_containers=MAX_LARGE_CONTAINERS)
        results = answer.get("results") if isinstance(answer, dict) else None
        if not isinstance(results, dict):
            self.garbled("no results")
        return [self._entry(query, results.get(str(number))) for number, query in enumerate(queries)]

    def _entry(self, query: Query, entry: object) -> Location | None | ProviderError:
        response = entry.get("response") if isinstance(entry, dict) else None
        if not isinstance(response, dict):
            return Unavailable("the batch came back without this address", provider=self.name)
        if "error" in response:
            try:
                return self.judge(422, str(response["error"]), None)
            except ProviderError as error:
                return error
        try:
            return self.read(query, response)
        except Unavailable as error:
            return error

    def _result(self, query: Query, found: Mapping[str, Any]) -> Location:
        point, parts = found.get("location"), found.get("address_components")
        if not isinstance(point, dict) or not isinstance(parts, dict):
            self.garbled("no location")
        accuracy, share = TYPES.get(str(found.get("accuracy_type")), (Accuracy.REGION, 1.0))
        # A "place" is the centre of a ZIP or of a city.
        if accuracy is Accuracy.PLACE and query.postcode and text(parts, "zip"):
            accuracy = Accuracy.POSTCODE
        score = number(found.get("accuracy"))
        match = Match(
            house_number=text(parts, "number"),
            road=text(parts, "formatted_street")
            or " ".join(texts(parts, "predirectional", "street", "suffix"))
            or None,
            cities=texts(parts, "city"),
            state=text(parts, "state"),
            postcode=text(parts, "zip"),
        )
        return self.location(
            query,
            (point.get("lat"), point.get("lng")),
            match,
            accuracy,
            found.get("formatted_address"),
            text_factor=share * (1.0 if score is None else score),
            raw_score=score,
        )

    def _common(self) -> dict[str, str]:
        return {"api_key": self.config.key or "", "limit": "1"}


def _parts(query: Query) -> dict[str, str]:
    named = {
        "street": query.street,
        "city": query.city,
        "county": query.county,
        "state": query.state,
        "postal_code": query.postcode,
        "country": query.country.upper(),
    }
    return {name: part for name, part in named.items() if part}
