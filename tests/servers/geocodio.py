"""A stand-in for Geocodio 1.9: single addresses, points, and batches keyed by the caller."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from aiohttp import web

from tests.servers.addresses import Finding, Level, address_book
from tests.servers.standin import Fault, StandIn, json_response

#: (accuracy_type, accuracy) of each level.
KINDS = {
    Level.HOUSE: ("rooftop", 1),
    Level.STREET: ("street_center", 0.7),
    Level.POSTCODE: ("place", 1),
    Level.CITY: ("place", 0.5),
}
MISS = "Could not geocode address. No matches found."
MAX_BATCH = 10_000


class GeocodioStandIn(StandIn):
    """Knows the real addresses, and returns the city for an unknown street."""

    path = "/v1.9/geocode"
    reverse_path = "/v1.9/reverse"
    batch_path = path

    def look_up(self, params: dict[str, str]) -> web.Response:
        """See StandIn."""
        if params.get("api_key") != self.key:
            return self.refuse(Fault.BAD_KEY)
        answer = _answer(params)
        return json_response(answer, 422 if "error" in answer else 200)

    def look_back(self, params: dict[str, str]) -> web.Response:
        """See StandIn."""
        if params.get("api_key") != self.key:
            return self.refuse(Fault.BAD_KEY)
        latitude, longitude = params["q"].split(",")
        finding = address_book().nearest(float(latitude), float(longitude))
        return json_response({"results": [] if finding is None else [_result(finding)]})

    def look_up_batch(self, params: dict[str, str], body: bytes) -> web.Response:
        """See StandIn."""
        if params.get("api_key") != self.key:
            return self.refuse(Fault.BAD_KEY)
        queries: dict[str, dict[str, str]] = orjson.loads(body)
        if len(queries) > MAX_BATCH:
            return json_response({"error": "You can geocode at most 10,000 addresses at a time"}, 422)
        return json_response(
            {"results": {key: {"query": query, "response": _answer(query)} for key, query in queries.items()}}
        )

    def refuse(self, fault: Fault) -> web.Response:
        """See StandIn."""
        status, words = {
            Fault.RATE_LIMITED: (429, "Too Many Requests"),
            Fault.QUOTA: (
                403,
                "You can't make this request as it is above your daily maximum. Configure billing at "
                "https://dash.geocod.io",
            ),
            Fault.BAD_KEY: (403, "Invalid API key"),
            Fault.SERVER_ERROR: (500, "Internal server error"),
        }[fault]
        return json_response({"error": words}, status)


def _answer(query: Mapping[str, str]) -> dict[str, object]:
    parts = {
        "street": query.get("street"),
        "city": query.get("city"),
        "state": query.get("state"),
        "postalcode": query.get("postal_code"),
    }
    if not any(parts.values()):
        return {"error": "The address must contain a city, a state or a postal code"}
    finding = address_book().find({name: part for name, part in parts.items() if part}, drop_street=True)
    return {"error": MISS} if finding is None else {"results": [_result(finding)]}


def _result(finding: Finding) -> dict[str, object]:
    kind, accuracy = KINDS[finding.level]
    latitude, longitude = finding.point
    parts = {
        "number": finding.house_number,
        "formatted_street": finding.road,
        "city": finding.address["city"],
        "state": finding.address["state"],
        "zip": finding.postcode,
        "country": "US",
    }
    return {
        "address_components": {name: part for name, part in parts.items() if part},
        "formatted_address": finding.label,
        "location": {"lat": latitude, "lng": longitude},
        "accuracy": accuracy,
        "accuracy_type": kind,
        "source": "a county",
    }
