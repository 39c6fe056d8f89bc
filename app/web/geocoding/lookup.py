"""Geocoding single addresses and points within the request."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from starlette.requests import Request
from starlette.responses import Response

from app.domain.addresses.input import parse_address
from app.domain.addresses.postal_address import Address
from app.domain.geocoding.options import GeocodeOptions
from app.domain.geocoding.places import GeocodedPlace, LookupResult
from app.domain.vocabulary.accuracy import Accuracy
from app.domain.vocabulary.evidence import Basis
from app.errors import BadRequest, Invalid, NotConfigured, NotFound, ServiceUnavailable
from app.web.accounts import auth
from app.web.geocoding import geocoders
from app.web.http import request_parsing
from app.web.http.models import RequestModel, ResponseModel, is_none
from app.web.http.operation import operation
from app.web.http.request_parsing import validate
from app.web.http.responses import JSON
from app.web.platform import Platform, get_platform

MAX_ADDRESSES = 100
TIME_LIMIT_SECONDS = 10.0
"""For the whole request, however many addresses it has."""
SETTING = re.compile(r"TRIGPOINT_[A-Z_]+")
OPTIONS = {str(field.alias or name) for name, field in GeocodeOptions.model_fields.items()}


class AddressFields(BaseModel):
    """An address by its fields. The usual names of columns, such as `street address` or `postal_code`, work too."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="allow",
        json_schema_extra={
            "examples": [{"address": "1 Main St", "city": "Concord", "state": "CA", "zipCode": "94520"}]
        },
    )

    address: str | None = Field(default=None, max_length=400)
    """House number and street; without other fields, the whole address in one line."""
    house_number: str | None = Field(default=None, max_length=20)
    street: str | None = Field(default=None, max_length=180)
    unit: str | None = Field(default=None, max_length=50)
    city: str | None = Field(default=None, max_length=100)
    state: str | None = Field(default=None, max_length=100)
    """In the US a state or territory, by code or name."""
    zip_code: str | None = Field(default=None, max_length=20)
    country: str | None = Field(default=None, max_length=60)
    """By ISO 3166-1 code or name; without it, the platform's default applies."""
    county: str | None = Field(default=None, max_length=100)


class AddressRequest(AddressFields, GeocodeOptions):
    """An address, by its fields or as `address` alone, and options."""

    address: str | AddressFields | None = None  # type: ignore[assignment]  # wider than in a list
    """House number and street, or the whole address as text or as an object."""


class AddressListRequest(GeocodeOptions):
    """Addresses and options for all of them."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"addresses": ["1 Main St, Concord, CA 94520"], "minAccuracy": "street"}]}
    )

    addresses: list[str | AddressFields] = Field(min_length=1, max_length=MAX_ADDRESSES)


class PlaceModel(ResponseModel):
    """An address and where it is: all other fields are null if it was not found."""

    address: str | None
    """The address that was looked up, in one line."""
    latitude: float | None = Field(ge=-90, le=90)
    """In degrees (WGS 84)."""
    longitude: float | None = Field(ge=-180, le=180)
    confidence: float | None = Field(ge=0, le=1)
    """How likely it is the right place, on one scale for all geocoders."""
    source: str | None
    """The same as `provider`."""
    accuracy: Accuracy | None
    """The kind of place to which the coordinates belong, from `rooftop` (the finest) to `region`."""
    provider: str | None
    """The geocoder that found it."""
    matched_address: str | None
    """The address as that geocoder writes it."""
    attribution: str | None
    """The text that the geocoder wants shown with the result."""
    raw_score: float | None
    """The geocoder's own measure, whose meaning differs between geocoders."""


class AddressEvidence(ResponseModel):
    """What an answer from reference data rests on."""

    basis: Basis
    """A known point, a parcel, known houses beside it, or only a house of the street."""
    source: str
    """Name of the reference data."""
    source_date: str
    """The day of the data, or else of their import (ISO 8601)."""
    matched: list[str]
    """Parts of the address that are the same: `house_number, street, city, state, postcode`."""
    differs: list[str]
    """Parts that are missing or different: `house_number, direction` (or the suffix of the street), `spelling, city,
    postcode`."""
    between: list[str]
    """Numbers of the houses from which an interpolated position was computed."""
    expected_error_metres: float | None
    """How far the position may be off; null where it is the house itself."""


class AddressCandidate(ResponseModel):
    """One of several addresses that fit equally well."""

    address: str
    latitude: float
    """In degrees (WGS 84)."""
    longitude: float


class AddressResult(PlaceModel):
    """The result for an address."""

    error: str | None
    """Why it was not found, by geocoder."""
    evidence: AddressEvidence | None = Field(default=None, exclude_if=is_none)
    """What an answer from reference data rests on."""
    candidates: list[AddressCandidate] | None = Field(default=None, exclude_if=is_none)
    """Addresses of the reference data that fit equally well, if there are several: none of them was chosen."""


class AddressResults(ResponseModel):
    """The results for a list of addresses."""

    results: list[AddressResult]
    """In the order of the request."""
    total: int
    """The number of addresses."""
    geocoded: int
    """How many were found."""


class NearestAddress(PlaceModel):
    """The address nearest to a point, and where it is."""

    address: str
    latitude: float = Field(ge=-90, le=90)
    """The latitude of the address, in degrees (WGS 84)."""
    longitude: float = Field(ge=-180, le=180)


@operation(
    "geocodeAddresses",
    tag="Geocoding",
    body=str
    | AddressRequest
    | AddressListRequest
    | Annotated[list[str | AddressFields], Field(min_length=1, max_length=MAX_ADDRESSES)],
    returns={200: AddressResult | AddressResults},
)
async def locate(request: Request) -> Response:
    """Geocode one address or up to 100, within 10 seconds.

    An address is a text or an object. In a list, an address that cannot be found or read has an `error` of its own. For
    more addresses, create a job: `POST /api/v1/gis/geocode-file`.
    """
    user = await auth.require(request)
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
    located = iter(await platform.geocoder.locate(addresses, options, TIME_LIMIT_SECONDS, user.id))
    results = [
        _present_result(entry, address, LookupResult(None, address) if isinstance(address, str) else next(located))
        for entry, address in zip(entries, parsed, strict=True)
    ]
    if not is_list:
        return JSON(results[0])
    geocoded = sum(result.error is None for result in results)
    return JSON(AddressResults(results=results, total=len(results), geocoded=geocoded))


def _parse_body(body: Any) -> tuple[list[Any], GeocodeOptions, bool]:
    """Return the addresses, the options, and whether the addresses came as a list. Raises Invalid or BadRequest."""
    if not isinstance(body, dict):
        is_list = isinstance(body, list)
        return (body if is_list else [body]), GeocodeOptions(), is_list
    options = validate(GeocodeOptions, {name: body[name] for name in OPTIONS & body.keys()})
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


def _present_result(entry: Any, address: Address | str, result: LookupResult) -> AddressResult:
    line = address.line if isinstance(address, Address) else entry if isinstance(entry, str) else None
    evidence = result.place.evidence if result.place else None
    return AddressResult(
        **_place_fields(line, result.place),
        error=result.error,
        evidence=AddressEvidence(**asdict(evidence)) if evidence else None,
        candidates=[AddressCandidate(**asdict(candidate)) for candidate in result.candidates] or None,
    )


def _place_fields(address: str | None, place: GeocodedPlace | None) -> dict[str, Any]:
    """Return the fields of a PlaceModel, for an address and its place."""
    return {
        "address": address,
        "latitude": place and place.latitude,
        "longitude": place and place.longitude,
        "confidence": place and place.confidence,
        "source": place and place.provider,
        "accuracy": place and place.accuracy,
        "provider": place and place.provider,
        "matched_address": place and place.matched_address,
        "attribution": place and place.attribution,
        "raw_score": place and place.raw_score,
    }


class ReverseQuery(RequestModel):
    latitude: float = Field(validation_alias=AliasChoices("latitude", "lat"), ge=-90, le=90, allow_inf_nan=False)
    """In degrees (WGS 84); `lat` is the same."""
    longitude: float = Field(
        validation_alias=AliasChoices("longitude", "lng", "lon"), ge=-180, le=180, allow_inf_nan=False
    )
    """In degrees (WGS 84); `lng` and `lon` are the same."""


@operation(
    "reverseGeocode",
    tag="Geocoding",
    query=ReverseQuery,
    returns={200: NearestAddress},
    errors=[NotFound, NotConfigured],
)
async def reverse(request: Request) -> Response:
    """Return the address nearest to a point: from the reference data if they have one there, else from a geocoder."""
    user = await auth.require(request)
    platform = get_platform(request)
    point = request_parsing.parse_query(request, ReverseQuery)
    result = await platform.geocoder.reverse(point.latitude, point.longitude, TIME_LIMIT_SECONDS, user.id)
    if result is None:
        raise await _no_geocoder_for_points(platform)
    if result.place is not None:
        return JSON(NearestAddress(**_place_fields(result.place.matched_address, result.place)))
    if result.error is None:
        raise NotFound("No address is known near that point.")
    raise ServiceUnavailable(result.error)


async def _no_geocoder_for_points(platform: Platform) -> NotConfigured:
    lacking = {status.name: status.why_off for status in await platform.geocoder.statuses() if status.reverses}
    return NotConfigured(
        "No configured geocoder can look up points. Configure one that can:"
        f" {', '.join(f'{name} ({why})' for name, why in lacking.items())}.",
        settings=list(dict.fromkeys(word for why in lacking.values() for word in SETTING.findall(why or ""))),
    )
