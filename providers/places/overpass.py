"""Businesses in OpenStreetMap through Overpass: free, around a point, by category or name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar, Literal

from providers.errors import BadRequest
from providers.places.base import Place, PlaceQuery, PlacesProvider
from providers.pois.overpass import Element, Overpass
from providers.setup import Setup

KINDS = ("shop", "amenity", "office", "craft", "tourism", "leisure", "healthcare")
"""Keys that define the category of a business (https://wiki.openstreetmap.org/wiki/Map_features)."""
QUERY_SECONDS = 25


class OverpassPlaces(PlacesProvider):
    """See PlacesProvider."""

    name: ClassVar[str] = Overpass.name
    attribution: ClassVar[str] = Overpass.attribution
    needs_point: ClassVar[bool] = True
    needs: ClassVar[Literal["url"]] = "url"

    def __init__(self, setup: Setup) -> None:
        config = setup.config
        self._server = Overpass(
            config.url or "", setup.session, setup.limiter, setup.user_agent, rate=config.rate, daily=config.daily
        )

    async def search(self, query: PlaceQuery) -> list[Place]:
        """See PlacesProvider. Raises BadRequest without a point."""
        if query.latitude is None or query.longitude is None:
            raise BadRequest("overpass searches round a point", provider=self.name)
        elements = await self._server.ask(ql(query))
        return [place for element in elements if (place := _place(element)) is not None][: query.limit]


def ql(query: PlaceQuery) -> str:
    """Return the query in Overpass QL: category or name matches the text."""
    around = f"(around:{query.radius:.0f},{query.latitude:.6f},{query.longitude:.6f})"
    word = re.sub(r"\s+", "_", query.text.strip().lower())
    word = _pattern(word.removesuffix("s") if len(word) > 4 else word)
    kind = f'nwr[~"^({"|".join(KINDS)})$"~"^{word}(s|es)?$",i]["name"]{around};'
    named = f'nwr["name"~"{_pattern(query.text.strip())}",i][~"^({"|".join(KINDS)})$"~"."]{around};'
    return f"[out:json][timeout:{QUERY_SECONDS}];({kind}{named});out center tags {query.limit};"


def _pattern(text: str) -> str:
    """Return the text as a regular expression that matches it literally, quoted for Overpass QL."""
    return re.escape(text).replace("\\ ", " ").replace("\\", "\\\\").replace('"', '\\"')


def _place(element: Element) -> Place | None:
    tags = element.tags
    if "name" not in tags:
        return None
    street = " ".join(part for part in (tags.get("addr:housenumber"), tags.get("addr:street")) if part)
    return Place(
        id=f"osm:{element.id}",
        name=tags["name"],
        latitude=element.latitude,
        longitude=element.longitude,
        website=_first(tags, "website", "contact:website", "url"),
        phone=_first(tags, "phone", "contact:phone"),
        category=next((tags[key] for key in KINDS if key in tags), None),
        address=street or None,
        city=tags.get("addr:city"),
        state=tags.get("addr:state"),
        zip_code=tags.get("addr:postcode"),
        country=tags.get("addr:country", "").lower() or None,
    )


def _first(tags: Mapping[str, str], *names: str) -> str | None:
    """Return the first value under the first of these keys."""
    found = next((tags[name] for name in names if tags.get(name)), None)
    return found.split(";")[0].strip() if found else None
