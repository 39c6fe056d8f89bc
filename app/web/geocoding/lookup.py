"""Geocoding single addresses and points within the request."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.domain.addresses.input import parse_address
from app.domain.addresses.postal_address import Address
from app.domain.geocoding.options import GeocodeOptions
from app.domain.geocoding.places import GeocodedPlace, LookupResult
from app.errors import BadRequest, Invalid, NotFound, ServiceUnavailable
from app.web.accounts import auth
from app.web.geocoding import geocoders
from app.web.http import request_parsing
from app.web.http.problems import invalid
from app.web.http.responses import JSON
from app.web.platform import get_platform

MAX_ADDRESSES = 100
TIME_LIMIT_SECONDS = 10.0
"""For the whole request, however many addresses it has."""
OPTIONS = {str(field.alias or name) for name, field in GeocodeOptions.model_fields.items()}


async def locate(request: Request) -> Response:
    """Geocode an address (text or an object), a list of up to 100, or `{address | addresses, …options}`.

    200 `{"address", "latitude", "longitude", …, "error"}`, or for a list `{"results", "total", "geocoded"}`.
    """
    await auth.require(request)
    platform = get_platform(request)
    _, body = await request_parsing.read_json(request)
    entries, options, is_list = _parse_body(body)
    if not 1 <= len(entries) <= MAX_ADDRESSES:
        raise BadRequest(f"Send 1 to {MAX_ADDRESSES} addresses; for more, create a job: /api/v1/gis/geocode-file.")
    geocoders.check_available(platform, options.provider_id)
    parsed = [_parse_address(entry, platform.settings.default_country) for entry in entries]
    if not is_list and isinstance(parsed[0], str):
        raise Invalid([("address", parsed[0])])
    addresses = [address for address in parsed if isinstance(address, Address)]
    located = iter(await platform.geocoder.locate(addresses, options, TIME_LIMIT_SECONDS))
    results = [
        _present_result(entry, address, LookupResult(None, address) if isinstance(address, str) else next(located))
        for entry, address in zip(entries, parsed, strict=True)
    ]
    if not is_list:
        return JSON(results[0])
    geocoded = sum(result["error"] is None for result in results)
    return JSON({"results": results, "total": len(results), "geocoded": geocoded})


def _parse_body(body: Any) -> tuple[list[Any], GeocodeOptions, bool]:
    """Return the addresses, the options, and whether the addresses came as a list. Raises Invalid or BadRequest."""
    if not isinstance(body, dict):
        is_list = isinstance(body, list)
        return (body if is_list else [body]), GeocodeOptions(), is_list
    try:
        options = GeocodeOptions.model_validate({name: body[name] for name in OPTIONS & body.keys()})
    except ValidationError as error:
        raise invalid(error) from None
    rest = {name: value for name, value in body.items() if name not in OPTIONS}
    if "addresses" in rest:
        if not isinstance(rest["addresses"], list) or len(rest) > 1:
            raise BadRequest("addresses must be a list; besides it only options are allowed.")
        return rest["addresses"], options, True
    if isinstance(rest.get("address"), dict) and len(rest) == 1:
        return [rest["address"]], options, False
    return [rest], options, False


def _parse_address(entry: Any, default_country: str) -> Address | str:
    """Return the address, or what is wrong with it."""
    try:
        return parse_address(entry, default_country)
    except ValueError as error:
        return str(error)


def _present_result(entry: Any, address: Address | str, result: LookupResult) -> dict[str, Any]:
    line = address.line if isinstance(address, Address) else entry if isinstance(entry, str) else None
    return {"address": line, **present_place(result.place), "error": result.error}


def present_place(place: GeocodedPlace | None) -> dict[str, Any]:
    """Return a place as JSON, all fields null without one; `source` is another name of `provider`."""
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


class ReverseQuery(BaseModel):
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False)
    lon: float = Field(ge=-180, le=180, allow_inf_nan=False)


async def reverse(request: Request) -> Response:
    """Return the address nearest to the point `?lat=&lon=`.

    200 `{"address", "latitude", "longitude", …}` as `present_place`.
    """
    await auth.require(request)
    platform = get_platform(request)
    point = request_parsing.parse_query(request, ReverseQuery)
    result = await platform.geocoder.reverse(point.lat, point.lon, TIME_LIMIT_SECONDS)
    if result is None:
        raise ServiceUnavailable(
            "None of the configured geocoders can look up points; see /api/v1/geocoders.", retry_after=60
        )
    if result.place is not None:
        return JSON({"address": result.place.matched_address, **present_place(result.place)})
    if result.error is None:
        raise NotFound("No address is known near that point.")
    raise ServiceUnavailable(result.error)
