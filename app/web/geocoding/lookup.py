"""Addresses and points that are answered at once."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.domain.addresses.input import given
from app.domain.geocoding.model import Address, Found, GeocodeOptions, Place
from app.errors import BadRequest, Invalid, NotFound, Unavailable
from app.web.accounts import auth
from app.web.geocoding import geocoders
from app.web.http import request_parsing
from app.web.http.problems import invalid
from app.web.http.responses import JSON
from app.web.platform import get_platform

MOST_ADDRESSES = 100
WITHIN = 10.0
"""Seconds that an answer may take, however many addresses it is about."""
OPTIONS = {str(field.alias or name) for name, field in GeocodeOptions.model_fields.items()}


async def locate(request: Request) -> Response:
    """An address (text or an object), a list of up to 100, or `{address | addresses, …options}`."""
    await auth.require(request)
    platform = get_platform(request)
    _, body = await request_parsing.read_json(request)
    entries, options, many = _asked(body)
    if not 1 <= len(entries) <= MOST_ADDRESSES:
        raise BadRequest(f"Send 1 to {MOST_ADDRESSES} addresses; more of them make a job: /api/v1/gis/geocode-file.")
    geocoders.check(platform, options.provider_id)
    read = [_read(entry, platform.settings.default_country) for entry in entries]
    if not many and isinstance(read[0], str):
        raise Invalid([("address", read[0])])
    good = [one for one in read if isinstance(one, Address)]
    found = iter(await platform.geocoder.locate(good, options, WITHIN))
    results = [_result(entry, one, Found(None, one) if isinstance(one, str) else next(found))
               for entry, one in zip(entries, read, strict=True)]  # fmt: skip
    if not many:
        return JSON(results[0])
    geocoded = sum(result["error"] is None for result in results)
    return JSON({"results": results, "total": len(results), "geocoded": geocoded})


def _asked(body: Any) -> tuple[list[Any], GeocodeOptions, bool]:
    """The addresses, how to ask for them, and whether they came as a list."""
    if not isinstance(body, dict):
        many = isinstance(body, list)
        return (body if many else [body]), GeocodeOptions(), many
    try:
        options = GeocodeOptions.model_validate({name: body[name] for name in OPTIONS & body.keys()})
    except ValidationError as error:
        raise invalid(error) from None
    rest = {name: value for name, value in body.items() if name not in OPTIONS}
    if "addresses" in rest:
        if not isinstance(rest["addresses"], list) or len(rest) > 1:
            raise BadRequest("addresses must be a list, and nothing but options may stand beside it.")
        return rest["addresses"], options, True
    if isinstance(rest.get("address"), dict) and len(rest) == 1:
        return [rest["address"]], options, False
    return [rest], options, False


def _read(entry: Any, default_country: str) -> Address | str:
    """The address, or what is wrong with it."""
    try:
        return given(entry, default_country)
    except ValueError as error:
        return str(error)


def _result(entry: Any, address: Address | str, found: Found) -> dict[str, Any]:
    said = address.line if isinstance(address, Address) else entry if isinstance(entry, str) else None
    return {"address": said, **shown(found.place), "error": found.error}


def shown(place: Place | None) -> dict[str, Any]:
    """A place as answers show it; `source` is the documents' name of the provider."""
    return {
        "latitude": place and place.latitude,
        "longitude": place and place.longitude,
        "confidence": place and place.confidence,
        "source": place and place.provider,
        "accuracy": place and place.accuracy,
        "provider": place and place.provider,
        "matchedAddress": place and place.matched_address,
        "attribution": place and place.attribution,
        "rawScore": place and place.raw_score,
    }


class Point(BaseModel):
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False)
    lon: float = Field(ge=-180, le=180, allow_inf_nan=False)


async def reverse(request: Request) -> Response:
    """`?lat=&lon=`: the address nearest to a point."""
    await auth.require(request)
    platform = get_platform(request)
    point = request_parsing.query(request, Point)
    found = await platform.geocoder.reverse(point.lat, point.lon, WITHIN)
    if found is None:
        raise Unavailable("No geocoder that looks up points is configured; see /api/v1/geocoders.", retry_after=60)
    if found.place is not None:
        return JSON({"address": found.place.matched_address, **shown(found.place)})
    if found.error is None:
        raise NotFound("No address is known near that point.")
    raise Unavailable(found.error)
