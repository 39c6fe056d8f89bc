"""A stand-in for LocationIQ's `/v1/search/structured`, with its own errors and `matchquality`."""

from __future__ import annotations

from aiohttp import web

from tests.servers.addresses import Finding, Level, address_book
from tests.servers.nominatim import STRUCTURED, place
from tests.servers.standin import KEY as KEY
from tests.servers.standin import Fault, StandIn, json_response

LICENCE = "https://locationiq.com/attribution"

#: (matchtype, matchlevel) of each level.
QUALITIES = {
    Level.HOUSE: ("point", "building"),
    Level.STREET: ("centroid", "street"),
    Level.POSTCODE: ("centroid", "postalcode"),
    Level.CITY: ("centroid", "city"),
}


class LocationIQStandIn(StandIn):
    """Knows the real addresses; for an unknown street it returns the city, as the real server does."""

    path = "/v1/search/structured"
    reverse_path = "/v1/reverse"
    #: Which of its limits RATE_LIMITED is about: Second, Minute or Day.
    limit_name = "Second"

    def look_up(self, params: dict[str, str]) -> web.Response:
        """See StandIn."""
        if params.get("key") != self.key:
            return self.refuse(Fault.BAD_KEY)
        if params.get("format") != "json" or not any(params.get(name) for name in STRUCTURED):
            return json_response({"error": "Invalid Request"}, status=400)
        finding = address_book().find(params, drop_street=True)
        if finding is None:
            return json_response({"error": "Unable to geocode"}, status=404)
        return json_response([_place(finding, with_quality=params.get("matchquality") == "1")])

    def look_back(self, params: dict[str, str]) -> web.Response:
        """See StandIn."""
        if params.get("key") != self.key:
            return self.refuse(Fault.BAD_KEY)
        finding = address_book().nearest(float(params["lat"]), float(params["lon"]))
        if finding is None:
            return json_response({"error": "Unable to geocode"}, status=404)
        return json_response(_place(finding, with_quality=False))

    def refuse(self, fault: Fault) -> web.Response:
        """See StandIn."""
        status, words = {
            Fault.RATE_LIMITED: (429, f"Rate Limited {self.limit_name}"),
            Fault.QUOTA: (429, "Rate Limited Day"),
            Fault.BAD_KEY: (401, "Invalid key"),
            Fault.SERVER_ERROR: (500, "Unknown error - Please try again after some time"),
        }[fault]
        return json_response({"error": words}, status=status)


def _place(finding: Finding, with_quality: bool) -> dict[str, object]:
    described = place(finding)
    described |= {"licence": LICENCE, "place_id": str(described["place_id"]), "class": described.pop("category")}
    for name in ("place_rank", "addresstype", "name"):
        del described[name]
    if with_quality:
        match_type, level = QUALITIES[finding.level]
        # "exact" means that the words of the query were found, whatever the house number.
        code = "fallback" if finding.street_dropped else "exact"
        described["matchquality"] = {"matchcode": code, "matchtype": match_type, "matchlevel": level}
    return described
