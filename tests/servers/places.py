"""Stand-ins of Google Places (New) Text Search and of Overpass round a point, with their wire formats."""

from __future__ import annotations

import re
from typing import Any

import orjson
from aiohttp import web

KEY = "places-key"


class GooglePlacesStandIn:
    """`POST /v1/places:searchText`: pages of at most 20, by token; refuses a request without key or field mask."""

    def __init__(self, places: list[dict[str, Any]]) -> None:
        self.places = places
        self.bodies: list[dict[str, Any]] = []
        self.masks: list[str] = []
        self.status = 200

    async def answer(self, request: web.Request) -> web.Response:
        if self.status != 200:
            return _error(self.status, "RESOURCE_EXHAUSTED", "Quota exceeded")
        if request.headers.get("X-Goog-Api-Key") != KEY:
            return _error(403, "PERMISSION_DENIED", "API key not valid")
        mask = request.headers.get("X-Goog-FieldMask", "")
        if not mask:
            return _error(400, "INVALID_ARGUMENT", "FieldMask is a required parameter")
        body = orjson.loads(await request.read())
        self.bodies.append(body)
        self.masks.append(mask)
        start, size = int(body.get("pageToken", "0")), min(body.get("pageSize", 20), 20)
        wanted = {name.removeprefix("places.") for name in mask.split(",")}
        page = [{k: v for k, v in one.items() if k in wanted} for one in self.places[start : start + size]]
        more = {"nextPageToken": str(start + size)} if start + size < len(self.places) else {}
        return web.Response(body=orjson.dumps({"places": page} | more), content_type="application/json")


def _error(status: int, word: str, message: str) -> web.Response:
    body = {"error": {"code": status, "message": message, "status": word}}
    return web.Response(status=status, body=orjson.dumps(body), content_type="application/json")


def google_place(number: int, name: str, website: str | None = None, **more: Any) -> dict[str, Any]:
    place = {
        "id": f"ChIJ{number}",
        "displayName": {"text": name, "languageCode": "en"},
        "location": {"latitude": 52.5 + number / 1000, "longitude": 13.4},
        "formattedAddress": f"Hauptstr. {number}, 10115 Berlin, Germany",
        "addressComponents": [
            {"longText": str(number), "shortText": str(number), "types": ["street_number"]},
            {"longText": "Hauptstr.", "shortText": "Hauptstr.", "types": ["route"]},
            {"longText": "Berlin", "shortText": "Berlin", "types": ["locality", "political"]},
            {"longText": "10115", "shortText": "10115", "types": ["postal_code"]},
            {"longText": "Germany", "shortText": "DE", "types": ["country", "political"]},
        ],
        "primaryType": "bakery",
        "businessStatus": "OPERATIONAL",
        "reviews": ["never asked for"],
    }
    return place | ({"websiteUri": website} if website else {}) | more


class OverpassAroundStandIn:
    """`POST /api/interpreter` for `nwr[…](around:R,lat,lon)`: elements of the kind or the name asked for."""

    _QUERY = re.compile(
        r'"\^(?P<word>[^"]+?)\(s\|es\)\?\$",i\]\["name"\]\(around:[\d.,-]+\).*?"name"~"(?P<name>.*?)",i'
    )

    def __init__(self, elements: list[dict[str, Any]]) -> None:
        self.elements = elements
        self.queries: list[str] = []

    async def answer(self, request: web.Request) -> web.Response:
        query = str((await request.post())["data"])
        self.queries.append(query)
        found = self._QUERY.search(query)
        if found is None:
            return web.Response(status=400, text="<html>parse error</html>", content_type="text/html")
        kinds = re.compile(f"{found['word']}(s|es)?", re.IGNORECASE)
        names = re.compile(found["name"], re.IGNORECASE)
        elements = [
            one
            for one in self.elements
            if "name" in one["tags"]
            and (any(kinds.fullmatch(value) for value in one["tags"].values()) or names.search(one["tags"]["name"]))
        ]
        body = {"version": 0.6, "generator": "Overpass API", "elements": elements}
        return web.Response(body=orjson.dumps(body), content_type="application/json")
