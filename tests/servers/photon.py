"""A stand-in for Photon: GeoJSON, without any score."""

from __future__ import annotations

from aiohttp import web

from app.domain.vocabulary.states import STATES
from tests.servers.addresses import Finding, Level, address_book
from tests.servers.standin import STATUSES, Fault, StandIn, html_response, json_response

#: (osm_type, osm_key, osm_value, type) of each level.
KINDS = {
    Level.HOUSE: ("N", "building", "house", "house"),
    Level.STREET: ("W", "highway", "residential", "street"),
    Level.POSTCODE: ("N", "place", "postcode", "other"),
    Level.CITY: ("R", "place", "city", "city"),
}


class PhotonStandIn(StandIn):
    """Takes the words that it knows: of an unknown street the city is left."""

    path = "/api"
    reverse_path = "/reverse"

    def look_up(self, params: dict[str, str]) -> web.Response:
        """See StandIn."""
        if not params.get("q"):
            return json_response({"message": "missing search term 'q'"}, status=400)
        return _collection(address_book().find_line(params["q"], drop_street=True))

    def look_back(self, params: dict[str, str]) -> web.Response:
        """See StandIn."""
        return _collection(address_book().nearest(float(params["lat"]), float(params["lon"])))

    def refuse(self, fault: Fault) -> web.Response:
        """See StandIn."""
        return html_response(STATUSES[fault])


def _collection(finding: Finding | None) -> web.Response:
    features = [] if finding is None else [_feature(finding)]
    return json_response({"type": "FeatureCollection", "features": features})


def _feature(finding: Finding) -> dict[str, object]:
    osm_type, key, value, kind = KINDS[finding.level]
    latitude, longitude = finding.point
    parts = {
        "housenumber": finding.house_number,
        "street": finding.road if finding.level is Level.HOUSE else None,
        "name": {Level.STREET: finding.road, Level.CITY: finding.city}.get(finding.level),
        "city": finding.city if finding.level is not Level.CITY else None,
        "postcode": finding.postcode,
        "state": STATES[finding.address["state"]],
        "country": "United States",
        "countrycode": "US",
    }
    properties = {"osm_type": osm_type, "osm_id": 1, "osm_key": key, "osm_value": value, "type": kind}
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
        "properties": properties | {name: part for name, part in parts.items() if part},
    }
