"""A stand-in for Geoapify, in its plain JSON format."""

from __future__ import annotations

from aiohttp import web

from app.domain.vocabulary.states import STATES
from tests.servers.addresses import Finding, Level, address_book
from tests.servers.standin import Fault, StandIn, json_response

#: (result_type, match_type, confidence) of each level.
KINDS = {
    Level.HOUSE: ("building", "full_match", 1),
    Level.STREET: ("street", "match_by_street", 0.75),
    Level.POSTCODE: ("postcode", "full_match", 1),
    Level.CITY: ("city", "match_by_city_or_disrict", 0.25),  # their spelling
}


class GeoapifyStandIn(StandIn):
    """Knows the real addresses, and returns the city for an unknown street."""

    path = "/v1/geocode/search"
    reverse_path = "/v1/geocode/reverse"

    def look_up(self, params: dict[str, str]) -> web.Response:
        """See StandIn."""
        if params.get("apiKey") != self.key:
            return self.refuse(Fault.BAD_KEY)
        parts = {
            "street": " ".join(params[name] for name in ("housenumber", "street") if name in params),
            "city": params.get("city"),
            "state": params.get("state"),
            "postalcode": params.get("postcode"),
        }
        if not any(parts.values()):
            return _refusal(400, "Bad Request", '"value" must contain at least one of [text, street, city, postcode]')
        return _reply(address_book().find({name: part for name, part in parts.items() if part}, drop_street=True))

    def look_back(self, params: dict[str, str]) -> web.Response:
        """See StandIn."""
        if params.get("apiKey") != self.key:
            return self.refuse(Fault.BAD_KEY)
        return _reply(address_book().nearest(float(params["lat"]), float(params["lon"])))

    def refuse(self, fault: Fault) -> web.Response:
        """See StandIn."""
        status, error, words = {
            Fault.RATE_LIMITED: (429, "Too Many Requests", "Rate limit exceeded"),
            Fault.QUOTA: (402, "Payment Required", "The daily quota is used up"),
            Fault.BAD_KEY: (401, "Unauthorized", "Invalid apiKey"),
            Fault.SERVER_ERROR: (500, "Internal Server Error", "An internal server error occurred"),
        }[fault]
        return _refusal(status, error, words)


def _refusal(status: int, error: str, words: str) -> web.Response:
    return json_response({"statusCode": status, "error": error, "message": words}, status)


def _reply(finding: Finding | None) -> web.Response:
    return json_response({"results": [] if finding is None else [_result(finding)], "query": {}})


def _result(finding: Finding) -> dict[str, object]:
    kind, match_type, confidence = KINDS[finding.level]
    latitude, longitude = finding.point
    parts = {
        "housenumber": finding.house_number,
        "street": finding.road,
        "city": finding.city,
        "postcode": finding.postcode,
    }
    return {name: part for name, part in parts.items() if part} | {
        "datasource": {"sourcename": "openaddresses", "attribution": "© OpenAddresses contributors"},
        "state": STATES[finding.address["state"]],
        "state_code": finding.address["state"],
        "country_code": "us",
        "lat": latitude,
        "lon": longitude,
        "formatted": finding.label,
        "result_type": kind,
        "rank": {"importance": 0.1, "popularity": 5.2, "confidence": confidence, "match_type": match_type},
    }
