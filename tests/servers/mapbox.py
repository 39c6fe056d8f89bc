"""A stand-in for Mapbox geocoding v6."""

from __future__ import annotations

from aiohttp import web

from app.domain.vocabulary.states import STATES
from tests.servers.addresses import Finding, Level, address_book
from tests.servers.standin import Fault, StandIn, json_response

#: (feature_type, match_code.confidence) of each level.
KINDS = {
    Level.HOUSE: ("address", "exact"),
    Level.STREET: ("street", "medium"),
    Level.POSTCODE: ("postcode", "exact"),
    Level.CITY: ("place", "low"),
}


class MapboxStandIn(StandIn):
    """Knows the real addresses, and returns the city for an unknown street."""

    path = "/search/geocode/v6/forward"
    reverse_path = "/search/geocode/v6/reverse"

    def look_up(self, params: dict[str, str]) -> web.Response:
        """See StandIn."""
        if params.get("access_token") != self.key:
            return self.refuse(Fault.BAD_KEY)
        parts = {
            "street": " ".join(params[name] for name in ("address_number", "street") if name in params),
            "city": params.get("place"),
            "state": params.get("region"),
            "postalcode": params.get("postcode"),
        }
        if not any(parts.values()):
            return json_response({"message": "Bad Request: no search input"}, 400)
        finding = address_book().find({name: part for name, part in parts.items() if part}, drop_street=True)
        return _collection(finding, with_match_code=True)

    def look_back(self, params: dict[str, str]) -> web.Response:
        """See StandIn."""
        if params.get("access_token") != self.key:
            return self.refuse(Fault.BAD_KEY)
        finding = address_book().nearest(float(params["latitude"]), float(params["longitude"]))
        return _collection(finding, with_match_code=False)

    def refuse(self, fault: Fault) -> web.Response:
        """See StandIn."""
        status, words = {
            Fault.RATE_LIMITED: (429, "Too Many Requests"),
            Fault.QUOTA: (402, "Payment Required"),
            Fault.BAD_KEY: (401, "Not Authorized - Invalid Token"),
            Fault.SERVER_ERROR: (503, "Service Unavailable"),
        }[fault]
        return json_response({"message": words}, status)


def _collection(finding: Finding | None, with_match_code: bool) -> web.Response:
    features = [] if finding is None else [_feature(finding, with_match_code)]
    return json_response({"type": "FeatureCollection", "features": features, "attribution": "NOTICE: © Mapbox"})


def _feature(finding: Finding, with_match_code: bool) -> dict[str, object]:
    kind, confidence = KINDS[finding.level]
    latitude, longitude = finding.point
    code = finding.address["state"]
    context: dict[str, object] = {"region": {"name": STATES[code], "region_code": code}}
    if finding.level is Level.HOUSE:
        context["address"] = {
            "name": finding.query.street,
            "address_number": finding.house_number,
            "street_name": finding.road,
        }
    if finding.road:
        context["street"] = {"name": finding.road}
    if finding.city:
        context["place"] = {"name": finding.city}
    if finding.postcode:
        context["postcode"] = {"name": finding.postcode}
    coordinates: dict[str, object] = {"longitude": longitude, "latitude": latitude}
    if finding.level is Level.HOUSE:
        coordinates["accuracy"] = "rooftop"
    properties: dict[str, object] = {
        "feature_type": kind,
        "full_address": finding.label,
        "coordinates": coordinates,
        "context": context,
    }
    if with_match_code:
        properties["match_code"] = {"confidence": confidence}
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
        "properties": properties,
    }
