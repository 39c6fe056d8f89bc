"""A stand-in for an Overpass server: answers the queries of `providers.pois.overpass` from a list of elements.

The wire format is that of `[out:json]` with `out center tags`: nodes with lat and lon, ways and relations with a
center (wiki.openstreetmap.org/wiki/Overpass_API/Overpass_QL, OSM JSON).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web

from tests.servers.standin import Fault, StandIn, html_response, json_response

BOX = re.compile(r"\((-?[\d.]+),(-?[\d.]+),(-?[\d.]+),(-?[\d.]+)\)")
CLAUSE = re.compile(r'nwr\["(\w+)"~"\^\(([\w|]+)\)\$"\]')
STATUSES = {Fault.RATE_LIMITED: 429, Fault.SERVER_ERROR: 504, Fault.QUOTA: 429, Fault.BAD_KEY: 403}


def node(number: int, latitude: float, longitude: float, **tags: str) -> dict[str, Any]:
    return {"type": "node", "id": number, "lat": latitude, "lon": longitude, "tags": tags}


def way(number: int, latitude: float, longitude: float, **tags: str) -> dict[str, Any]:
    return {"type": "way", "id": number, "center": {"lat": latitude, "lon": longitude}, "tags": tags}


class OverpassStandIn(StandIn):
    """`elements` may be changed while it runs; `queries` lists the queries in Overpass QL.

    `remark` ends every response early, as a server does when a query times out.
    """

    path = "/api/interpreter"
    batch_path = "/api/interpreter"

    def __init__(self, elements: Sequence[dict[str, Any]] = (), **options: Any) -> None:
        super().__init__(**options)
        self.elements = list(elements)
        self.queries: list[str] = []
        self.remark: str | None = None

    def look_up(self, params: dict[str, str]) -> web.Response:
        """See StandIn."""
        return self._run(params.get("data", ""))

    def look_up_batch(self, params: dict[str, str], body: bytes) -> web.Response:
        """See StandIn."""
        return self._run(parse_qs(body.decode()).get("data", [""])[0])

    def refuse(self, fault: Fault) -> web.Response:
        """See StandIn."""
        return html_response(STATUSES[fault])

    def _run(self, query: str) -> web.Response:
        self.queries.append(query)
        box = BOX.search(query)
        clauses = {key: set(words.split("|")) for key, words in CLAUSE.findall(query)}
        if not (query.startswith("[out:json]") and box and clauses and query.endswith("out center tags;")):
            return html_response(400)
        south, west, north, east = map(float, box.groups())
        found = [
            one
            for one in self.elements
            for point in [one.get("center", one)]
            if south <= point["lat"] <= north and west <= point["lon"] <= east
            if any(one["tags"].get(key) in words for key, words in clauses.items())
        ]
        answer = {
            "version": 0.6,
            "generator": "Overpass API 0.7.62.8 e802775f",
            "osm3s": {
                "timestamp_osm_base": "2026-11-22T12:00:00Z",
                "copyright": "The data included in this document is from www.openstreetmap.org."
                " The data is made available under ODbL.",
            },
            "elements": [] if self.remark else found,
        }
        return json_response(answer | ({"remark": self.remark} if self.remark else {}))
