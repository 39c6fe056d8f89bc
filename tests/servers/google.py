"""A stand-in for Google's geocoding web service: 200 whatever happens, the status in the body."""

from __future__ import annotations

from aiohttp import web

from tests.servers.addresses import Finding, Level, address_book
from tests.servers.standin import Fault, StandIn, json_response

#: (location_type, types) of each level.
KINDS = {
    Level.HOUSE: ("ROOFTOP", ["street_address"]),
    Level.STREET: ("GEOMETRIC_CENTER", ["route"]),
    Level.POSTCODE: ("APPROXIMATE", ["postal_code"]),
    Level.CITY: ("APPROXIMATE", ["locality", "political"]),
}


class GoogleStandIn(StandIn):
    """Knows the real addresses, and returns the city for an unknown street, as a partial match."""

    path = "/maps/api/geocode/json"

    def look_up(self, params: dict[str, str]) -> web.Response:
        """See StandIn."""
        if params.get("key") != self.key:
            return self.refuse(Fault.BAD_KEY)
        book = address_book()
        if "latlng" in params:
            latitude, longitude = params["latlng"].split(",")
            return _reply(book.nearest(float(latitude), float(longitude)))
        if not params.get("address"):
            return _refusal("INVALID_REQUEST", "Invalid request. Missing the 'address' parameter.")
        return _reply(book.find_line(params["address"], drop_street=True))

    def refuse(self, fault: Fault) -> web.Response:
        """See StandIn."""
        status, words = {
            Fault.RATE_LIMITED: ("OVER_QUERY_LIMIT", "You have exceeded your rate-limit for this API."),
            Fault.QUOTA: ("OVER_DAILY_LIMIT", "You have exceeded your daily request quota for this service."),
            Fault.BAD_KEY: ("REQUEST_DENIED", "The provided API key is invalid."),
            Fault.SERVER_ERROR: ("UNKNOWN_ERROR", ""),
        }[fault]
        return _refusal(status, words)


def _refusal(status: str, words: str) -> web.Response:
    body: dict[str, object] = {"results": [], "status": status}
    return json_response(body | {"error_message": words} if words else body)


def _reply(finding: Finding | None) -> web.Response:
    if finding is None:
        return json_response({"results": [], "status": "ZERO_RESULTS"})
    return json_response({"results": [_result(finding)], "status": "OK"})


def _result(finding: Finding) -> dict[str, object]:
    location_type, kinds = KINDS[finding.level]
    latitude, longitude = finding.point
    parts = {
        "street_number": finding.house_number,
        "route": finding.road,
        "locality": finding.city,
        "administrative_area_level_1": finding.address["state"],
        "postal_code": finding.postcode,
    }
    result: dict[str, object] = {
        "address_components": [
            {"long_name": part, "short_name": part, "types": [kind]} for kind, part in parts.items() if part
        ],
        "formatted_address": finding.label,
        "geometry": {"location": {"lat": latitude, "lng": longitude}, "location_type": location_type},
        "place_id": "a place",
        "types": kinds,
    }
    return result | {"partial_match": True} if finding.street_dropped else result
