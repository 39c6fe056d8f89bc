"""A stand-in for OpenCage: one path for addresses and points, the status repeated in the body."""

from __future__ import annotations

import re

from aiohttp import web

from app.domain.vocabulary.states import STATES
from tests.servers.addresses import Finding, Level, address_book
from tests.servers.standin import Fault, StandIn, json_response

#: (_type, confidence) of each level; the confidence is the size of the box.
KINDS = {
    Level.HOUSE: ("building", 10),
    Level.STREET: ("road", 9),
    Level.POSTCODE: ("postcode", 7),
    Level.CITY: ("city", 5),
}
POINT = re.compile(r"(-?[\d.]+),(-?[\d.]+)")


class OpenCageStandIn(StandIn):
    """Knows the real addresses, and returns the city for an unknown street."""

    path = "/geocode/v1/json"

    def look_up(self, params: dict[str, str]) -> web.Response:
        """See StandIn."""
        if params.get("key") != self.key:
            return self.refuse(Fault.BAD_KEY)
        words = params.get("q", "")
        if len(words) < 2:
            return _reply(400, "bad request: query too short")
        point = POINT.fullmatch(words)
        book = address_book()
        if point:
            return _reply(200, "OK", book.nearest(float(point[1]), float(point[2])))
        return _reply(200, "OK", book.find_line(words, drop_street=True))

    def refuse(self, fault: Fault) -> web.Response:
        """See StandIn."""
        status, words = {
            Fault.RATE_LIMITED: (429, "too many requests"),
            Fault.QUOTA: (402, "quota exceeded"),
            Fault.BAD_KEY: (401, "invalid API key"),
            Fault.SERVER_ERROR: (503, "internal server error"),
        }[fault]
        return _reply(status, words)


def _reply(status: int, words: str, finding: Finding | None = None) -> web.Response:
    results = [] if finding is None else [_result(finding)]
    body = {"results": results, "status": {"code": status, "message": words}, "total_results": len(results)}
    return json_response(body, status)


def _result(finding: Finding) -> dict[str, object]:
    kind, confidence = KINDS[finding.level]
    latitude, longitude = finding.point
    parts = {
        "house_number": finding.house_number,
        "road": finding.road,
        "city": finding.city,
        "postcode": finding.postcode,
        "state": STATES[finding.address["state"]],
        "state_code": finding.address["state"],
        "country_code": "us",
    }
    components = {"_category": "place", "_type": kind} | {name: part for name, part in parts.items() if part}
    return {
        "components": components,
        "confidence": confidence,
        "formatted": finding.label,
        "geometry": {"lat": latitude, "lng": longitude},
    }
