"""The US Census Bureau's geocoder (https://geocoding.geo.census.gov): free, no key, and 10,000 addresses in one call.

Points are interpolated along the address ranges of TIGER streets, so a house number that was never built is found as
well. It knows street addresses in the US and nothing coarser. No rate limit is published; four requests a second are
modest. The data are in the public domain.

Asks `/geocoder/locations/address` and `/geocoder/locations/addressbatch` below the configured url.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, ClassVar

from app.domain.vocabulary.accuracy import Accuracy
from providers.errors import ProviderError, Unavailable
from providers.geocoding.base import Location, Query
from providers.geocoding.confidence import Match
from providers.geocoding.multipart import multipart
from providers.geocoding.online import OnlineGeocoder, best
from providers.http import Request
from providers.rate_limit import Window

BENCHMARK = "Public_AR_Current"
TEXT_FACTORS: Mapping[str, float] = MappingProxyType({"Exact": 1.0, "Non_Exact": 0.9})
"""Text factor of an inexact match, which only batches report."""

_NUMBER_AND_ROAD = re.compile(r"(\d\S*)\s+(.+)")


class Census(OnlineGeocoder):
    """Single addresses, and batches that may take minutes."""

    name: ClassVar[str] = "census"
    public_url: ClassVar[str | None] = "https://geocoding.geo.census.gov"
    public_hosts: ClassVar[frozenset[str]] = frozenset({"geocoding.geo.census.gov"})
    windows: ClassVar[tuple[Window, ...]] = (Window(4, 1.0),)
    attribution: ClassVar[str | None] = "U.S. Census Bureau, TIGER/Line"
    verified_on: ClassVar[date | None] = date(2026, 2, 1)
    finest: ClassVar[Accuracy] = Accuracy.INTERPOLATED
    batch_size: ClassVar[int] = 10_000
    batch_timeout: ClassVar[float] = 300.0
    path: ClassVar[str] = "/geocoder/locations/address"
    batch_path: ClassVar[str] = "/geocoder/locations/addressbatch"

    def knows(self, query: Query) -> bool:
        """See OnlineGeocoder. A street needs its city and state, or its ZIP."""
        where = query.postcode or (query.city and query.state)
        return query.country.lower() == "us" and bool(query.street and where)

    def params(self, query: Query) -> Mapping[str, str]:
        """See OnlineGeocoder."""
        parts = {"street": query.street, "city": query.city, "state": query.state, "zip": query.postcode}
        return {"benchmark": BENCHMARK, "format": "json"} | {name: part for name, part in parts.items() if part}

    def read(self, query: Query, answer: Any) -> Location | None:
        """See OnlineGeocoder."""
        result = answer.get("result") if isinstance(answer, dict) else None
        return best(self._match(query, match) for match in self.listed(result, "addressMatches"))

    def batch_request(self, queries: Sequence[Query], timeout: float) -> Request:
        """See OnlineGeocoder. Rows of id, street, city, state and ZIP, without a header; the ids are their numbers."""
        rows = io.StringIO()
        csv.writer(rows).writerows(
            (number, *(_latin(part or "") for part in (query.street, query.city, query.state, query.postcode)))
            for number, query in enumerate(queries)
        )
        file = rows.getvalue().encode("latin-1")
        body, content_type = multipart({"benchmark": BENCHMARK}, "addressFile", "addresses.csv", "text/csv", file)
        return self.post(self.batch_path, {}, body, content_type, timeout)

    def read_batch(self, queries: Sequence[Query], body: bytes) -> list[Location | None | ProviderError]:
        """See OnlineGeocoder. Rows come in any order and in different lengths; what is missing is an error."""
        missing = Unavailable("the batch came back without this address", provider=self.name)
        replies: list[Location | None | ProviderError] = [missing] * len(queries)
        understood = 0
        for row in _rows(body):
            if len(row) < 3 or not row[0].isdecimal() or int(row[0]) >= len(queries):
                continue
            understood += 1
            replies[int(row[0])] = self._row(queries[int(row[0])], row)
        if not understood:
            self.garbled("no row of the batch")
        return replies

    def _match(self, query: Query, match: Mapping[str, Any]) -> Location:
        point = match.get("coordinates")
        if not isinstance(point, dict):
            self.garbled("no coordinates")
        address = match.get("matchedAddress")
        return self.location(query, (point.get("y"), point.get("x")), matched(address), Accuracy.INTERPOLATED, address)

    def _row(self, query: Query, row: Sequence[str]) -> Location | None | ProviderError:
        """Read one row: id, input, Match, No_Match or Tie; for a match also Exact or Non_Exact, address and "lon,lat".

        A tie means that several addresses fit equally well. The provider returns none of them: no match.
        """
        if row[2] != "Match":
            return None
        if len(row) < 6:
            return Unavailable("garbled answer: a row of the batch is too short", provider=self.name)
        longitude, _, latitude = row[5].partition(",")
        factor = TEXT_FACTORS.get(row[3], TEXT_FACTORS["Non_Exact"])
        try:
            return self.location(query, (latitude, longitude), matched(row[4]), Accuracy.INTERPOLATED, row[4], factor)
        except Unavailable as error:
            return error


def matched(address: object) -> Match:
    """The parts of a matched address: "4600 SILVER HILL RD, WASHINGTON, DC, 20233"."""
    parts = [part.strip() for part in address.split(",")] if isinstance(address, str) else []
    if len(parts) != 4:
        return Match()
    street, city, state, postcode = parts
    numbered = _NUMBER_AND_ROAD.fullmatch(street)
    return Match(
        house_number=numbered.group(1) if numbered else None,
        road=numbered.group(2) if numbered else street,
        cities=(city,) if city else (),
        state=state or None,
        postcode=postcode or None,
    )


def _rows(body: bytes) -> Iterable[list[str]]:
    try:
        yield from csv.reader(io.StringIO(body.decode("latin-1"), newline=""))
    except csv.Error:
        return  # keep the rows that could be read


def _latin(text: str) -> str:
    """Reduce `text` to one line of Latin-1, the only encoding that the service accepts."""
    plain = " ".join(text.split())
    return unicodedata.normalize("NFC", plain).encode("latin-1", "replace").decode("latin-1")
