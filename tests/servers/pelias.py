"""A stand-in for Pelias as geocode.earth runs it: GeoJSON with a confidence."""

from __future__ import annotations

from aiohttp import web

from app.domain.vocabulary.states import STATES
from tests.servers.addresses import Finding, Level, address_book
from tests.servers.standin import Fault, StandIn, json_response

#: (layer, match_type, accuracy, confidence) of each level.
KINDS = {
    Level.HOUSE: ("address", "exact", "point", 1),
    Level.STREET: ("street", "fallback", "centroid", 0.8),
    Level.POSTCODE: ("postalcode", "exact", "centroid", 1),
    Level.CITY: ("locality", "fallback", "centroid", 0.6),
}


class PeliasStandIn(StandIn):
    """Knows the real addresses, and returns the city for an unknown street."""

    path = "/v1/search"
    reverse_path = "/v1/reverse"

    def look_up(self, params: dict[str, str]) -> web.Response:
        """See StandIn."""
        if params.get("api_key") != self.key:
            return self.refuse(Fault.BAD_KEY)
        if not params.get("text"):
            return _refusal(400, "BadRequest", "invalid param 'text': text length, must be >0")
        return _collection(address_book().find_line(params["text"], drop_street=True))

    def look_back(self, params: dict[str, str]) -> web.Response:
        """See StandIn."""
        if params.get("api_key") != self.key:
            return self.refuse(Fault.BAD_KEY)
        return _collection(address_book().nearest(float(params["point.lat"]), float(params["point.lon"])))

    def refuse(self, fault: Fault) -> web.Response:
        """See StandIn."""
        status, kind, words = {
            Fault.RATE_LIMITED: (429, "QpsExceededError", "Queries per second exceeded"),
            Fault.QUOTA: (402, "QuotaExceededError", "Queries per day exceeded"),
            Fault.BAD_KEY: (403, "KeyError", "A valid api_key is required"),
            Fault.SERVER_ERROR: (502, "InternalError", "Bad gateway"),
        }[fault]
        return _refusal(status, kind, words)


def _refusal(status: int, kind: str, words: str) -> web.Response:
    meta = {"version": 1, "status_code": status}
    return json_response({"meta": meta, "results": {"error": {"type": kind, "message": words}}}, status)


def _collection(finding: Finding | None) -> web.Response:
    features = [] if finding is None else [_feature(finding)]
    return json_response({"geocoding": {"version": "0.2"}, "type": "FeatureCollection", "features": features})


def _feature(finding: Finding) -> dict[str, object]:
    layer, match_type, accuracy, confidence = KINDS[finding.level]
    latitude, longitude = finding.point
    parts = {
        "housenumber": finding.house_number,
        "street": finding.road,
        "locality": finding.city,
        "postalcode": finding.postcode,
        "region": STATES[finding.address["state"]],
        "region_a": finding.address["state"],
        "country_a": "USA",
    }
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
        "properties": {name: part for name, part in parts.items() if part}
        | {
            "layer": layer,
            "source": "openaddresses",
            "confidence": confidence,
            "match_type": match_type,
            "accuracy": accuracy,
            "label": finding.label,
        },
    }
