"""A stand-in for HERE geocoding v7, forward and reverse on one host."""

from __future__ import annotations

from aiohttp import web

from tests.servers.addresses import Finding, Level, address_book
from tests.servers.standin import Fault, StandIn, json_response

#: (resultType, further types, queryScore) of each level.
KINDS: dict[Level, tuple[str, dict[str, str], float]] = {
    Level.HOUSE: ("houseNumber", {"houseNumberType": "PA"}, 1.0),
    Level.STREET: ("street", {}, 0.9),
    Level.POSTCODE: ("locality", {"localityType": "postalCode"}, 1.0),
    Level.CITY: ("locality", {"localityType": "city"}, 0.55),
}


class HereStandIn(StandIn):
    """Knows the real addresses, and returns the city for an unknown street."""

    path = "/v1/geocode"
    reverse_path = "/v1/revgeocode"

    def look_up(self, params: dict[str, str]) -> web.Response:
        """See StandIn."""
        if params.get("apiKey") != self.key:
            return self.refuse(Fault.BAD_KEY)
        if not params.get("q"):
            return json_response({"status": 400, "title": "Illegal input for parameter 'q'"}, 400)
        return _reply(address_book().find_line(params["q"], drop_street=True), with_scoring=True)

    def look_back(self, params: dict[str, str]) -> web.Response:
        """See StandIn."""
        if params.get("apiKey") != self.key:
            return self.refuse(Fault.BAD_KEY)
        latitude, longitude = params["at"].split(",")
        return _reply(address_book().nearest(float(latitude), float(longitude)), with_scoring=False)

    def refuse(self, fault: Fault) -> web.Response:
        """See StandIn."""
        status, words = {
            Fault.RATE_LIMITED: (429, "Too Many Requests"),
            Fault.QUOTA: (402, "Payment Required"),
            Fault.BAD_KEY: (401, "Unauthorized"),
            Fault.SERVER_ERROR: (503, "Service Unavailable"),
        }[fault]
        return json_response({"error": words, "error_description": f"{words}."}, status)


def _reply(finding: Finding | None, with_scoring: bool) -> web.Response:
    return json_response({"items": [] if finding is None else [_item(finding, with_scoring)]})


def _item(finding: Finding, with_scoring: bool) -> dict[str, object]:
    kind, more, score = KINDS[finding.level]
    latitude, longitude = finding.point
    parts = {
        "label": finding.label,
        "countryCode": "USA",
        "stateCode": finding.address["state"],
        "city": finding.city,
        "street": finding.road,
        "postalCode": finding.postcode,
        "houseNumber": finding.house_number,
    }
    item: dict[str, object] = {
        "title": finding.label,
        "resultType": kind,
        "address": {name: part for name, part in parts.items() if part},
        "position": {"lat": latitude, "lng": longitude},
    }
    return item | more | ({"scoring": {"queryScore": score}} if with_scoring else {})
