"""The models of requests and responses. Generated from docs/openapi.json by `make openapi`: do not edit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, RootModel

from app.client.model import Model


class AddressCandidate(Model):
    """One of several addresses that fit equally well."""

    address: str
    latitude: float
    """In degrees (WGS 84)."""
    longitude: float


class AddressFields(Model):
    """An address by its fields. The usual names of columns, such as `street address` or `postal_code`, work too."""

    model_config = ConfigDict(
        extra="allow",
    )
    address: Annotated[str | None, Field(max_length=400)] = None
    """House number and street; without other fields, the whole address in one line."""
    house_number: Annotated[str | None, Field(alias="houseNumber", max_length=20)] = None
    street: Annotated[str | None, Field(max_length=180)] = None
    unit: Annotated[str | None, Field(max_length=50)] = None
    city: Annotated[str | None, Field(max_length=100)] = None
    state: Annotated[str | None, Field(max_length=100)] = None
    """In the US a state or territory, by code or name."""
    zip_code: Annotated[str | None, Field(alias="zipCode", max_length=20)] = None
    country: Annotated[str | None, Field(max_length=60)] = None
    """By ISO 3166-1 code or name; without it, the platform's default applies."""
    county: Annotated[str | None, Field(max_length=100)] = None


class AddressListRequest(Model):
    """Addresses and options for all of them."""

    model_config = ConfigDict(
        extra="forbid",
    )
    provider_id: Annotated[str | None, Field(alias="providerId")] = None
    """The geocoder to ask first, by its name in `GET /api/v1/geocoders`; the only one without `useFallback`."""
    use_fallback: Annotated[bool, Field(alias="useFallback")] = True
    """Ask the other configured geocoders if the first one finds nothing that is accurate enough."""
    timeout: Annotated[float, Field(ge=0.1, le=30.0)] = 5.0
    """Seconds per request to a geocoder."""
    min_accuracy: Annotated[
        Literal["rooftop", "interpolated", "street", "postcode", "place", "region"] | None, Field(alias="minAccuracy")
    ] = None
    """The accuracy that ends the search. Null: a street for an address with a street, any place for others."""
    strict_order: Annotated[bool, Field(alias="strictOrder")] = False
    """Wait for a geocoder that has reached its rate limit instead of asking the next free one."""
    use_cache: Annotated[bool, Field(alias="useCache")] = True
    """Use cached answers. Without it every address is looked up again, and the new answers replace the cached ones."""
    addresses: Annotated[list[str | AddressFields], Field(max_length=100, min_length=1)]


class AddressRequest(Model):
    """An address, by its fields or as `address` alone, and options."""

    model_config = ConfigDict(
        extra="forbid",
    )
    provider_id: Annotated[str | None, Field(alias="providerId")] = None
    """The geocoder to ask first, by its name in `GET /api/v1/geocoders`; the only one without `useFallback`."""
    use_fallback: Annotated[bool, Field(alias="useFallback")] = True
    """Ask the other configured geocoders if the first one finds nothing that is accurate enough."""
    timeout: Annotated[float, Field(ge=0.1, le=30.0)] = 5.0
    """Seconds per request to a geocoder."""
    min_accuracy: Annotated[
        Literal["rooftop", "interpolated", "street", "postcode", "place", "region"] | None, Field(alias="minAccuracy")
    ] = None
    """The accuracy that ends the search. Null: a street for an address with a street, any place for others."""
    strict_order: Annotated[bool, Field(alias="strictOrder")] = False
    """Wait for a geocoder that has reached its rate limit instead of asking the next free one."""
    use_cache: Annotated[bool, Field(alias="useCache")] = True
    """Use cached answers. Without it every address is looked up again, and the new answers replace the cached ones."""
    address: str | AddressFields | None = None
    """House number and street, or the whole address as text or as an object."""
    house_number: Annotated[str | None, Field(alias="houseNumber", max_length=20)] = None
    street: Annotated[str | None, Field(max_length=180)] = None
    unit: Annotated[str | None, Field(max_length=50)] = None
    city: Annotated[str | None, Field(max_length=100)] = None
    state: Annotated[str | None, Field(max_length=100)] = None
    """In the US a state or territory, by code or name."""
    zip_code: Annotated[str | None, Field(alias="zipCode", max_length=20)] = None
    country: Annotated[str | None, Field(max_length=60)] = None
    """By ISO 3166-1 code or name; without it, the platform's default applies."""
    county: Annotated[str | None, Field(max_length=100)] = None


class AddressSuggestion(Model):
    address: str
    """The address on one line, to be shown, and to be sent to `POST /api/v1/geocode`."""
    kind: Literal["house", "street"]
    latitude: Annotated[float | None, Field(ge=-90.0, le=90.0)]
    """Latitude of the house in degrees (WGS 84); null for a street."""
    longitude: Annotated[float | None, Field(ge=-180.0, le=180.0)]
    source: str
    """Name of the reference data."""
    source_date: Annotated[str, Field(alias="sourceDate")]
    """The day of the data, or else of their import (ISO 8601)."""


class AddressSuggestions(Model):
    suggestions: list[AddressSuggestion]
    """The likeliest first. Houses of the number if there are any, otherwise streets."""


class BoundsInput(Model):
    """Edges in degrees. If `west` is greater than `east`, the bounds cross the antimeridian."""

    model_config = ConfigDict(
        extra="forbid",
    )
    south: float
    """From -85 to 85."""
    west: float
    """From -180 to 180."""
    north: float
    """Greater than `south`; from -85 to 85."""
    east: float
    """From -180 to 180; less than `west` across the antimeridian."""


class Bounds(Model):
    """A rectangle, in degrees. If `west` is greater than `east`, it crosses the antimeridian."""

    south: float
    """Latitude, from -85 to 85."""
    west: float
    """Longitude, from -180 to 180."""
    north: float
    """Latitude, from -85 to 85."""
    east: float
    """Longitude, from -180 to 180."""


class BulkResult(Model):
    matched: int
    changed: int
    skipped: int
    """Those whose status forbids the action."""


class BusinessJob(Model):
    """A job that visits the website of a business: a new one, or the active one of the same kind."""

    job_id: Annotated[UUID | None, Field(alias="jobId")]
    """Null if that job belongs to another user."""
    type: Literal["website_validation", "email_scraping", "social_scraping"]
    is_new: Annotated[bool, Field(alias="isNew")]


class Caller(Model):
    """The user to whom the key or the session belongs."""

    id: UUID
    email: str
    name: str
    role: Literal["admin", "user"]


class Candidate(Model):
    """An entry of a register or directory that has a company's name, but may be another company's."""

    id: UUID
    company_id: Annotated[UUID, Field(alias="companyId")]
    company_name: Annotated[str, Field(alias="companyName")]
    external_id: Annotated[str | None, Field(alias="externalId")]
    """The client's own id of the company."""
    source: Literal["companies_house", "google_places", "website"]
    entry_id: Annotated[str, Field(alias="entryId")]
    """Its number in the register, or its id in the directory."""
    name: str
    """As the register writes it."""
    url: str
    fields: dict[str, Any]
    """What the entry states; the company's fields once it is confirmed."""
    marks: list[str]
    """Which marks beside the name agree, such as `town`."""
    reasons: list[str]
    """Why a person has to decide."""
    status: Literal["pending", "confirmed", "rejected"]
    found_at: Annotated[datetime, Field(alias="foundAt")]
    decided_at: Annotated[datetime | None, Field(alias="decidedAt")]


class CandidatePage(Model):
    total: int
    """How many there are on all pages."""
    limit: int
    offset: int
    total_is_estimate: Annotated[bool, Field(alias="totalIsEstimate")]
    """Whether `total` is an estimate, because counting would take too long."""
    next_cursor: Annotated[str | None, Field(alias="nextCursor")]
    """The `cursor` of the next page; null on the last one."""
    candidates: list[Candidate]


class CellScore(Model):
    """The heat cell that covers the point: of several, the smallest."""

    grid_step: Annotated[float, Field(alias="gridStep")]
    """The size of the cell, in degrees."""
    score: Annotated[int, Field(ge=0, le=100)]
    computed_at: Annotated[datetime, Field(alias="computedAt")]


class Cell(RootModel[tuple[float, float, int]]):
    root: Annotated[tuple[float, float, int], Field(max_length=3, min_length=3)]


class Channel(Model):
    """Where a team is notified of signals."""

    model_config = ConfigDict(
        extra="forbid",
    )
    kind: Literal["webhook", "email"]
    target: Annotated[str, Field(max_length=2000, min_length=3)]
    """The URL of a webhook, or an e-mail address."""
    signals: Annotated[
        list[Literal["hiring", "funding", "leadership", "expansion", "technology", "site_change"]] | None,
        Field(min_length=1),
    ] = None
    """The kinds of signals to send; all if not given."""


class Checks(Model):
    postgres: bool
    """Whether jobs can be stored: Postgres is reachable and writable, and its schema fits."""
    disk: bool
    """Whether the disk of Postgres has space. While it is full, jobs wait."""
    redis: bool
    """Whether workers are notified of jobs. Without Redis, jobs wait."""
    worker: bool
    """Whether at least one worker is alive."""
    uploads: bool
    """Whether uploads can be stored."""


class CitiesLoaded(Model):
    """The result of loading cities."""

    created: int
    updated: int
    """Cities whose slug was known."""
    total: int
    """Cities in the request."""


class CityInput(Model):
    """A city with its bounds, or with a center and a population from which bounds are estimated."""

    model_config = ConfigDict(
        extra="forbid",
    )
    name: Annotated[str, Field(max_length=200, min_length=1)]
    slug: Annotated[str | None, Field(max_length=200, pattern="^[a-z0-9]+(-[a-z0-9]+)*$")] = None
    """Made of the name if it is not given."""
    country: Annotated[str | None, Field(pattern="^[A-Za-z]{2}$")] = None
    """ISO 3166-1 alpha-2."""
    population: Annotated[int | None, Field(ge=0, le=2000000000)] = None
    bounds: BoundsInput | None = None
    latitude: Annotated[float | None, Field(ge=-84.0, le=84.0)] = None
    """The latitude of the centre, in degrees (WGS 84)."""
    longitude: Annotated[float | None, Field(ge=-180.0, le=180.0)] = None


class City(Model):
    """A city."""

    id: int
    slug: str
    name: str
    country: str | None
    """ISO 3166-1 alpha-2."""
    population: int | None
    bounds: Bounds
    source: str
    """Where the bounds come from: `own` if an administrator loaded them, `geonames` if they are estimated."""
    created_at: Annotated[datetime, Field(alias="createdAt")]
    updated_at: Annotated[datetime, Field(alias="updatedAt")]


class CityPage(Model):
    """A page of the list of cities."""

    total: int
    """How many there are on all pages."""
    limit: int
    offset: int
    total_is_estimate: Annotated[bool, Field(alias="totalIsEstimate")]
    """Whether `total` is an estimate, because counting would take too long."""
    next_cursor: Annotated[str | None, Field(alias="nextCursor")]
    """The `cursor` of the next page; null on the last one."""
    cities: list[City]
    """By slug."""


class Claim(Model):
    """A sentence with the quotation that supports it."""

    text: str
    quote: str
    """Verbatim from the text of the sources."""
    sources: list[str]
    """Ids of sources, such as `S1`."""
    written_on: Annotated[str | None, Field(alias="writtenOn")]
    """When the quotation was written, as a date, month or year (ISO 8601); null if unknown or the text names a year."""


class Companies(RootModel[str]):
    root: Annotated[str, Field(max_length=128, min_length=1, pattern="^[A-Za-z0-9][A-Za-z0-9._:~-]{0,127}$")]


class CompanyChange(Model):
    """A partial update: fields that are given are set, and null clears a field."""

    model_config = ConfigDict(
        extra="forbid",
    )
    name: Annotated[str | None, Field(max_length=300, min_length=1)] = None
    """Must not be null."""
    website: Annotated[str | None, Field(max_length=2000)] = None
    registry_number: Annotated[str | None, Field(alias="registryNumber")] = None
    place_id: Annotated[str | None, Field(alias="placeId", max_length=300, min_length=1)] = None
    attributes: dict[str, Any] | None = None
    """Replaces all attributes. Must not be null."""


class Company(Model):
    """A company as clients and jobs wrote it."""

    id: UUID
    external_id: Annotated[str | None, Field(alias="externalId")]
    """The client's own id."""
    name: str
    website: str | None
    registry_number: Annotated[str | None, Field(alias="registryNumber")]
    place_id: Annotated[str | None, Field(alias="placeId")]
    business_id: Annotated[UUID | None, Field(alias="businessId")]
    """The business that it was created for."""
    attributes: dict[str, Any]
    """Further facts that the client gave."""
    created_at: Annotated[datetime, Field(alias="createdAt")]
    updated_at: Annotated[datetime, Field(alias="updatedAt")]


class CompanyOfBusiness(Model):
    """A company that is made from a stored business."""

    model_config = ConfigDict(
        extra="forbid",
    )
    business_id: Annotated[UUID, Field(alias="businessId")]


class CompanyPage(Model):
    total: int
    """How many there are on all pages."""
    limit: int
    offset: int
    total_is_estimate: Annotated[bool, Field(alias="totalIsEstimate")]
    """Whether `total` is an estimate, because counting would take too long."""
    next_cursor: Annotated[str | None, Field(alias="nextCursor")]
    """The `cursor` of the next page; null on the last one."""
    companies: list[Company]


class CompanyRef(Model):
    """A company by its id, the id of its business or the client's own id; under the latter it is created if new."""

    model_config = ConfigDict(
        extra="forbid",
    )
    company_id: Annotated[
        str, Field(alias="companyId", max_length=128, min_length=1, pattern="^[A-Za-z0-9][A-Za-z0-9._:~-]{0,127}$")
    ]
    """The company's id, that of its business, or the client's own id."""
    name: Annotated[str | None, Field(max_length=300, min_length=1)] = None
    """The name of a company that is new; its id if not given."""
    website: Annotated[str | None, Field(max_length=2000)] = None
    """Set if the company has none."""
    registry_number: Annotated[str | None, Field(alias="registryNumber")] = None
    """Set if the company has none."""


class Constant(Model):
    """One value for all records of the file."""

    model_config = ConfigDict(
        extra="forbid",
    )
    constant: Annotated[str, Field(max_length=500, min_length=1)]


class CreatedCompanyJob(Model):
    """The job of a company: a new one, or the active one of its kind."""

    job_id: Annotated[UUID | None, Field(alias="jobId")]
    """Null if that job belongs to another user."""
    is_new: Annotated[bool, Field(alias="isNew")]
    status: str
    """The status of the job, or `already in progress` if it belongs to another user."""
    company_id: Annotated[UUID, Field(alias="companyId")]
    external_id: Annotated[str | None, Field(alias="externalId")]
    """The client's own id of the company."""


class CreatedJob(Model):
    """A job that was created, or the active one that does the same work."""

    job_id: Annotated[UUID | None, Field(alias="jobId")]
    """Null if that job belongs to another user."""
    is_new: Annotated[bool, Field(alias="isNew")]
    status: str
    """The status of the job, or `already in progress` if it belongs to another user."""


class DoubtCandidate(Model):
    address: str
    latitude: float
    longitude: float


class Driver(Model):
    """A point of interest that counts towards the score."""

    name: str | None
    category: str
    metres: int
    """The distance from the point, as the crow flies."""
    rank: int
    """Among the points of interest of its category; 1 is the nearest."""
    decay: float
    """What is left of its weight at this distance, from 0 to 1."""
    contribution: float
    """Its part of the sum from which the score is made."""
    latitude: float
    """In degrees (WGS 84)."""
    longitude: float


class EnrichmentRequest(Model):
    """Companies to enrich."""

    model_config = ConfigDict(
        extra="forbid",
    )
    companies: Annotated[list[CompanyRef | Companies], Field(max_length=1000, min_length=1)]
    """Ids, or objects that also describe companies that are new."""
    priority: Annotated[int, Field(ge=1, le=9)] = 5
    """The priority of the jobs, from 1 (first) to 9."""
    run_at: Annotated[datetime | None, Field(alias="runAt")] = None
    """The job waits until this time; one in the past is now."""
    sources: Annotated[list[Literal["companies_house", "google_places", "website"]] | None, Field(min_length=1)] = None
    """All sources if not given."""


class Evidence(Model):
    """One place where a contact was found."""

    page: str
    """The URL of the page."""
    method: str
    """How it was found, such as `mailto`, `json_ld` or `text`."""
    context: str
    """The text around it."""


class Exclusion(Model):
    """An entry of the exclusion list."""

    id: UUID
    by: Literal["domain", "name", "place_id"]
    """The field of businesses that is compared with the value."""
    value: str
    reason: str | None
    created_at: Annotated[datetime, Field(alias="createdAt")]


class ExclusionPage(Model):
    total: int
    """How many there are on all pages."""
    limit: int
    offset: int
    total_is_estimate: Annotated[bool, Field(alias="totalIsEstimate")]
    """Whether `total` is an estimate, because counting would take too long."""
    next_cursor: Annotated[str | None, Field(alias="nextCursor")]
    """The `cursor` of the next page; null on the last one."""
    exclusions: list[Exclusion]


class ExclusionRequest(Model):
    """Businesses whose websites are not to be visited."""

    model_config = ConfigDict(
        extra="forbid",
    )
    by: Literal["domain", "name", "place_id"]
    """The field of businesses that is compared with the value."""
    value: Annotated[str, Field(max_length=300, min_length=1)]
    """A domain, which excludes its subdomains too, a name in any case and without punctuation, or a place id."""
    reason: Annotated[str | None, Field(max_length=300)] = None


class FileForm(Model):
    """A form with a file. The options of the query may be further fields."""

    model_config = ConfigDict(
        extra="allow",
    )
    file: bytes


class Finding(Model):
    """One invalid value. Those in lines of a file or list have further members, such as `line`."""

    model_config = ConfigDict(
        extra="allow",
    )
    field: str
    """The path of the value, such as `filters.ids.0`; empty for the body as a whole."""
    message: str


class GeocodeHouseholdsCreated(Model):
    """The job that geocodes households."""

    success: Literal[True] = True
    job_id: Annotated[UUID, Field(alias="jobId")]
    message: str
    estimated_households: Annotated[int, Field(alias="estimatedHouseholds")]
    """Households that match now."""
    limit: int
    """Maximum number of households that the job geocodes."""
    processing_started: Annotated[bool, Field(alias="processingStarted")]
    """Whether a worker serves the queue."""
    poll_interval_ms: Annotated[int, Field(ge=0)]


class Geocoder(Model):
    """A geocoder."""

    name: str
    """The `providerId` of requests."""
    on: bool
    """Whether it is in use."""
    why_off: Annotated[str | None, Field(alias="whyOff")]
    """Why it is not in use, and which setting is missing."""
    needs_key: Annotated[bool, Field(alias="needsKey")]
    """Whether it requires an API key."""
    reverses: bool
    """Whether it can look up points, for `GET /api/v1/reverse`."""
    used_today: Annotated[int, Field(alias="usedToday")]
    """Requests since 00:00 UTC, over all workers."""
    daily: int | None
    """Requests allowed per day; null for any number."""
    errors: int
    """Failed requests since the start of the processes that asked it within the last hour."""
    breaker: Literal["closed", "open", "half_open"]
    """State of its circuit breaker: while that is open, the geocoder is not asked."""
    p50_ms: Annotated[float | None, Field(alias="p50Ms")]
    """Median duration of its last requests, in milliseconds."""
    p95_ms: Annotated[float | None, Field(alias="p95Ms")]
    """The duration that 95 % of its last requests did not exceed, in milliseconds."""
    keeps_seconds: Annotated[float | None, Field(alias="keepsSeconds")]
    """How long its answers may be cached; null for ever, 0 not at all."""
    attribution: str | None
    """The text that it wants shown with its results."""
    verified_on: Annotated[date | None, Field(alias="verifiedOn")]
    """When the limits above were last compared with its documentation."""


class HeatmapRequest(Model):
    """The region to compute."""

    model_config = ConfigDict(
        extra="forbid",
    )
    city_slug: Annotated[str | None, Field(alias="citySlug", max_length=200, min_length=1)] = None
    """The slug of a city, instead of bounds: of one that was loaded, or of one with at least 15,000 people."""
    bounds: BoundsInput | None = None
    """A rectangle, instead of a city."""
    grid_step: Annotated[float, Field(alias="gridStep")] = 0.0025
    """The size of the cells, in degrees: 0.01 is about a kilometre."""
    force: bool = False
    """Compute the region even if it is up to date."""
    run_at: Annotated[datetime | None, Field(alias="runAt")] = None
    """The job waits until this time; one in the past is now."""


class HeatmapReset(Model):
    """What was deleted."""

    removed: int
    """Cells."""
    grid_step: Annotated[float, Field(alias="gridStep")]
    """The size of the cells, in degrees."""
    bounds: Bounds
    """The outer edges of the cells."""


class HouseholdChangeRequest(Model):
    """Fields that are given are set, the others are kept; null removes a value."""

    model_config = ConfigDict(
        extra="forbid",
    )
    address: Annotated[str | None, Field(max_length=200)] = None
    """House number and street."""
    unit: Annotated[str | None, Field(max_length=50)] = None
    city: Annotated[str | None, Field(max_length=100)] = None
    state: Annotated[str | None, Field(max_length=100)] = None
    """In the US a state or territory, by code or name."""
    zip_code: Annotated[str | None, Field(alias="zipCode", max_length=20)] = None
    country: Annotated[str | None, Field(max_length=60)] = None
    """By ISO 3166-1 code or name."""
    county: Annotated[str | None, Field(max_length=100)] = None
    precinct_number: Annotated[str | None, Field(alias="precinctNumber", max_length=50)] = None


class HouseholdFilters(Model):
    """
    Conditions on households, combined with AND.

    City, state and county ignore case; a state may be given by code or name; a ZIP code also matches its ZIP+4 codes.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    city: Annotated[str | None, Field(max_length=100)] = None
    """Its name, in any case."""
    state: Annotated[str | None, Field(max_length=100)] = None
    """A code such as `CA`, or a name such as `California`."""
    zip_code: Annotated[str | None, Field(alias="zipCode", max_length=20)] = None
    """`94520` also matches `94520-1234`."""
    county: Annotated[str | None, Field(max_length=100)] = None
    """Its name, in any case."""
    precinct_number: Annotated[str | None, Field(alias="precinctNumber", max_length=50)] = None
    """Exactly as it was loaded."""


class HouseholdInput(Model):
    """
    A household to store.

    The usual names of columns, such as `street address` or `postal_code`, work too; other members are ignored. The
    address may also be given as `house_number` and `street`.
    """

    model_config = ConfigDict(
        extra="allow",
    )
    external_id: Annotated[str | int | None, Field(alias="externalId")] = None
    """Your id of the household, at most 255 characters, or `id`. One with a known id is replaced."""
    address: Annotated[str | None, Field(max_length=200)] = None
    """House number and street."""
    unit: Annotated[str | None, Field(max_length=50)] = None
    city: Annotated[str | None, Field(max_length=100)] = None
    state: Annotated[str | None, Field(max_length=100)] = None
    """In the US a state or territory, by code or name."""
    zip_code: Annotated[str | int | None, Field(alias="zipCode")] = None
    country: Annotated[str | None, Field(max_length=60)] = None
    """By ISO 3166-1 code or name; without it, the platform's default applies."""
    county: Annotated[str | None, Field(max_length=100)] = None
    precinct_number: Annotated[str | int | None, Field(alias="precinctNumber")] = None


class HouseholdListInput(Model):
    """Households to store."""

    households: Annotated[list[HouseholdInput], Field(max_length=10000)]


class Household(Model):
    """A household. The fields from `latitude` on are set by geocoding."""

    id: UUID
    external_id: Annotated[str | None, Field(alias="externalId")]
    """The id that your system gave it."""
    address: str
    """House number and street."""
    unit: str | None
    city: str | None
    state: str | None
    zip_code: Annotated[str | None, Field(alias="zipCode")]
    country: str
    """ISO 3166-1 alpha-2, in lower case."""
    county: str | None
    precinct_number: Annotated[str | None, Field(alias="precinctNumber")]
    latitude: Annotated[float | None, Field(ge=-90.0, le=90.0)]
    """In degrees (WGS 84); null without coordinates."""
    longitude: Annotated[float | None, Field(ge=-180.0, le=180.0)]
    geocoded: bool
    """Whether it has coordinates."""
    geocoded_at: Annotated[datetime | None, Field(alias="geocodedAt")]
    geocoding_provider: Annotated[str | None, Field(alias="geocodingProvider")]
    """The geocoder that found the coordinates."""
    accuracy: Literal["rooftop", "interpolated", "street", "postcode", "place", "region"] | None
    """The kind of place to which the coordinates belong, from `rooftop` (the finest) to `region`."""
    confidence: float | None
    """How likely it is the right place, from 0 to 1."""
    matched_address: Annotated[str | None, Field(alias="matchedAddress")]
    """The address as the geocoder writes it."""
    raw_score: Annotated[float | None, Field(alias="rawScore")]
    """The geocoder's own measure."""
    attribution: str | None
    """The text that the geocoder wants shown with the coordinates."""
    expected_error_metres: Annotated[float | None, Field(alias="expectedErrorMetres")]
    """How far the coordinates may be off: as the geocoder says, or as is usual for the accuracy."""


class HouseholdPage(Model):
    """A page of the list of households."""

    total: int
    """How many there are on all pages."""
    limit: int
    offset: int
    total_is_estimate: Annotated[bool, Field(alias="totalIsEstimate")]
    """Whether `total` is an estimate, because counting would take too long."""
    next_cursor: Annotated[str | None, Field(alias="nextCursor")]
    """The `cursor` of the next page; null on the last one."""
    households: list[Household]
    """In the order in which they were stored."""


class HouseholdPlacement(Model):
    """Coordinates, or the provider whose stored answer is right."""

    model_config = ConfigDict(
        extra="forbid",
    )
    latitude: Annotated[float | None, Field(ge=-90.0, le=90.0)] = None
    """In degrees (WGS 84)."""
    longitude: Annotated[float | None, Field(ge=-180.0, le=180.0)] = None
    provider: Annotated[str | None, Field(max_length=100)] = None
    """A geocoder that found the address; its answer must still be stored."""


class ImportUndo(Model):
    """The job that undoes an import. Its result has the counts, too."""

    success: Literal[True] = True
    job_id: Annotated[UUID, Field(alias="jobId")]
    is_new: Annotated[bool, Field(alias="isNew")]
    """False if the import is being undone or was undone already."""
    message: str
    removed: int | None
    """Records that the import had inserted; null until the job is completed."""
    restored: int | None
    """Records that have their previous values again."""
    kept: int | None
    """Records that a later import changed, or that are gone."""
    households_removed: Annotated[int | None, Field(alias="householdsRemoved")]
    households_restored: Annotated[int | None, Field(alias="householdsRestored")]


class ItemError(Model):
    """An item of a job that failed. Kinds add further members."""

    model_config = ConfigDict(
        extra="allow",
    )
    item_id: Annotated[str | None, Field(alias="itemId")]
    household_id: Annotated[str | None, Field(alias="householdId")] = None
    """The same as `itemId`, if the item is a household."""
    address: str | None = None
    error: str
    timestamp: datetime


class ItemErrorPage(Model):
    total: int
    """How many there are on all pages."""
    limit: int
    offset: int
    total_is_estimate: Annotated[bool, Field(alias="totalIsEstimate")]
    """Whether `total` is an estimate, because counting would take too long."""
    next_cursor: Annotated[str | None, Field(alias="nextCursor")]
    """The `cursor` of the next page; null on the last one."""
    errors: list[ItemError]


class JobCreated(Model):
    job_id: Annotated[UUID | None, Field(alias="jobId")]
    """Null if that job belongs to another user."""
    is_new: Annotated[bool, Field(alias="isNew")]
    status: str
    """The status of the job, or `already in progress` if it belongs to another user."""
    success: Literal[True] = True
    poll_interval_ms: Annotated[int, Field(ge=0)]


class JobOwner(Model):
    """The user who created a job."""

    id: UUID
    email: str
    name: str


class JobsCreated(Model):
    success: Literal[True] = True
    jobs: list[CreatedJob]
    """In the order of the request."""
    total: int
    poll_interval_ms: Annotated[int, Field(ge=0)]


class Kind(Model):
    """A kind of jobs."""

    type: str
    aliases: list[str]
    """Other names of it, which requests may use."""
    description: str
    queue: str
    is_internal: Annotated[bool, Field(alias="isInternal")]
    """Whether only the platform itself creates such jobs."""
    timeout_seconds: Annotated[float, Field(alias="timeoutSeconds")]
    """How long one attempt may run."""
    max_attempts: Annotated[int, Field(alias="maxAttempts")]
    data: dict[str, Any]
    """The JSON schema of the jobs' `data`."""
    result: dict[str, Any] | None
    """The JSON schema of the `result` of completed jobs; null if the kind publishes none."""


class LineError(Model):
    """What is wrong with a line."""

    line: int
    """The line of the CSV file, where the header is line 1, or the entry of the list, from 1."""
    field: str | None
    """Null for the line as a whole."""
    error: str
    external_id: Annotated[str | None, Field(alias="externalId")]


class Liveness(Model):
    status: Literal["ok"] = "ok"


class Mapping(RootModel[list[str]]):
    root: Annotated[list[str], Field(max_length=100, min_length=1)]


class LoadCompaniesQuery(Model):
    model_config = ConfigDict(
        extra="forbid",
    )
    upload_id: Annotated[UUID | None, Field(alias="uploadId")] = None
    """
    An upload (`POST /api/v1/uploads`) with the table, in place of a body. Options may be a JSON object then:
    `{"uploadId": "…", "mapping": {…}}`.
    """
    sheet: Annotated[str, Field(max_length=200)] = ""
    """Name of the sheet of an upload that is a spreadsheet."""
    mapping: dict[str, str | Mapping | Constant] | None = None
    """
    For tables: what holds each field, where the usual names of columns do not tell: a column, several of which the
    values are joined by spaces, or a constant, such as `{"name": "Firm", "website": "Web page"}`.
    """


class LoadOptions(Model):
    model_config = ConfigDict(
        extra="forbid",
    )
    upload_id: Annotated[UUID | None, Field(alias="uploadId")] = None
    """
    An upload (`POST /api/v1/uploads`) with the table, in place of a body. Options may be a JSON object then:
    `{"uploadId": "…", "mapping": {…}}`.
    """
    sheet: Annotated[str, Field(max_length=200)] = ""
    """Name of the sheet of an upload that is a spreadsheet."""
    strict: bool = False
    """Store all lines or none."""
    mapping: dict[str, str | Mapping | Constant] | None = None
    """
    For tables: what holds each field, where the usual names of columns do not tell: a column, several of which the
    values are joined by spaces, or a constant, such as
    `{"address": ["HOUSE_NUM", "STREET"], "state": {"constant": "NC"}}`.
    """


class MappingModel(Model):
    """A saved mapping."""

    id: UUID
    name: str
    kind: Literal[
        "voter_import",
        "parcel_import",
        "poi_import",
        "business_import",
        "reference_import",
        "geocode_file",
        "households",
        "companies",
    ]
    mapping: dict[str, Any]
    date_order: Annotated[Literal["mdy", "dmy", "ymd"] | None, Field(alias="dateOrder")]
    columns: list[str]
    """The columns of the files that it fits, in lower case and without punctuation."""
    created_at: Annotated[datetime, Field(alias="createdAt")]
    updated_at: Annotated[datetime, Field(alias="updatedAt")]


class NearestAddress(Model):
    """The address nearest to a point, and where it is."""

    address: str
    """The address that was looked up, in one line."""
    latitude: Annotated[float, Field(ge=-90.0, le=90.0)]
    """The latitude of the address, in degrees (WGS 84)."""
    longitude: Annotated[float, Field(ge=-180.0, le=180.0)]
    confidence: Annotated[float | None, Field(ge=0.0, le=1.0)]
    """How likely it is the right place, on one scale for all geocoders."""
    source: str | None
    """The same as `provider`."""
    accuracy: Literal["rooftop", "interpolated", "street", "postcode", "place", "region"] | None
    """The kind of place to which the coordinates belong, from `rooftop` (the finest) to `region`."""
    provider: str | None
    """The geocoder that found it."""
    matched_address: Annotated[str | None, Field(alias="matchedAddress")]
    """The address as that geocoder writes it."""
    attribution: str | None
    """The text that the geocoder wants shown with the result."""
    raw_score: Annotated[float | None, Field(alias="rawScore")]
    """The geocoder's own measure, whose meaning differs between geocoders."""


class NewBusiness(Model):
    """A business to insert or update."""

    model_config = ConfigDict(
        extra="forbid",
    )
    name: Annotated[str, Field(max_length=300, min_length=1)]
    website: Annotated[str | None, Field(max_length=2083)] = None
    """A URL, with or without its scheme."""
    external_id: Annotated[str | None, Field(alias="externalId", max_length=255, min_length=1)] = None
    """The sender's own id."""
    place_id: Annotated[str | None, Field(alias="placeId", max_length=255, min_length=1)] = None
    """The id at a provider of places."""
    phone: Annotated[str | None, Field(max_length=60)] = None
    category: Annotated[str | None, Field(max_length=300)] = None
    address: Annotated[str | None, Field(max_length=300)] = None
    """House number and street."""
    city: Annotated[str | None, Field(max_length=300)] = None
    state: Annotated[str | None, Field(max_length=300)] = None
    zip_code: Annotated[str | None, Field(alias="zipCode", max_length=20)] = None
    country: Annotated[str | None, Field(pattern="^[A-Za-z]{2}$")] = None
    """ISO 3166-1 alpha-2, or the name of the country; the installation's country if not given."""
    latitude: Annotated[float | None, Field(ge=-90.0, le=90.0)] = None
    """Degrees (WGS 84)."""
    longitude: Annotated[float | None, Field(ge=-180.0, le=180.0)] = None
    attribution: Annotated[str | None, Field(max_length=300)] = None
    """What to show with the data, as their provider demands."""


class NewCompany(Model):
    """A company to create, or to update if its external id is known."""

    model_config = ConfigDict(
        extra="forbid",
    )
    external_id: Annotated[str | None, Field(alias="externalId", pattern="^[A-Za-z0-9][A-Za-z0-9._:~-]{0,127}$")] = None
    """The client's own id, by which the company is known from then on."""
    name: Annotated[str, Field(max_length=300, min_length=1)]
    website: Annotated[str | None, Field(max_length=2000)] = None
    """A URL, with or without its scheme."""
    registry_number: Annotated[str | None, Field(alias="registryNumber")] = None
    """The company's number in its register, such as 01234567 or SC123456."""
    place_id: Annotated[str | None, Field(alias="placeId", max_length=300, min_length=1)] = None
    """The id at a provider of places."""
    attributes: Annotated[dict[str, Any] | None, Field(max_length=100)] = None
    """Further facts, such as `employees`: up to 100. They take precedence over those of sources."""


class Mapping2(RootModel[list[str]]):
    root: Annotated[list[str], Field(max_length=100, min_length=1)]


class Column1(RootModel[str]):
    root: Annotated[str, Field(max_length=200)]


class NewMapping(Model):
    """A mapping to save: that of a job, or one with the columns of the files that it fits."""

    model_config = ConfigDict(
        extra="forbid",
    )
    name: Annotated[str, Field(max_length=100, min_length=1, pattern="^[^\\x00-\\x1f@][^\\x00-\\x1f]*$")]
    """A saved mapping of this name is replaced."""
    job_id: Annotated[UUID | None, Field(alias="jobId")] = None
    """A job that read a file with a mapping: its kind, mapping, order of dates and columns are saved."""
    kind: (
        Literal[
            "voter_import",
            "parcel_import",
            "poi_import",
            "business_import",
            "reference_import",
            "geocode_file",
            "households",
            "companies",
        ]
        | None
    ) = None
    """What the file is for, without `jobId`."""
    mapping: dict[str, str | Mapping2 | Constant] | None = None
    date_order: Annotated[Literal["mdy", "dmy", "ymd"] | None, Field(alias="dateOrder")] = None
    columns: Annotated[list[Column1] | None, Field(max_length=2000, min_length=1)] = None
    """Names of all columns of the file, without `jobId`."""


class NewTeam(Model):
    """A team to create."""

    model_config = ConfigDict(
        extra="forbid",
    )
    name: Annotated[str, Field(max_length=200, min_length=1)]
    members: Annotated[list[UUID] | None, Field(max_length=1000)] = None
    channels: Annotated[list[Channel] | None, Field(max_length=50)] = None


class NewUser(Model):
    """A user to create."""

    model_config = ConfigDict(
        extra="forbid",
    )
    email: Annotated[str, Field(max_length=254)]
    """Their e-mail address, by which they are known; stored in lower case."""
    name: Annotated[str, Field(max_length=200, min_length=1)]
    role: Literal["admin", "user"] = "user"


class Opinion(Model):
    """A language model's opinion of a lead."""

    points: Annotated[float, Field(ge=-10.0, le=10.0)]
    model: str | None = None
    reason: str | None = None
    quote: str | None = None
    """From the facts that the model was shown."""
    dropped: str | None = None
    """Why the opinion does not count."""


class PartCreated(Model):
    """A job for a part of the file."""

    job_id: Annotated[UUID, Field(alias="jobId")]
    is_new: Annotated[bool, Field(alias="isNew")]


class PauseRequest(Model):
    """How long to pause a queue; the body may be left out."""

    model_config = ConfigDict(
        extra="forbid",
    )
    until: datetime | None = None
    """When the queue resumes by itself."""


class PhoneContact(Model):
    model_config = ConfigDict(
        extra="allow",
    )
    confidence: Annotated[float, Field(ge=0.0, le=1.0)]
    evidence: list[Evidence]
    first_seen_at: Annotated[datetime, Field(alias="firstSeenAt")]
    seen_at: Annotated[datetime, Field(alias="seenAt")]
    number: str


class PreviewProblem(Model):
    """What is wrong with a row."""

    column: str | None
    """Null for the whole row."""
    code: str
    message: str
    """Continues "the column …" or "the row …"."""
    rejects: bool
    """Whether the row is left out."""


class PreviewRecord(Model):
    """A row as it would be stored."""

    line: int
    """In the file, from 1; of map data, the number of the feature."""
    record: dict[str, Any] | None
    """By field, without those that are empty; null for a row that is left out."""
    cells: list[str] | None
    """Of a row that is left out, as it is in the file."""
    problems: list[PreviewProblem]
    is_protected: Annotated[bool, Field(alias="isProtected")]
    """Whether the person's data is not shown, because the address is confidential."""


class Problem(Model):
    """An error (RFC 9457). Some types have further members."""

    model_config = ConfigDict(
        extra="allow",
    )
    type: str
    """The stable name of the sort of error."""
    title: str
    status: int
    detail: str
    """What happened, why, and what to do next."""
    instance: str
    """The path of the request."""
    error: str
    """The same as `detail`, for clients that only read this."""
    request_id: Annotated[str | None, Field(alias="requestId")]
    """The id under which the request is in the logs."""
    errors: list[Finding] | None = None
    """The first 100 invalid values, for the type `invalid`."""
    more_errors: Annotated[int, Field(alias="moreErrors")] = 0
    """How many more there are."""


class QueueChange(Model):
    """Fields that are given are set; null restores the default."""

    model_config = ConfigDict(
        extra="forbid",
    )
    concurrency: Annotated[int | None, Field(ge=0, le=10000)] = None
    """Jobs that may run at once; on each worker, if the queue counts per worker."""
    priority: Annotated[int | None, Field(ge=1, le=9)] = None
    """1 goes first when slots are scarce."""


class QueueCounts(Model):
    """Jobs by state."""

    ready: int
    """May run as soon as there is a slot."""
    deferred: int
    """Wait for their time."""
    admitted: int
    """On their way to a worker."""
    processing: int
    completed: int
    failed: int
    cancelled: int


class QueueHealth(Model):
    name: str
    priority: int
    waiting: int
    active: int
    completed: int
    failed: int
    total: int
    workers: int
    """Live workers that serve it."""
    failed_percent: float


class QueueLimits(Model):
    priority: int | None
    concurrency: int | None


class Queue(Model):
    """A queue with its effective limits."""

    name: str
    route: str
    """Which workers serve it."""
    priority: int
    concurrency: int
    """Jobs that may run at once; for limits per worker, on all live workers together."""
    per_worker: Annotated[bool, Field(alias="perWorker")]
    defaults: QueueLimits
    overrides: QueueLimits
    """Null where the default holds."""
    paused: bool
    paused_at: Annotated[datetime | None, Field(alias="pausedAt")]
    paused_until: Annotated[datetime | None, Field(alias="pausedUntil")]
    workers: int
    """Live workers on the route."""
    slots: int
    """Their slots together."""
    counts: QueueCounts
    """Finished jobs are those of the last `finishedWithinSeconds`."""
    finished_within_seconds: Annotated[int, Field(alias="finishedWithinSeconds")]
    oldest_ready_seconds: Annotated[float | None, Field(alias="oldestReadySeconds")]
    rate_per_minute: Annotated[float, Field(alias="ratePerMinute")]
    """Jobs finished."""


class QueuesHealth(Model):
    status: Literal["healthy", "unhealthy"]
    without_workers: list[str]
    """Queues with waiting jobs and no worker."""
    queues: list[QueueHealth]


class Reasons(Model):
    """Why something is not available, and what to do; null for what is available or not known."""

    postgres: str | None
    disk: str | None
    redis: str | None
    worker: str | None
    uploads: str | None


class RedisHealth(Model):
    status: Literal["healthy", "unhealthy"]
    url: str | None
    """Without anything secret; null for users who are no administrators."""
    connected: bool
    state: Literal["ready", "reconnecting"]


class ReferenceBounds(Model):
    """The rectangle around the houses of a source, in degrees (WGS 84)."""

    south: Annotated[float, Field(ge=-90.0, le=90.0)]
    west: Annotated[float, Field(ge=-180.0, le=180.0)]
    north: Annotated[float, Field(ge=-90.0, le=90.0)]
    east: Annotated[float, Field(ge=-180.0, le=180.0)]


class ReferenceSource(Model):
    """Reference data from one file."""

    id: UUID
    name: str
    """Data of the same name replace it."""
    kind: Literal["points", "parcels", "confirmed"]
    """`confirmed` are the households that a person placed."""
    country: str
    """ISO 3166-1 alpha-2."""
    area: str | None
    """The county, city or state that it is about, such as `us-nc-durham`; null if it was not found."""
    rows: int
    """Houses with coordinates."""
    dated: date | None
    """The day of the data; null if the sender did not say."""
    imported_at: Annotated[datetime, Field(alias="importedAt")]
    licence: str | None
    attribution: str | None
    shared: bool
    """Whether it answers the questions of all users."""
    is_mine: Annotated[bool, Field(alias="isMine")]
    bounds: ReferenceBounds | None
    coverage: dict[str, int]
    """How many houses it has in each postcode; those without one are under the empty name."""


class RejectedValue(Model):
    """What is wrong with a company of a list or file."""

    index: int | None = None
    """In a list, from 0."""
    line: int | None = None
    """In a file, from 1."""
    field: str
    message: str


class Released(Model):
    released: int
    """Jobs taken back from lost workers."""
    undelivered: int
    """Jobs that had been sent to a worker and never arrived."""


class ReplayRequest(Model):
    """Which failed deliveries to send again: all of them without a body."""

    model_config = ConfigDict(
        extra="forbid",
    )
    since: datetime | None = None
    """Only deliveries created at this time or later."""


class Replayed(Model):
    replayed: int
    has_more: Annotated[bool, Field(alias="hasMore")]
    """Whether more deliveries have failed than one request sends again."""


class ReportConfidence(Model):
    """How the confidence in a report is computed."""

    score: Annotated[float | None, Field(ge=0.0, le=1.0)] = None
    """Missing until the report is finished, as are the formula and the weights."""
    formula: str | None = None
    weights: dict[str, Any] | None = None
    """By section."""
    sections: dict[str, dict[str, float]]
    """The score of each written section and its factors."""


class ReportUsage(Model):
    """The use of language models for a report."""

    calls: int
    lost_calls: Annotated[int, Field(alias="lostCalls")]
    """Calls that never finished; each counts with the cost that was reserved for it."""
    prompt_tokens: Annotated[int, Field(alias="promptTokens")]
    completion_tokens: Annotated[int, Field(alias="completionTokens")]
    cached_tokens: Annotated[int, Field(alias="cachedTokens")]
    reasoning_tokens: Annotated[int, Field(alias="reasoningTokens")]
    cost_usd: Annotated[float | None, Field(alias="costUsd")]
    """Null if it is not known."""
    cost_sources: Annotated[list[str], Field(alias="costSources")]


class ReportedCompany(Model):
    """The company as it was when the report was created."""

    id: UUID
    external_id: Annotated[str | None, Field(alias="externalId")]
    name: str
    website: str | None
    registry_number: Annotated[str | None, Field(alias="registryNumber")]
    place_id: Annotated[str | None, Field(alias="placeId")]


class ResearchQuota(Model):
    """The user's researches of this month (UTC)."""

    used: int
    limit: int
    remaining: int


class ResearchRequest(Model):
    """The company to research."""

    model_config = ConfigDict(
        extra="forbid",
    )
    company_id: Annotated[
        str, Field(alias="companyId", max_length=128, min_length=1, pattern="^[A-Za-z0-9][A-Za-z0-9._:~-]{0,127}$")
    ]
    """The company's id, that of its business, or the client's own id, under which it is created if it is new."""
    company_name: Annotated[str | None, Field(alias="companyName", max_length=300, min_length=1)] = None
    """Set if the company has no name yet."""
    website: Annotated[str | None, Field(max_length=2000)] = None
    """Set if the company has no website yet."""
    force_refresh: Annotated[bool, Field(alias="forceRefresh")] = False
    """Write a new report even if there is a fresh one."""
    model: Literal["first", "fallback"] | None = None
    """Write a new report with this configured model alone. By default, the fallback is asked where the first fails."""
    priority: Annotated[int, Field(ge=1, le=9)] = 5
    """1 runs first."""
    run_at: Annotated[datetime | None, Field(alias="runAt")] = None
    """The job waits until this time; one in the past is now."""


class ResetRequest(Model):
    """The region whose cells to delete."""

    model_config = ConfigDict(
        extra="forbid",
    )
    city_slug: Annotated[str | None, Field(alias="citySlug", max_length=200, min_length=1)] = None
    """The slug of a city, instead of bounds: of one that was loaded, or of one with at least 15,000 people."""
    bounds: BoundsInput | None = None
    """A rectangle, instead of a city."""
    grid_step: Annotated[float, Field(alias="gridStep")] = 0.0025
    """The size of the cells, in degrees: 0.01 is about a kilometre."""


class ReviewDecision(Model):
    model_config = ConfigDict(
        extra="forbid",
    )
    decision: Literal["accept", "pin", "reject"]
    """
    `accept` the place that it has; `pin` it to coordinates or a candidate, which is kept as reference data; `reject`
    the place: the household loses it, and jobs do not store it again.
    """
    latitude: Annotated[float | None, Field(ge=-90.0, le=90.0)] = None
    """Latitude for `pin`, in degrees (WGS 84)."""
    longitude: Annotated[float | None, Field(ge=-180.0, le=180.0)] = None
    candidate: Annotated[int | None, Field(ge=0, le=100)] = None
    """Number of a candidate, from 0: its position is used for `pin`, instead of coordinates."""


class RowError(Model):
    """What is wrong with a row of a CSV file."""

    line: int
    """The line of the file, from 1."""
    field: str
    """Empty if the row as a whole cannot be read."""
    error: str


class ScheduleChange(Model):
    """Fields that are given are changed; null counts as not given."""

    model_config = ConfigDict(
        extra="forbid",
    )
    name: Annotated[str | None, Field(max_length=200, min_length=1)] = None
    cron: Annotated[str | None, Field(max_length=200)] = None
    timezone: str | None = None
    type: str | None = None
    data: dict[str, Any] | None = None
    priority: Annotated[int | None, Field(ge=1, le=9)] = None
    missed: Literal["skip", "last", "all"] | None = None
    overlap: Literal["skip", "allow"] | None = None
    enabled: bool | None = None


class Schedule(Model):
    """Creates jobs at the times of a cron expression."""

    id: UUID
    name: str
    cron: str
    timezone: str
    type: str
    data: dict[str, Any]
    """The arguments of its jobs."""
    priority: int
    missed: Literal["skip", "last", "all"]
    """What happens to times that passed while nothing ran."""
    overlap: Literal["skip", "allow"]
    """What happens while its last job is still active."""
    enabled: bool
    error: str | None
    """Why it was disabled."""
    next_runs: Annotated[list[datetime], Field(alias="nextRuns")]
    """The next five times."""
    next_at: Annotated[datetime | None, Field(alias="nextAt")]
    last_at: Annotated[datetime | None, Field(alias="lastAt")]
    last_job_id: Annotated[UUID | None, Field(alias="lastJobId")]
    created_by: Annotated[JobOwner, Field(alias="createdBy")]
    created_at: Annotated[datetime, Field(alias="createdAt")]
    updated_at: Annotated[datetime, Field(alias="updatedAt")]


class SchedulePage(Model):
    total: int
    """How many there are on all pages."""
    limit: int
    offset: int
    total_is_estimate: Annotated[bool, Field(alias="totalIsEstimate")]
    """Whether `total` is an estimate, because counting would take too long."""
    next_cursor: Annotated[str | None, Field(alias="nextCursor")]
    """The `cursor` of the next page; null on the last one."""
    schedules: list[Schedule]


class ScoringCreated(Model):
    job_id: Annotated[UUID | None, Field(alias="jobId")]
    """Null if that job belongs to another user."""
    is_new: Annotated[bool, Field(alias="isNew")]
    status: str
    """The status of the job, or `already in progress` if it belongs to another user."""
    success: Literal[True] = True
    poll_interval_ms: Annotated[int, Field(ge=0)]
    company_ids: Annotated[list[UUID], Field(alias="companyIds")]
    """The companies that the job scores."""
    estimated_seconds: Annotated[int, Field(alias="estimatedSeconds")]
    """How long until it has probably finished."""


class ScoringRequest(Model):
    """Companies to score."""

    model_config = ConfigDict(
        extra="forbid",
    )
    companies: Annotated[list[CompanyRef | Companies], Field(max_length=1000, min_length=1)]
    """Ids, or objects that also describe companies that are new."""
    priority: Annotated[int, Field(ge=1, le=9)] = 5
    """The priority of the jobs, from 1 (first) to 9."""
    run_at: Annotated[datetime | None, Field(alias="runAt")] = None
    """The job waits until this time; one in the past is now."""
    ai: bool = False
    """Ask a language model for its opinion as well."""


class SearchRequest(Model):
    """What to search for, and where."""

    model_config = ConfigDict(
        extra="forbid",
    )
    query: Annotated[str, Field(max_length=200, min_length=2)]
    """A type of business (`bakery`), a name, or free text for providers that support it (`plumbers in Boston`)."""
    latitude: Annotated[float | None, Field(ge=-90.0, le=90.0)] = None
    """Degrees (WGS 84). Some providers need a point."""
    longitude: Annotated[float | None, Field(ge=-180.0, le=180.0)] = None
    radius: Annotated[float, Field(gt=0.0, le=50000.0)] = 5000
    """Metres."""
    max_results: Annotated[int, Field(alias="maxResults", ge=1, le=60)] = 20
    provider: str | None = None
    """Ask only this provider; without it, the next one is asked if one does not respond."""
    country: Annotated[str | None, Field(pattern="^[A-Za-z]{2}$")] = None
    """ISO 3166-1 alpha-2; the installation's country if not given."""
    priority: Annotated[int, Field(ge=1, le=9)] = 5
    """The priority of the jobs, from 1 (first) to 9."""
    run_at: Annotated[datetime | None, Field(alias="runAt")] = None
    """The job waits until this time; one in the past is now."""


class Section(Model):
    """A section, written or not."""

    key: str
    title: str
    status: Literal["complete", "not_found", "pending"]
    """`pending` until it is written."""
    text: str
    """The claims, each with the ids of its sources."""
    claims: list[Claim]
    dropped: dict[str, int]
    """Number of claims that were dropped, by reason."""
    model: str | None
    """The language model that wrote it, or `extractive`."""
    note: str | None
    confidence: dict[str, float]
    """The score and its factors, each 0 to 1; empty until it is written."""


class SheetFormat(RootModel[Literal["csv", "xlsx"]]):
    root: Literal["csv", "xlsx"]


class SignalEvidence(Model):
    quote: str
    """Verbatim from the text of the source."""
    url: str
    sha256: str
    """The SHA-256 of the text, in hex."""


class Signal(Model):
    """An event in the life of a company that makes it a better or worse lead."""

    id: UUID
    company_id: Annotated[UUID, Field(alias="companyId")]
    type: Literal["hiring", "funding", "leadership", "expansion", "technology", "site_change"]
    title: str
    evidence: SignalEvidence
    occurred_on: Annotated[date | None, Field(alias="occurredOn")]
    """Null if the source does not say."""
    detected_at: Annotated[datetime, Field(alias="detectedAt")]
    strength: Annotated[float, Field(ge=0.0, le=1.0)]


class SignalPage(Model):
    total: int
    """How many there are on all pages."""
    limit: int
    offset: int
    total_is_estimate: Annotated[bool, Field(alias="totalIsEstimate")]
    """Whether `total` is an estimate, because counting would take too long."""
    next_cursor: Annotated[str | None, Field(alias="nextCursor")]
    """The `cursor` of the next page; null on the last one."""
    signals: list[Signal]


class SocialContact(Model):
    model_config = ConfigDict(
        extra="allow",
    )
    confidence: Annotated[float, Field(ge=0.0, le=1.0)]
    evidence: list[Evidence]
    first_seen_at: Annotated[datetime, Field(alias="firstSeenAt")]
    seen_at: Annotated[datetime, Field(alias="seenAt")]
    url: str


class Source(Model):
    """A source without its text."""

    id: str
    """`S1`, `S2` …"""
    url: str
    title: str
    kind: Literal["registry", "website", "places", "news", "web"]
    """Where a source is from."""
    fetched_at: Annotated[datetime, Field(alias="fetchedAt")]
    published_on: Annotated[date | None, Field(alias="publishedOn")]
    sha256: str
    """The SHA-256 of the stored text, in hex."""
    cited: bool
    """Whether a claim quotes it."""


class SourcedValue(Model):
    """A value, and where it is from."""

    value: Any
    source: str
    """`companies_house`, `google_places` or `website`."""
    url: str | None
    fetched_at: Annotated[datetime, Field(alias="fetchedAt")]


class SubmittedBusiness(Model):
    """A business of the request, as it was saved."""

    id: UUID
    is_new: Annotated[bool, Field(alias="isNew")]
    excluded: bool
    """Whether an exclusion applies to it, so that it gets no jobs."""
    jobs: list[BusinessJob]
    """Jobs that visit its website, if it is new or changed."""


class SubmittedList(Model):
    """The result of sending a list of businesses."""

    businesses: list[SubmittedBusiness]
    """In the order of the request."""
    total: int
    jobs: int
    """Number of jobs, new and active ones."""


class SuggestedMapping(Model):
    """A saved mapping whose file had the same columns. Send it with `mapping=@name`."""

    name: str
    mapping: dict[str, Any]
    date_order: Annotated[Literal["mdy", "dmy", "ymd"] | None, Field(alias="dateOrder")]


class TableFormat(RootModel[Literal["csv", "xlsx", "geojson", "geojsonl", "gpkg", "kml"]]):
    root: Literal["csv", "xlsx", "geojson", "geojsonl", "gpkg", "kml"]


class TeamChange(Model):
    """Fields that are given replace the stored ones; a channel that stays keeps its secret."""

    model_config = ConfigDict(
        extra="forbid",
    )
    name: Annotated[str | None, Field(max_length=200, min_length=1)] = None
    members: Annotated[list[UUID] | None, Field(max_length=1000)] = None
    channels: Annotated[list[Channel] | None, Field(max_length=50)] = None


class TeamChannel(Model):
    id: UUID
    kind: Literal["webhook", "email"]
    target: str
    signals: list[Literal["hiring", "funding", "leadership", "expansion", "technology", "site_change"]] | None
    """Null for all kinds."""
    secret: str | None = None
    """For the signatures of a webhook. Only in the response to the request that added the channel."""


class TeamMember(Model):
    id: UUID
    email: str
    name: str


class Team(Model):
    """A team, and where it is notified of signals."""

    id: UUID
    name: str
    members: list[TeamMember]
    channels: list[TeamChannel]
    created_at: Annotated[datetime, Field(alias="createdAt")]


class TeamPage(Model):
    total: int
    """How many there are on all pages."""
    limit: int
    offset: int
    total_is_estimate: Annotated[bool, Field(alias="totalIsEstimate")]
    """Whether `total` is an estimate, because counting would take too long."""
    next_cursor: Annotated[str | None, Field(alias="nextCursor")]
    """The `cursor` of the next page; null on the last one."""
    teams: list[Team]


class TimelineWorker(Model):
    id: UUID
    hostname: str | None


class UploadPart(Model):
    """A sheet of a spreadsheet, or a layer of map data."""

    name: str
    rows: int | None
    """Null if it was not counted."""


class UsedFact(Model):
    """A fact that a part of a score is computed from."""

    name: str
    """The name of the field, or the kind of the signal."""
    value: str
    source: str | None
    """A URL, or the name of a source; `client` for what the client gave."""
    on: date | None
    """When it was read, or when the signal occurred."""
    age_days: Annotated[int | None, Field(alias="ageDays")]
    """Its age when the score was computed."""


class UserChange(Model):
    """What to change of a user: at least one field."""

    model_config = ConfigDict(
        extra="forbid",
    )
    name: Annotated[str | None, Field(max_length=200, min_length=1)] = None
    role: Literal["admin", "user"] | None = None
    disabled: bool | None = None
    """Whether their keys and sessions are refused."""


class User(Model):
    """A user."""

    id: UUID
    email: str
    name: str
    role: Literal["admin", "user"]
    disabled: bool
    created_at: Annotated[datetime, Field(alias="createdAt")]


class UserPage(Model):
    total: int
    """How many there are on all pages."""
    limit: int
    offset: int
    total_is_estimate: Annotated[bool, Field(alias="totalIsEstimate")]
    """Whether `total` is an estimate, because counting would take too long."""
    next_cursor: Annotated[str | None, Field(alias="nextCursor")]
    """The `cursor` of the next page; null on the last one."""
    users: list[User]


class ValidationJob(Model):
    job_id: Annotated[UUID | None, Field(alias="jobId")]
    """Null if that job belongs to another user."""
    type: Literal["website_validation", "email_scraping", "social_scraping"]
    is_new: Annotated[bool, Field(alias="isNew")]
    business_id: Annotated[UUID, Field(alias="businessId")]


class ValidationRequest(Model):
    """Businesses whose websites are to be visited: give either `businessIds` or `all`."""

    model_config = ConfigDict(
        extra="forbid",
    )
    business_ids: Annotated[list[UUID] | None, Field(alias="businessIds", max_length=2000, min_length=1)] = None
    all: bool = False
    """All businesses that have a website and are not excluded, 2,000 per request."""
    after: UUID | None = None
    """With `all`: continue behind this business, the `next` of the response before."""
    job_types: Annotated[
        list[Literal["website_validation", "email_scraping", "social_scraping"]] | None,
        Field(alias="jobTypes", min_length=1),
    ] = None
    """All kinds if not given."""
    priority: Annotated[int, Field(ge=1, le=9)] = 5
    """The priority of the jobs, from 1 (first) to 9."""
    run_at: Annotated[datetime | None, Field(alias="runAt")] = None
    """The job waits until this time; one in the past is now."""


class ValidationsCreated(Model):
    success: Literal[True] = True
    businesses: int
    """Number of businesses."""
    jobs: list[ValidationJob]
    """New ones, or the active ones of the same business and kind."""
    total: int
    """Number of jobs."""
    next: UUID | None
    """With `all`, the `after` of the following request; null if there are no more businesses."""
    poll_interval_ms: Annotated[int, Field(ge=0)]


class Webhook(Model):
    """A webhook."""

    id: UUID
    url: str
    job_id: Annotated[UUID | None, Field(alias="jobId")]
    job_types: Annotated[list[str] | None, Field(alias="jobTypes")]
    """Null for all types."""
    disabled_reason: Annotated[str | None, Field(alias="disabledReason")]
    """Why nothing is delivered any more; null while it is enabled."""
    created_at: Annotated[datetime, Field(alias="createdAt")]
    secret: str | None = None
    """For the signatures of its deliveries. Only in the response that creates the webhook."""


class WebhookRequest(Model):
    """A webhook to register: for all your jobs, for those of some types, or for one job."""

    model_config = ConfigDict(
        extra="forbid",
    )
    url: Annotated[str, Field(max_length=2083, min_length=1)]
    """Called when a job finishes (standardwebhooks.com)."""
    job_types: Annotated[list[str] | None, Field(alias="jobTypes", min_length=1)] = None
    """Kinds or their aliases; all kinds if not given."""
    job_id: Annotated[UUID | None, Field(alias="jobId")] = None


class Worker(Model):
    """A worker process."""

    id: UUID
    hostname: str
    pid: int
    route: str
    """It serves the queues with this route."""
    slots: int
    """Jobs that it can run at once."""
    running: int
    version: str
    started_at: Annotated[datetime, Field(alias="startedAt")]
    beat_at: Annotated[datetime, Field(alias="beatAt")]
    """Its last heartbeat."""
    loop_lag_ms: Annotated[float, Field(alias="loopLagMs")]
    """By how many milliseconds its event loop was late at most since the heartbeat before."""
    stopping: bool
    alive: bool


class DetectionArgs(Model):
    """Look for signals of a company, such as funding or hiring, store each once, and notify teams."""

    model_config = ConfigDict(
        extra="forbid",
    )
    company_id: Annotated[UUID, Field(alias="companyId")]
    """The id of a company."""


class EmailScrapingArgs(Model):
    """Find e-mail addresses and telephone numbers on the pages of a business's website, each with its evidence."""

    model_config = ConfigDict(
        extra="forbid",
    )
    business_id: Annotated[UUID, Field(alias="businessId")]
    """A business that has a website and is not excluded."""


class EnrichmentArgs(Model):
    """
    Look up facts about a company in a register, a directory of places and its own website, and store their sources.

    A source that fails does not affect the others.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    company_id: Annotated[UUID, Field(alias="companyId")]
    """The id of a company."""
    sources: Annotated[list[Literal["companies_house", "google_places", "website"]] | None, Field(min_length=1)] = None
    """All sources if not given."""


class GeocodeFileArgs(Model):
    """Add coordinates to the addresses in an uploaded CSV file, for download as `/api/v1/jobs/{id}/output.csv`."""

    model_config = ConfigDict(
        extra="forbid",
    )
    provider_id: Annotated[str | None, Field(alias="providerId")] = None
    """The geocoder to ask first, by its name in `GET /api/v1/geocoders`; the only one without `useFallback`."""
    use_fallback: Annotated[bool, Field(alias="useFallback")] = True
    """Ask the other configured geocoders if the first one finds nothing that is accurate enough."""
    timeout: Annotated[float, Field(ge=0.1, le=30.0)] = 5.0
    """Seconds per request to a geocoder."""
    min_accuracy: Annotated[
        Literal["rooftop", "interpolated", "street", "postcode", "place", "region"] | None, Field(alias="minAccuracy")
    ] = None
    """The accuracy that ends the search. Null: a street for an address with a street, any place for others."""
    strict_order: Annotated[bool, Field(alias="strictOrder")] = False
    """Wait for a geocoder that has reached its rate limit instead of asking the next free one."""
    use_cache: Annotated[bool, Field(alias="useCache")] = True
    """Use cached answers. Without it every address is looked up again, and the new answers replace the cached ones."""
    cross_check: Annotated[float, Field(alias="crossCheck", ge=0.0, le=1.0)] = 0.0
    """
    The share of the addresses found, such as 0.02, for which a second geocoder is asked as well. The result says how
    far they agree; the households whose places lie far apart are put up for review.
    """
    country: Annotated[str | None, Field(pattern="^[A-Za-z]{2}$")] = None
    """Country of rows that name none, ISO 3166-1 alpha-2; null for the platform's default."""
    mapping: dict[str, str | Mapping2 | Constant] | None = None
    """
    What holds each field of the address (`address, unit, city, state, zipCode, country, county`, and the parts
    `houseNumber, preDirection, street, streetType, postDirection`), where the usual names of columns do not tell: a
    column, several of which the values are joined by spaces, or a constant, such as
    `{"address": ["HOUSE_NUM", "STREET"], "state": {"constant": "NC"}}`; in requests also `@name` of a saved mapping.
    """
    upload_id: Annotated[UUID, Field(alias="uploadId")]
    """The stored file. Uploads are made by `POST /api/v1/gis/geocode-file`, which also creates the job."""
    file_name: Annotated[str, Field(alias="fileName")] = ""
    """As it was uploaded; the name of the result is made from it."""


class GeocodeHouseholdsArgs(Model):
    """Find the coordinates of the households that match the filters, and store them with the households."""

    model_config = ConfigDict(
        extra="forbid",
    )
    provider_id: Annotated[str | None, Field(alias="providerId")] = None
    """The geocoder to ask first, by its name in `GET /api/v1/geocoders`; the only one without `useFallback`."""
    use_fallback: Annotated[bool, Field(alias="useFallback")] = True
    """Ask the other configured geocoders if the first one finds nothing that is accurate enough."""
    timeout: Annotated[float, Field(ge=0.1, le=30.0)] = 5.0
    """Seconds per request to a geocoder."""
    min_accuracy: Annotated[
        Literal["rooftop", "interpolated", "street", "postcode", "place", "region"] | None, Field(alias="minAccuracy")
    ] = None
    """The accuracy that ends the search. Null: a street for an address with a street, any place for others."""
    strict_order: Annotated[bool, Field(alias="strictOrder")] = False
    """Wait for a geocoder that has reached its rate limit instead of asking the next free one."""
    use_cache: Annotated[bool, Field(alias="useCache")] = True
    """Use cached answers. Without it every address is looked up again, and the new answers replace the cached ones."""
    cross_check: Annotated[float, Field(alias="crossCheck", ge=0.0, le=1.0)] = 0.0
    """
    The share of the addresses found, such as 0.02, for which a second geocoder is asked as well. The result says how
    far they agree; the households whose places lie far apart are put up for review.
    """
    household_ids: Annotated[list[UUID] | None, Field(alias="householdIds", max_length=2000, min_length=1)] = None
    """Only these households, at most 2,000, as far as they match the filters."""
    filters: HouseholdFilters | None = None
    """Which households; requests must have at least one filter, or `householdIds`."""
    limit: Annotated[int | None, Field(gt=0, lt=2147483648)] = None
    """Maximum number of households; null for all that match."""
    skip_geocoded: Annotated[bool, Field(alias="skipGeocoded")] = True
    """
    Leave out households that have coordinates. Coordinates set by hand are kept in any case, unless `householdIds`
    names the household.
    """


class HeatmapComputeArgs(Model):
    """Compute the heat map of a region: for each cell a score from 0 to 100, how well it is supplied with groceries."""

    model_config = ConfigDict(
        extra="forbid",
    )
    city_slug: Annotated[str | None, Field(alias="citySlug", max_length=200, min_length=1)] = None
    """The slug of a city, instead of bounds: of one that was loaded, or of one with at least 15,000 people."""
    bounds: BoundsInput | None = None
    """A rectangle, instead of a city."""
    grid_step: Annotated[float, Field(alias="gridStep")] = 0.0025
    """The size of the cells, in degrees: 0.01 is about a kilometre."""
    force: bool = False
    """Compute the region even if it is up to date."""


class Part(Model):
    """A run of rows of a file that is too long for one job."""

    model_config = ConfigDict(
        extra="forbid",
    )
    number: Annotated[int, Field(ge=1, lt=2147483648)]
    """From 1 to `of`."""
    of: Annotated[int, Field(ge=1, lt=2147483648)]
    """The number of parts."""
    position: dict[str, Any]
    """Where the part begins, and how many rows are `left` in it."""


class PoiImportArgs(Model):
    """Import points of interest from uploaded GeoJSON or CSV; heat maps are computed from them."""

    model_config = ConfigDict(
        extra="forbid",
    )
    dry_run: Annotated[bool, Field(alias="dryRun")] = False
    """Read, check and count the rows without writing anything."""
    max_errors: Annotated[int | None, Field(alias="maxErrors", ge=0, lt=2147483648)] = None
    """Fail as soon as more rows than this are rejected."""
    max_error_rate: Annotated[float | None, Field(alias="maxErrorRate", ge=0.0, le=1.0)] = None
    """Fail as soon as more than this share of at least 1,000 rows (at the end: of all) is rejected; 0.02 means 2 %."""
    source: Annotated[str, Field(max_length=100, pattern="^[^\\x00-\\x1f]*$")] = ""
    """Namespace of the record ids: records of different sources are never merged."""
    max_overwrite_rate: Annotated[float, Field(alias="maxOverwriteRate", ge=0.0, le=1.0)] = 0.05
    """Stop before anything is changed if a larger share of the records of another file would be overwritten."""
    allow_overwrite: Annotated[bool, Field(alias="allowOverwrite")] = False
    """Overwrite records of another file, however many."""
    mapping: dict[str, str | Mapping2 | Constant] | None = None
    """
    What holds each field, where the usual names of columns and properties do not tell: a column, several of which
    the values are joined by spaces, or a constant, such as
    `{"id": "Account No", "address": ["HOUSE_NUM", "STREET"], "state": {"constant": "NC"}}`; in requests also `@name` of
    a saved mapping.
    """
    date_order: Annotated[Literal["mdy", "dmy", "ymd"] | None, Field(alias="dateOrder")] = None
    """
    Order of day, month and year in dates; found from the values if it is not given. Dates with the year first, or
    with the month in letters, are read in any case.
    """
    retire_missing: Annotated[bool, Field(alias="retireMissing")] = False
    """Retire the records of earlier versions of the file that this one no longer has, until a later one has them."""
    max_retire_rate: Annotated[float, Field(alias="maxRetireRate", ge=0.0, le=1.0)] = 0.2
    """Retire nothing and fail if more than this share of the records would be retired: the file may be cut off."""
    upload_id: Annotated[UUID, Field(alias="uploadId")]
    """The stored file. Uploads are made by the routes of imports, which also create the job."""
    file_name: Annotated[str, Field(alias="fileName")] = ""
    """As it was uploaded; shown in the title of the job."""
    source_derived_from: Annotated[str, Field(alias="sourceDerivedFrom", max_length=200)] = ""
    """What the source was derived from, unless the sender named it."""
    place: Annotated[str | None, Field(max_length=200)] = None
    """The county, city or state that the file is about, if it was found."""
    part: Part | None = None
    """The rows of the file that this job imports; null for all of them."""


class ReferenceImportArgs(Model):
    """Import addresses with coordinates, from which the geocoder `local` answers."""

    model_config = ConfigDict(
        extra="forbid",
    )
    dry_run: Annotated[bool, Field(alias="dryRun")] = False
    """Read, check and count the rows without writing anything."""
    max_errors: Annotated[int | None, Field(alias="maxErrors", ge=0, lt=2147483648)] = None
    """Fail as soon as more rows than this are rejected."""
    max_error_rate: Annotated[float | None, Field(alias="maxErrorRate", ge=0.0, le=1.0)] = None
    """Fail as soon as more than this share of at least 1,000 rows (at the end: of all) is rejected; 0.02 means 2 %."""
    source: Annotated[str, Field(max_length=100, pattern="^[^\\x00-\\x1f]*$")] = ""
    """Name of the reference data, which replaces earlier data of this name; by default the name of the file."""
    max_overwrite_rate: Annotated[float, Field(alias="maxOverwriteRate", ge=0.0, le=1.0)] = 0.05
    """Stop before anything is changed if a larger share of the records of another file would be overwritten."""
    allow_overwrite: Annotated[bool, Field(alias="allowOverwrite")] = False
    """Overwrite records of another file, however many."""
    mapping: dict[str, str | Mapping2 | Constant] | None = None
    """
    What holds each field, where the usual names of columns and properties do not tell: a column, several of which
    the values are joined by spaces, or a constant, such as
    `{"id": "Account No", "address": ["HOUSE_NUM", "STREET"], "state": {"constant": "NC"}}`; in requests also `@name` of
    a saved mapping.
    """
    date_order: Annotated[Literal["mdy", "dmy", "ymd"] | None, Field(alias="dateOrder")] = None
    """
    Order of day, month and year in dates; found from the values if it is not given. Dates with the year first, or
    with the month in letters, are read in any case.
    """
    shared: bool | None = None
    """Whether it answers the questions of all users, which only administrators may say; by default, theirs does."""
    country: Annotated[str | None, Field(pattern="^[A-Za-z]{2}$")] = None
    """ISO 3166-1 alpha-2; null for the platform's default."""
    state: Annotated[str, Field(max_length=60, pattern="^[^\\x00-\\x1f]*$")] = ""
    """State of addresses that name none; by default that of the county or city of the file."""
    dated: date | None = None
    """The day of the data."""
    licence: Annotated[str | None, Field(max_length=200, pattern="^[^\\x00-\\x1f]*$")] = None
    attribution: Annotated[str | None, Field(max_length=500, pattern="^[^\\x00-\\x1f]*$")] = None
    """The text that must be shown with the results."""
    upload_id: Annotated[UUID, Field(alias="uploadId")]
    """The stored file. Uploads are made by the routes of imports, which also create the job."""
    file_name: Annotated[str, Field(alias="fileName")] = ""
    """As it was uploaded; shown in the title of the job."""
    source_derived_from: Annotated[str, Field(alias="sourceDerivedFrom", max_length=200)] = ""
    """What the source was derived from, unless the sender named it."""
    place: Annotated[str | None, Field(max_length=200)] = None
    """The county, city or state that the file is about, if it was found."""
    part: Part | None = None
    """The rows of the file that this job imports; null for all of them."""


class ResearchArgs(Model):
    """Write a new report on a company in eight sections, in which every claim quotes a stored source."""

    model_config = ConfigDict(
        extra="forbid",
    )
    company_id: Annotated[UUID, Field(alias="companyId")]
    """The id of a company."""
    model: Literal["first", "fallback"] | None = None
    """Ask this configured model alone. By default, the fallback is asked where the first one fails."""


class RevalidationArgs(Model):
    """Create jobs for the businesses whose websites were not validated lately, and delete stored pages out of date."""

    model_config = ConfigDict(
        extra="forbid",
    )
    stale_after_days: Annotated[float, Field(alias="staleAfterDays", gt=0.0, le=3650.0)] = 30
    """Days since the last validation."""
    job_types: Annotated[
        list[Literal["website_validation", "email_scraping", "social_scraping"]] | None,
        Field(alias="jobTypes", min_length=1),
    ] = None
    """Kinds of jobs to create for each business."""
    priority: Annotated[int, Field(ge=1, le=9)] = 7
    """Priority of the jobs that are created; by default they run after those that people request."""


class ScoringArgs(Model):
    """Score companies as leads, 0 to 100, with the points and the evidence of each feature."""

    model_config = ConfigDict(
        extra="forbid",
    )
    company_ids: Annotated[list[UUID], Field(alias="companyIds", max_length=1000, min_length=1)]
    """The ids of companies, at most 1,000."""
    ai: bool = False
    """Ask a language model for its opinion as well."""


class SocialScrapingArgs(Model):
    """Find the business's own profiles in social networks on the pages of its website, each with its evidence."""

    model_config = ConfigDict(
        extra="forbid",
    )
    business_id: Annotated[UUID, Field(alias="businessId")]
    """A business that has a website and is not excluded."""


class ValidationArgs(Model):
    """Check that the website of a business works: its status, certificate, redirects, and whether it is parked."""

    model_config = ConfigDict(
        extra="forbid",
    )
    business_id: Annotated[UUID, Field(alias="businessId")]
    """A business that has a website and is not excluded."""


class VoterImportArgs(Model):
    """Import voters from an uploaded voter file, and the households at their addresses."""

    model_config = ConfigDict(
        extra="forbid",
    )
    dry_run: Annotated[bool, Field(alias="dryRun")] = False
    """Read, check and count the rows without writing anything."""
    max_errors: Annotated[int | None, Field(alias="maxErrors", ge=0, lt=2147483648)] = None
    """Fail as soon as more rows than this are rejected."""
    max_error_rate: Annotated[float | None, Field(alias="maxErrorRate", ge=0.0, le=1.0)] = None
    """Fail as soon as more than this share of at least 1,000 rows (at the end: of all) is rejected; 0.02 means 2 %."""
    source: Annotated[str, Field(max_length=100, pattern="^[^\\x00-\\x1f]*$")] = ""
    """Namespace of the record ids: records of different sources are never merged."""
    max_overwrite_rate: Annotated[float, Field(alias="maxOverwriteRate", ge=0.0, le=1.0)] = 0.05
    """Stop before anything is changed if a larger share of the records of another file would be overwritten."""
    allow_overwrite: Annotated[bool, Field(alias="allowOverwrite")] = False
    """Overwrite records of another file, however many."""
    mapping: dict[str, str | Mapping2 | Constant] | None = None
    """
    What holds each field, where the usual names of columns and properties do not tell: a column, several of which
    the values are joined by spaces, or a constant, such as
    `{"id": "Account No", "address": ["HOUSE_NUM", "STREET"], "state": {"constant": "NC"}}`; in requests also `@name` of
    a saved mapping.
    """
    date_order: Annotated[Literal["mdy", "dmy", "ymd"] | None, Field(alias="dateOrder")] = None
    """
    Order of day, month and year in dates; found from the values if it is not given. Dates with the year first, or
    with the month in letters, are read in any case.
    """
    retire_missing: Annotated[bool, Field(alias="retireMissing")] = False
    """Retire the records of earlier versions of the file that this one no longer has, until a later one has them."""
    max_retire_rate: Annotated[float, Field(alias="maxRetireRate", ge=0.0, le=1.0)] = 0.2
    """Retire nothing and fail if more than this share of the records would be retired: the file may be cut off."""
    county: Annotated[str, Field(max_length=100, pattern="^[^\\x00-\\x1f]*$")] = ""
    """For files without a county column; part of the source if ids are unique within a county only."""
    geocode_after: Annotated[bool, Field(alias="geocodeAfter")] = False
    """When the import has finished, create a job that geocodes the households without coordinates."""
    upload_id: Annotated[UUID, Field(alias="uploadId")]
    """The stored file. Uploads are made by the routes of imports, which also create the job."""
    file_name: Annotated[str, Field(alias="fileName")] = ""
    """As it was uploaded; shown in the title of the job."""
    source_derived_from: Annotated[str, Field(alias="sourceDerivedFrom", max_length=200)] = ""
    """What the source was derived from, unless the sender named it."""
    place: Annotated[str | None, Field(max_length=200)] = None
    """The county, city or state that the file is about, if it was found."""
    part: Part | None = None
    """The rows of the file that this job imports; null for all of them."""


class CompanyEnrichmentJob(Model):
    """Look up facts about a company in a register, a directory of places and its own website, and store their sources. A source that fails does not affect the others."""

    model_config = ConfigDict(
        extra="forbid",
    )
    type: Literal["company_enrichment"] = "company_enrichment"
    data: EnrichmentArgs | None = None
    priority: Annotated[int, Field(ge=1, le=9)] = 5
    """1 runs first."""
    dedupe_key: Annotated[str | None, Field(alias="dedupeKey", max_length=255, min_length=1)] = None
    """Under which only one of your jobs of this type may be active: another one is not created."""
    run_at: Annotated[datetime | None, Field(alias="runAt")] = None
    """The job waits until this time; one in the past is now."""


class CompanyResearchJob(Model):
    """Write a new report on a company in eight sections, in which every claim quotes a stored source."""

    model_config = ConfigDict(
        extra="forbid",
    )
    type: Literal["company_research"] = "company_research"
    data: ResearchArgs | None = None
    priority: Annotated[int, Field(ge=1, le=9)] = 5
    """1 runs first."""
    dedupe_key: Annotated[str | None, Field(alias="dedupeKey", max_length=255, min_length=1)] = None
    """Under which only one of your jobs of this type may be active: another one is not created."""
    run_at: Annotated[datetime | None, Field(alias="runAt")] = None
    """The job waits until this time; one in the past is now."""


class EmailScrapingJob(Model):
    """Find e-mail addresses and telephone numbers on the pages of a business's website, each with its evidence."""

    model_config = ConfigDict(
        extra="forbid",
    )
    type: Literal["email_scraping"] = "email_scraping"
    data: EmailScrapingArgs | None = None
    priority: Annotated[int, Field(ge=1, le=9)] = 5
    """1 runs first."""
    dedupe_key: Annotated[str | None, Field(alias="dedupeKey", max_length=255, min_length=1)] = None
    """Under which only one of your jobs of this type may be active: another one is not created."""
    run_at: Annotated[datetime | None, Field(alias="runAt")] = None
    """The job waits until this time; one in the past is now."""


class GeocodeFileJob(Model):
    """Add coordinates to the addresses in an uploaded CSV file, for download as `/api/v1/jobs/{id}/output.csv`."""

    model_config = ConfigDict(
        extra="forbid",
    )
    type: Literal["geocode_file"] = "geocode_file"
    data: GeocodeFileArgs | None = None
    priority: Annotated[int, Field(ge=1, le=9)] = 5
    """1 runs first."""
    dedupe_key: Annotated[str | None, Field(alias="dedupeKey", max_length=255, min_length=1)] = None
    """Under which only one of your jobs of this type may be active: another one is not created."""
    run_at: Annotated[datetime | None, Field(alias="runAt")] = None
    """The job waits until this time; one in the past is now."""


class GeocodeHouseholdsJob(Model):
    """Find the coordinates of the households that match the filters, and store them with the households."""

    model_config = ConfigDict(
        extra="forbid",
    )
    type: Literal["geocode_households"] = "geocode_households"
    data: GeocodeHouseholdsArgs | None = None
    priority: Annotated[int, Field(ge=1, le=9)] = 5
    """1 runs first."""
    dedupe_key: Annotated[str | None, Field(alias="dedupeKey", max_length=255, min_length=1)] = None
    """Under which only one of your jobs of this type may be active: another one is not created."""
    run_at: Annotated[datetime | None, Field(alias="runAt")] = None
    """The job waits until this time; one in the past is now."""


class HeatmapComputeJob(Model):
    """Compute the heat map of a region: for each cell a score from 0 to 100, how well it is supplied with groceries."""

    model_config = ConfigDict(
        extra="forbid",
    )
    type: Literal["heatmap_compute"] = "heatmap_compute"
    data: HeatmapComputeArgs | None = None
    priority: Annotated[int, Field(ge=1, le=9)] = 5
    """1 runs first."""
    dedupe_key: Annotated[str | None, Field(alias="dedupeKey", max_length=255, min_length=1)] = None
    """Under which only one of your jobs of this type may be active: another one is not created."""
    run_at: Annotated[datetime | None, Field(alias="runAt")] = None
    """The job waits until this time; one in the past is now."""


class LeadScoringJob(Model):
    """Score companies as leads, 0 to 100, with the points and the evidence of each feature."""

    model_config = ConfigDict(
        extra="forbid",
    )
    type: Literal["lead_scoring"] = "lead_scoring"
    data: ScoringArgs | None = None
    priority: Annotated[int, Field(ge=1, le=9)] = 5
    """1 runs first."""
    dedupe_key: Annotated[str | None, Field(alias="dedupeKey", max_length=255, min_length=1)] = None
    """Under which only one of your jobs of this type may be active: another one is not created."""
    run_at: Annotated[datetime | None, Field(alias="runAt")] = None
    """The job waits until this time; one in the past is now."""


class PoiImportJob(Model):
    """Import points of interest from uploaded GeoJSON or CSV; heat maps are computed from them."""

    model_config = ConfigDict(
        extra="forbid",
    )
    type: Literal["poi_import"] = "poi_import"
    data: PoiImportArgs | None = None
    priority: Annotated[int, Field(ge=1, le=9)] = 5
    """1 runs first."""
    dedupe_key: Annotated[str | None, Field(alias="dedupeKey", max_length=255, min_length=1)] = None
    """Under which only one of your jobs of this type may be active: another one is not created."""
    run_at: Annotated[datetime | None, Field(alias="runAt")] = None
    """The job waits until this time; one in the past is now."""


class ReferenceImportJob(Model):
    """Import addresses with coordinates, from which the geocoder `local` answers."""

    model_config = ConfigDict(
        extra="forbid",
    )
    type: Literal["reference_import"] = "reference_import"
    data: ReferenceImportArgs | None = None
    priority: Annotated[int, Field(ge=1, le=9)] = 5
    """1 runs first."""
    dedupe_key: Annotated[str | None, Field(alias="dedupeKey", max_length=255, min_length=1)] = None
    """Under which only one of your jobs of this type may be active: another one is not created."""
    run_at: Annotated[datetime | None, Field(alias="runAt")] = None
    """The job waits until this time; one in the past is now."""


class SignalDetectionJob(Model):
    """Look for signals of a company, such as funding or hiring, store each once, and notify teams."""

    model_config = ConfigDict(
        extra="forbid",
    )
    type: Literal["signal_detection"] = "signal_detection"
    data: DetectionArgs | None = None
    priority: Annotated[int, Field(ge=1, le=9)] = 5
    """1 runs first."""
    dedupe_key: Annotated[str | None, Field(alias="dedupeKey", max_length=255, min_length=1)] = None
    """Under which only one of your jobs of this type may be active: another one is not created."""
    run_at: Annotated[datetime | None, Field(alias="runAt")] = None
    """The job waits until this time; one in the past is now."""


class SocialScrapingJob(Model):
    """Find the business's own profiles in social networks on the pages of its website, each with its evidence."""

    model_config = ConfigDict(
        extra="forbid",
    )
    type: Literal["social_scraping"] = "social_scraping"
    data: SocialScrapingArgs | None = None
    priority: Annotated[int, Field(ge=1, le=9)] = 5
    """1 runs first."""
    dedupe_key: Annotated[str | None, Field(alias="dedupeKey", max_length=255, min_length=1)] = None
    """Under which only one of your jobs of this type may be active: another one is not created."""
    run_at: Annotated[datetime | None, Field(alias="runAt")] = None
    """The job waits until this time; one in the past is now."""


class VoterImportJob(Model):
    """Import voters from an uploaded voter file, and the households at their addresses."""

    model_config = ConfigDict(
        extra="forbid",
    )
    type: Literal["voter_import"] = "voter_import"
    data: VoterImportArgs | None = None
    priority: Annotated[int, Field(ge=1, le=9)] = 5
    """1 runs first."""
    dedupe_key: Annotated[str | None, Field(alias="dedupeKey", max_length=255, min_length=1)] = None
    """Under which only one of your jobs of this type may be active: another one is not created."""
    run_at: Annotated[datetime | None, Field(alias="runAt")] = None
    """The job waits until this time; one in the past is now."""


class WebsiteRevalidationJob(Model):
    """Create jobs for the businesses whose websites were not validated lately, and delete stored pages out of date."""

    model_config = ConfigDict(
        extra="forbid",
    )
    type: Literal["website_revalidation"] = "website_revalidation"
    data: RevalidationArgs | None = None
    priority: Annotated[int, Field(ge=1, le=9)] = 5
    """1 runs first."""
    dedupe_key: Annotated[str | None, Field(alias="dedupeKey", max_length=255, min_length=1)] = None
    """Under which only one of your jobs of this type may be active: another one is not created."""
    run_at: Annotated[datetime | None, Field(alias="runAt")] = None
    """The job waits until this time; one in the past is now."""


class WebsiteValidationJob(Model):
    """Check that the website of a business works: its status, certificate, redirects, and whether it is parked."""

    model_config = ConfigDict(
        extra="forbid",
    )
    type: Literal["website_validation"] = "website_validation"
    data: ValidationArgs | None = None
    priority: Annotated[int, Field(ge=1, le=9)] = 5
    """1 runs first."""
    dedupe_key: Annotated[str | None, Field(alias="dedupeKey", max_length=255, min_length=1)] = None
    """Under which only one of your jobs of this type may be active: another one is not created."""
    run_at: Annotated[datetime | None, Field(alias="runAt")] = None
    """The job waits until this time; one in the past is now."""


class AskedSource(Model):
    """How a kind of source was read."""

    status: str
    """`found`, `nothing`, `off` (not configured), `unavailable`, `failed` or `late`."""
    sources: int
    """How many were found."""
    detail: str | None = None


class CacheHits(Model):
    """How many addresses needed no request to a geocoder."""

    hits: int
    """Answered from the cache."""
    duplicates: int
    """Answered together with the same address in another item."""
    misses: int
    """Asked of a geocoder."""
    hit_rate: Annotated[float, Field(alias="hitRate")]
    """Hits and duplicates among all, 0 to 1."""


class CompanyResearchResult(Model):
    """The result of a `company_research` job. The report is at `/api/v1/reports/{id}`."""

    report_id: UUID
    status: Literal["writing", "complete", "partial", "failed"]
    """The status of a report."""
    sections_complete: int
    """Sections that are written, including those for which nothing was found."""
    sections_found: int
    total_sources: int
    confidence_score: float
    """0 to 1."""
    dropped_claims: int
    """Claims left out because no source supports them."""
    model: str
    problems: list[str]
    """Which sources could not be read, and why."""


class CrossCheck(Model):
    """How far a second geocoder, asked for a sample, agreed."""

    share: float
    """As it was asked for."""
    asked: int
    """Addresses of the sample."""
    compared: int
    """Those that the second geocoder found at street level or better."""
    within100m: int
    beyond1km: int
    not_found: Annotated[int, Field(alias="notFound")]
    """Those that it did not find, or not as exactly."""
    by_provider: Annotated[dict[str, int], Field(alias="byProvider")]
    """Second geocoder to the number of addresses that it was asked for. Empty if there is no second geocoder."""


class EmailScrapingResult(Model):
    """The result of an `email_scraping` job. The contacts are stored with the business."""

    pages: int
    pages_read: Annotated[list[str], Field(alias="pagesRead")]
    """Their addresses."""
    emails: int
    phones: int


class EnrichedSource(Model):
    """What a source said about a company."""

    status: str
    """`found`, `nothing`, `uncertain`, `off` (not configured) or `failed`."""
    fields: list[str] | None = None
    """The fields that were found."""
    detail: str | None = None


class ExpectedError(Model):
    """How far the coordinates may be off, as the geocoders say or as is usual for the accuracy, in metres."""

    median_metres: Annotated[float, Field(alias="medianMetres")]
    """Half of them are expected to be nearer to the house than this."""
    p90_metres: Annotated[float, Field(alias="p90Metres")]


class GeocoderAgreement(Model):
    """How far several geocoders agreed on the same address."""

    compared: int
    """Addresses that at least two geocoders found at street level or better."""
    within100m: int
    ambiguous: int
    """Addresses whose places lie far apart."""
    ambiguous_items: Annotated[list[str], Field(alias="ambiguousItems")]
    """The ids of some of them."""


class ImportUndoResult(Model):
    """The result of an `import_undo` job."""

    removed: int
    restored: int
    kept: int
    """Records that a later import changed again."""
    households_removed: Annotated[int, Field(alias="householdsRemoved")]
    households_restored: Annotated[int, Field(alias="householdsRestored")]


class KnownDistances(Model):
    """How far the coordinates lie from those that the items had before."""

    compared: int
    within_metres: Annotated[dict[str, int], Field(alias="withinMetres")]
    """Distance in metres to the number of items that lie within it."""


class LeadScoringResult(Model):
    """The result of a `lead_scoring` job."""

    scored: int
    not_found: int
    """Companies that no longer exist."""
    scores: dict[str, float]
    """Company id to score, 0 to 100."""
    note: str | None = None


class OverwrittenRecords(Model):
    """Records of another file that the import overwrites."""

    records: int
    of: int
    """How many records that file brought."""
    file_name: Annotated[str | None, Field(alias="fileName")] = None
    imported_at: Annotated[datetime | None, Field(alias="importedAt")] = None
    stops: str | None = None
    """Why the import would be refused, if this is a dry run."""


class ParcelReferenceResult(Model):
    """The result of a `parcel_reference` job."""

    parcels: int
    houses: int
    """Parcels that have a house number."""


class ReferenceCleanupResult(Model):
    """The result of a `reference_cleanup` job."""

    streets: int
    """How many were deleted."""


class RegionBounds(Model):
    """A rectangle, in degrees."""

    south: float
    west: float
    north: float
    east: float


class ReportedColumn(Model):
    """A column of a file and what its values were taken for, as results have it: see `ColumnUse.to_json`."""

    column: str
    fields: list[str]
    """None if the column is not used."""
    rule: str | None
    """Why it was taken for them."""
    kept: bool
    """Whether the values of a column that is not used stay with the record."""
    looks_like: Annotated[str | None, Field(alias="looksLike")]
    """What the values look like although the column is not used."""
    note: str | None


class RowProblemSample(Model):
    """A row that has a problem."""

    message: str
    """Continues "the column …" or "the row …"."""
    line: int
    record_id: Annotated[str | None, Field(alias="recordId")]
    column: str | None
    """Null for the whole row."""
    code: str
    value: str | None
    """Masked."""
    rejected: bool
    """Whether the row was left out."""


class SignalNotificationResult(Model):
    """The result of a `signal_notification` job."""

    sent: bool
    reason: str | None = None
    """Why nothing was sent."""
    channel: str | None = None
    """`email`, `slack` or another kind of channel."""
    target: str | None = None
    """The address of the channel."""


class SignalQuote(Model):
    """Where a signal was found."""

    quote: str
    url: str
    sha256: str
    """Of the text of the page."""


class SocialScrapingResult(Model):
    """The result of a `social_scraping` job. The profiles are stored with the business."""

    pages: int
    pages_read: Annotated[list[str], Field(alias="pagesRead")]
    """Their addresses."""
    socials: int


class UnjudgedPage(Model):
    """A page in which no signals were looked for, because of its language."""

    url: str
    language: str
    """ISO 639-1 code."""


class WebhookDeliveryResult(Model):
    """The response of a webhook's endpoint."""

    status: int
    """The HTTP status."""
    message_id: Annotated[str, Field(alias="messageId")]
    """The `webhook-id` header of the message."""


class WebsiteRevalidationResult(Model):
    """The result of a `website_revalidation` job."""

    businesses: int
    """Businesses whose last validation was too old."""
    jobs: int
    """Jobs that were created for them."""


class WebsiteValidationResult(Model):
    """The result of a `website_validation` job."""

    website_status: Annotated[
        Literal[
            "ok",
            "redirected_offsite",
            "parked",
            "taken_over",
            "tls_error",
            "dns_error",
            "timeout",
            "blocked",
            "not_html",
            "robots_denied",
            "private_address",
            "gone",
            "server_error",
        ],
        Field(alias="websiteStatus"),
    ]
    """
    The state of a website, or the outcome of fetching one page of it.

    A fetch returns any of these but PARKED, REDIRECTED_OFFSITE and TAKEN_OVER, which a validation derives from the
    page.
    """
    final_url: Annotated[str | None, Field(alias="finalUrl")]
    """The address after all redirects."""
    http_status: Annotated[int | None, Field(alias="httpStatus")]
    detail: str | None
    """Why the website has this status."""
    title: str | None
    language: str | None
    needs_scripts: Annotated[bool, Field(alias="needsScripts")]
    """Whether the page has little text without its scripts."""
    response_ms: Annotated[int | None, Field(alias="responseMs")]
    redirects: list[str]
    certificate_expires_at: Annotated[datetime | None, Field(alias="certificateExpiresAt")]
    truncated: bool
    """Whether only the beginning of the page was read."""
    fetched_at: Annotated[datetime, Field(alias="fetchedAt")]


class AddressEvidence(Model):
    """What an answer from reference data rests on."""

    basis: Literal["point", "parcel", "neighbours", "range", "street"]
    """A known point, a parcel, known houses beside it, or only a house of the street."""
    source: str
    """Name of the reference data."""
    source_date: Annotated[str, Field(alias="sourceDate")]
    """The day of the data, or else of their import (ISO 8601)."""
    matched: list[str]
    """Parts of the address that are the same: `house_number, street, city, state, postcode`."""
    differs: list[str]
    """
    Parts that are missing or different: `house_number, direction` (or the suffix of the street), `spelling, city,
    postcode`.
    """
    between: list[str]
    """Numbers of the houses from which an interpolated position was computed."""
    expected_error_metres: Annotated[float | None, Field(alias="expectedErrorMetres")]
    """How far the position may be off; null where it is the house itself."""


class AddressResult(Model):
    """The result for an address."""

    address: str | None
    """The address that was looked up, in one line."""
    latitude: Annotated[float | None, Field(ge=-90.0, le=90.0)]
    """In degrees (WGS 84)."""
    longitude: Annotated[float | None, Field(ge=-180.0, le=180.0)]
    confidence: Annotated[float | None, Field(ge=0.0, le=1.0)]
    """How likely it is the right place, on one scale for all geocoders."""
    source: str | None
    """The same as `provider`."""
    accuracy: Literal["rooftop", "interpolated", "street", "postcode", "place", "region"] | None
    """The kind of place to which the coordinates belong, from `rooftop` (the finest) to `region`."""
    provider: str | None
    """The geocoder that found it."""
    matched_address: Annotated[str | None, Field(alias="matchedAddress")]
    """The address as that geocoder writes it."""
    attribution: str | None
    """The text that the geocoder wants shown with the result."""
    raw_score: Annotated[float | None, Field(alias="rawScore")]
    """The geocoder's own measure, whose meaning differs between geocoders."""
    error: str | None
    """Why it was not found, by geocoder."""
    evidence: AddressEvidence | None = None
    """What an answer from reference data rests on."""
    candidates: list[AddressCandidate] | None = None
    """Addresses of the reference data that fit equally well, if there are several: none of them was chosen."""


class AddressResults(Model):
    """The results for a list of addresses."""

    results: list[AddressResult]
    """In the order of the request."""
    total: int
    """The number of addresses."""
    geocoded: int
    """How many were found."""


class BulkFilters(Model):
    model_config = ConfigDict(
        extra="forbid",
    )
    status: Literal["pending", "processing", "completed", "failed", "cancelled"] | None = None
    type: Annotated[str | None, Field(min_length=1)] = None
    """A kind or one of its aliases."""
    queue: Annotated[str | None, Field(min_length=1)] = None
    created_after: Annotated[datetime | None, Field(alias="createdAfter")] = None
    """Inclusive."""
    created_before: Annotated[datetime | None, Field(alias="createdBefore")] = None
    """Exclusive."""
    data_contains: Annotated[dict[str, Any] | None, Field(alias="dataContains")] = None
    """Members that the job's `data` must have with these values; lists and objects in it may hold more."""
    q: Annotated[str | None, Field(max_length=200, min_length=1)] = None
    """
    The beginning of the job's id, or text that occurs in its title, type, `data` or error or in its owner's name or
    e-mail address, ignoring case.
    """
    ids: Annotated[list[UUID] | None, Field(max_length=10000, min_length=1)] = None


class BulkRequest(Model):
    """An action on all jobs that match the filters; at least one filter is needed."""

    model_config = ConfigDict(
        extra="forbid",
    )
    action: Literal["cancel", "retry", "delete"]
    filters: BulkFilters
    from_start: Annotated[bool, Field(alias="fromStart")] = False
    """For retries: discard checkpoints, counters and item errors."""


class Column(Model):
    """A column of the file, or a property of its features, and what it is taken for."""

    column: str
    fields: list[str]
    """The fields whose values it holds, by the names that `mapping` has for them; none if it is not used."""
    rule: Literal["mapped", "name", "content"] | None
    """Why it is taken for them: `mapped` by the request, by its `name`, or by the `content` of its first rows."""
    kept: bool
    """Whether the values of a column that is not used stay with the record."""
    looks_like: Annotated[
        Literal["email", "website", "date", "zipCode", "flag", "state", "phone", "address", "street", "id"] | None,
        Field(alias="looksLike"),
    ]
    """What the values of a column that is not used look like."""
    note: str | None
    """What you should know about it, in a sentence."""


class CompaniesRequest(Model):
    """Companies to work on."""

    model_config = ConfigDict(
        extra="forbid",
    )
    companies: Annotated[list[CompanyRef | Companies], Field(max_length=1000, min_length=1)]
    """Ids, or objects that also describe companies that are new."""
    priority: Annotated[int, Field(ge=1, le=9)] = 5
    """The priority of the jobs, from 1 (first) to 9."""
    run_at: Annotated[datetime | None, Field(alias="runAt")] = None
    """The job waits until this time; one in the past is now."""


class CompanyField(Model):
    """The value of the most trusted source, and those of the others."""

    value: Any
    source: str
    """`companies_house`, `google_places` or `website`."""
    url: str | None
    fetched_at: Annotated[datetime, Field(alias="fetchedAt")]
    others: list[SourcedValue]


class CompanyJobsCreated(Model):
    success: Literal[True] = True
    jobs: list[CreatedCompanyJob]
    """One for each company, in the order of the request."""
    total: int
    estimated_seconds: Annotated[int, Field(alias="estimatedSeconds")]
    """How long until the first job has probably finished."""
    poll_interval_ms: Annotated[int, Field(ge=0)]


class CoveringJob(Model):
    """The job that computes a heat map around the point."""

    job_id: Annotated[UUID | None, Field(alias="jobId")]
    """Null if the job is another user's."""
    status: Literal["pending", "processing", "completed", "failed", "cancelled"]
    is_new: Annotated[bool, Field(alias="isNew")]
    """Whether this request has created it."""
    grid_step: Annotated[float, Field(alias="gridStep")]
    """The size of the cells, in degrees."""


class Delivery(Model):
    """A message to a webhook."""

    id: UUID
    status: Literal["pending", "processing", "completed", "failed", "cancelled"]
    attempt: int
    error: str | None
    job_id: Annotated[str | None, Field(alias="jobId")]
    """The job that it reports."""
    event: str | None
    """Such as `job.completed`."""
    created_at: Annotated[datetime, Field(alias="createdAt")]
    completed_at: Annotated[datetime | None, Field(alias="completedAt")]


class Doubt(Model):
    """A reason for a person to look at a household."""

    reason: Literal["ambiguous", "contradictory", "disagreement", "uncertain", "cluster", "outside"]
    explanation: str
    """In a sentence."""
    at: datetime
    candidates: list[DoubtCandidate] | None = None
    """Addresses that fit an `ambiguous` one, for whoever created the job that found them, and administrators."""
    other_provider: Annotated[str | None, Field(alias="otherProvider")] = None
    """
    Of `disagreement`: the geocoder that found another place. A place of `local` is for whoever created the job, and
    administrators.
    """
    other_latitude: Annotated[float | None, Field(alias="otherLatitude")] = None
    other_longitude: Annotated[float | None, Field(alias="otherLongitude")] = None


class DoubtfulHousehold(Model):
    household: Household
    doubts: list[Doubt]


class EmailContact(Model):
    model_config = ConfigDict(
        extra="allow",
    )
    confidence: Annotated[float, Field(ge=0.0, le=1.0)]
    evidence: list[Evidence]
    first_seen_at: Annotated[datetime, Field(alias="firstSeenAt")]
    seen_at: Annotated[datetime, Field(alias="seenAt")]
    address: str


class GeocodeFileCreated(Model):
    """The job that geocodes a file."""

    success: Literal[True] = True
    job_id: Annotated[UUID, Field(alias="jobId")]
    is_new: Annotated[bool, Field(alias="isNew")]
    """False for the active job with the same file and options."""
    message: str
    estimated_rows: Annotated[int, Field(alias="estimatedRows")]
    """Rows in the file."""
    processing_started: Annotated[bool, Field(alias="processingStarted")]
    """Whether a worker serves the queue."""
    poll_interval_ms: Annotated[int, Field(ge=0)]
    notes: list[str]
    """What was found in the file, in sentences: rows above the header, or the sheet of a spreadsheet."""
    warnings: list[str]
    """What may be wrong with the columns, in sentences: columns that are not used because of what they hold."""
    columns: list[Column]
    """What the columns are taken for."""
    suggested_mapping: Annotated[SuggestedMapping | None, Field(alias="suggestedMapping")]
    """
    Your saved mapping for files with these columns; null without one, and if the request has a mapping. It is not
    applied unless you send the file with it.
    """


class GeocodeHouseholdsRequest(Model):
    """At least one filter, in `filters` or beside it, or ids of households; and options."""

    model_config = ConfigDict(
        extra="forbid",
    )
    city: Annotated[str | None, Field(max_length=100)] = None
    """Its name, in any case."""
    state: Annotated[str | None, Field(max_length=100)] = None
    """A code such as `CA`, or a name such as `California`."""
    zip_code: Annotated[str | None, Field(alias="zipCode", max_length=20)] = None
    """`94520` also matches `94520-1234`."""
    county: Annotated[str | None, Field(max_length=100)] = None
    """Its name, in any case."""
    precinct_number: Annotated[str | None, Field(alias="precinctNumber", max_length=50)] = None
    """Exactly as it was loaded."""
    provider_id: Annotated[str | None, Field(alias="providerId")] = None
    """The geocoder to ask first, by its name in `GET /api/v1/geocoders`; the only one without `useFallback`."""
    use_fallback: Annotated[bool, Field(alias="useFallback")] = True
    """Ask the other configured geocoders if the first one finds nothing that is accurate enough."""
    timeout: Annotated[float, Field(ge=0.1, le=30.0)] = 5.0
    """Seconds per request to a geocoder."""
    min_accuracy: Annotated[
        Literal["rooftop", "interpolated", "street", "postcode", "place", "region"] | None, Field(alias="minAccuracy")
    ] = None
    """The accuracy that ends the search. Null: a street for an address with a street, any place for others."""
    strict_order: Annotated[bool, Field(alias="strictOrder")] = False
    """Wait for a geocoder that has reached its rate limit instead of asking the next free one."""
    use_cache: Annotated[bool, Field(alias="useCache")] = True
    """Use cached answers. Without it every address is looked up again, and the new answers replace the cached ones."""
    cross_check: Annotated[float, Field(alias="crossCheck", ge=0.0, le=1.0)] = 0.0
    """
    The share of the addresses found, such as 0.02, for which a second geocoder is asked as well. The result says how
    far they agree; the households whose places lie far apart are put up for review.
    """
    household_ids: Annotated[list[UUID] | None, Field(alias="householdIds", max_length=2000, min_length=1)] = None
    """Only these households, at most 2,000, as far as they match the filters."""
    filters: HouseholdFilters | None = None
    """Which households; requests must have at least one filter, or `householdIds`."""
    limit: Annotated[int | None, Field(gt=0, lt=2147483648)] = None
    """Maximum number of households; null for all that match."""
    skip_geocoded: Annotated[bool, Field(alias="skipGeocoded")] = True
    """
    Leave out households that have coordinates. Coordinates set by hand are kept in any case, unless `householdIds`
    names the household.
    """
    run_at: Annotated[datetime | None, Field(alias="runAt")] = None
    """The job waits until this time; one in the past is now."""


class GeocoderList(Model):
    """All known geocoders."""

    geocoders: list[Geocoder]
    """Those in use first, in the order in which they are asked."""


class Health(Model):
    redis: RedisHealth
    queues: QueuesHealth
    old_snapshots: Annotated[list[str], Field(alias="oldSnapshots")]
    """
    Who keeps snapshots of the database open for more than two minutes, which slows admission; empty for users who
    are no administrators.
    """


class HeatmapScheduled(Model):
    """The job that computes a region."""

    job_id: Annotated[UUID | None, Field(alias="jobId")]
    """The job that computes the region, or that has computed it; null if the latter is another user's."""
    status: Literal["pending", "processing", "completed", "failed", "cancelled"]
    """The status of that job."""
    is_new: Annotated[bool, Field(alias="isNew")]
    """False if the region is up to date, or an active job computes it."""
    grid_step: Annotated[float, Field(alias="gridStep")]
    """The size of the cells, in degrees."""
    bounds: Bounds
    """The outer edges of the cells."""
    estimated_cells: Annotated[int, Field(alias="estimatedCells")]
    poll_interval_ms: Annotated[int, Field(ge=0)]


class HouseholdsLoaded(Model):
    """The result of loading households."""

    created: int
    updated: int
    """Households with a known id, some of whose fields have changed."""
    unchanged: int
    duplicates: int
    """Lines that were replaced by a later line with the same id."""
    rejected: int
    """Lines with errors, which were not stored."""
    total: int
    """Lines in the request."""
    errors: list[LineError]
    warnings: list[LineError]
    """
    Values that could not be right, such as a state that does not exist: they were left out of lines that were
    stored. Also texts that stand for no value, such as `N/A`, and streets without a house number; `strict` does not
    refuse these two. The first 1,000.
    """
    ignored_fields: Annotated[list[str], Field(alias="ignoredFields")]
    """Names of columns or members that are not known; at most 50."""
    columns: list[Column] | None = None
    """What the columns of a table are taken for."""
    column_warnings: Annotated[list[str] | None, Field(alias="columnWarnings")] = None
    """Which columns of a table are not used because of what they hold, in sentences."""


class ImportCreated(Model):
    """The job, or the jobs, that import a file."""

    success: Literal[True] = True
    job_id: Annotated[UUID, Field(alias="jobId")]
    """The first job, if the file was divided."""
    is_new: Annotated[bool, Field(alias="isNew")]
    """False for the active job with the same file and options."""
    message: str
    estimated_rows: Annotated[int, Field(alias="estimatedRows")]
    """Rows or features in the file."""
    profile: (
        Literal[
            "north_carolina",
            "ohio",
            "florida",
            "california_county",
            "new_york",
            "pennsylvania",
            "united_kingdom",
            "generic",
        ]
        | None
    )
    """The recognised layout of a voter file."""
    format: Literal["delimited", "geojson", "geojson-lines"]
    processing_started: Annotated[bool, Field(alias="processingStarted")]
    """Whether a worker serves the queue."""
    poll_interval_ms: Annotated[int, Field(ge=0)]
    source: str
    """The source that the ids of the records belong to."""
    source_derived_from: Annotated[str | None, Field(alias="sourceDerivedFrom")]
    """What the source was derived from; null if the request named it."""
    notes: list[str]
    """What was found in the file, in sentences: rows above the header, the sheet or layer, transformed coordinates."""
    warnings: list[str]
    """What may be wrong with the columns, in sentences: columns that are not used because of what they hold."""
    columns: list[Column]
    """What the columns of the table, or the properties of the first features, are taken for."""
    suggested_mapping: Annotated[SuggestedMapping | None, Field(alias="suggestedMapping")]
    """
    Your saved mapping for files with these columns; null without one, and if the request has a mapping. It is not
    applied unless you send the file with it.
    """
    jobs: list[PartCreated] | None = None
    """All jobs, if the file was divided."""


class KeyCreated(Model):
    id: UUID
    user_id: Annotated[UUID, Field(alias="userId")]
    name: str
    prefix: str
    """The beginning of the key, by which people recognise it."""
    scopes: list[Literal["read", "write", "admin"]]
    expires_at: Annotated[datetime | None, Field(alias="expiresAt")]
    key: str
    """The key itself, which is shown this once."""


class Key(Model):
    """An API key, without its secret part."""

    id: UUID
    user_id: Annotated[UUID, Field(alias="userId")]
    name: str
    prefix: str
    """The beginning of the key, by which people recognise it."""
    scopes: list[Literal["read", "write", "admin"]]
    expires_at: Annotated[datetime | None, Field(alias="expiresAt")]
    created_at: Annotated[datetime, Field(alias="createdAt")]
    last_used_at: Annotated[datetime | None, Field(alias="lastUsedAt")]
    revoked_at: Annotated[datetime | None, Field(alias="revokedAt")]


class KeyPage(Model):
    total: int
    """How many there are on all pages."""
    limit: int
    offset: int
    total_is_estimate: Annotated[bool, Field(alias="totalIsEstimate")]
    """Whether `total` is an estimate, because counting would take too long."""
    next_cursor: Annotated[str | None, Field(alias="nextCursor")]
    """The `cursor` of the next page; null on the last one."""
    keys: list[Key]


class KindList(Model):
    kinds: list[Kind]
    total: int


class ListedBusiness(Model):
    id: UUID
    source: str
    """Where it comes from: `rest`, `csv`, a provider of places, or the name given to an import."""
    place_id: Annotated[str | None, Field(alias="placeId")]
    """Its id at the provider of places, such as `google:ChIJ…`."""
    external_id: Annotated[str | None, Field(alias="externalId")]
    """The sender's own id."""
    name: str
    website: str | None
    domain: str | None
    """The registered domain of the website."""
    phone: str | None
    category: str | None
    address: str | None
    city: str | None
    state: str | None
    zip_code: Annotated[str | None, Field(alias="zipCode")]
    country: str
    """ISO 3166-1 alpha-2, in lower case."""
    latitude: Annotated[float | None, Field(ge=-90.0, le=90.0)]
    """Degrees (WGS 84)."""
    longitude: Annotated[float | None, Field(ge=-180.0, le=180.0)]
    attribution: str | None
    """What to show with the data, as their provider demands."""
    excluded: bool
    """Whether an exclusion applies to it, so that its website is not visited."""
    website_status: Annotated[
        Literal[
            "ok",
            "redirected_offsite",
            "parked",
            "taken_over",
            "tls_error",
            "dns_error",
            "timeout",
            "blocked",
            "not_html",
            "robots_denied",
            "private_address",
            "gone",
            "server_error",
        ]
        | None,
        Field(alias="websiteStatus"),
    ]
    """Null until its website was validated."""
    website_checked_at: Annotated[datetime | None, Field(alias="websiteCheckedAt")]
    website_evidence: Annotated[dict[str, Any] | None, Field(alias="websiteEvidence")]
    """What the last validation found: `finalUrl`, `httpStatus`, `title`, `redirects`, `responseMs` …"""
    created_at: Annotated[datetime, Field(alias="createdAt")]
    updated_at: Annotated[datetime, Field(alias="updatedAt")]
    found: dict[str, int]
    """Number of contacts by kind; kinds without any are left out."""


class LoadedCompanies(Model):
    """The result of sending a list or a file of companies."""

    created: int
    updated: int
    rejected: int
    """Rows with errors, which are not stored."""
    total: int
    errors: list[RejectedValue]
    """The first 100."""
    companies: list[Company] | None = None
    """The companies of a list, in its order."""
    columns: list[Column] | None = None
    """What the columns of a table are taken for."""


class MappingList(Model):
    mappings: list[MappingModel]
    """Those that were saved last come first."""
    total: int


class NewKey(Model):
    """An API key to create."""

    model_config = ConfigDict(
        extra="forbid",
    )
    name: Annotated[str, Field(max_length=200, min_length=1)]
    user_id: Annotated[UUID | None, Field(alias="userId")] = None
    """The owner; the caller if not given."""
    scopes: Annotated[list[Literal["read", "write", "admin"]] | None, Field(max_length=3, min_length=1)] = None
    """All that the caller's key has and the owner may use if not given."""
    expires_at: Annotated[datetime | None, Field(alias="expiresAt")] = None
    """Never if not given, but not later than the caller's own key."""


class NewSchedule(Model):
    """A schedule to create."""

    model_config = ConfigDict(
        extra="forbid",
    )
    name: Annotated[str, Field(max_length=200, min_length=1)]
    cron: Annotated[str, Field(max_length=200)]
    """Five fields, as cron reads them: minute, hour, day of the month, month, day of the week."""
    timezone: str = "UTC"
    """An IANA time zone."""
    type: str
    """The kind of its jobs, or an alias."""
    data: dict[str, Any] | None = None
    """The kind's arguments."""
    priority: Annotated[int, Field(ge=1, le=9)] = 5
    missed: Literal["skip", "last", "all"] = "last"
    """What happens to times that passed while nothing ran."""
    overlap: Literal["skip", "allow"] = "skip"
    """What happens at a time when its last job is still active."""
    enabled: bool = True


class PointScore(Model):
    """The score of a point."""

    score: Annotated[int, Field(ge=0, le=100)]
    """How well the point is supplied with groceries."""
    method: str
    """The name of the formula."""
    has_heatmap_coverage: Annotated[bool, Field(alias="hasHeatmapCoverage")]
    """Whether a heat cell covers the point."""
    heatmap: CellScore | None
    """Null without coverage."""
    diversity: float | None = None
    """The bonus for several categories. Only with `explain=true`."""
    constants: dict[str, Any] | None = None
    """The constants of the formula. Only with `explain=true`."""
    latitude: float
    longitude: float
    job: CoveringJob | None
    """Null with coverage, and if no heat map is computed."""
    drivers: list[Driver] | None = None
    """Those that count most first. Only with `explain=true`."""


class PreviewColumn(Model):
    """A column of the file, what it is taken for, and some of its values."""

    column: str
    fields: list[str]
    """The fields whose values it holds, by the names that `mapping` has for them; none if it is not used."""
    rule: Literal["mapped", "name", "content"] | None
    """Why it is taken for them: `mapped` by the request, by its `name`, or by the `content` of its first rows."""
    kept: bool
    """Whether the values of a column that is not used stay with the record."""
    looks_like: Annotated[
        Literal["email", "website", "date", "zipCode", "flag", "state", "phone", "address", "street", "id"] | None,
        Field(alias="looksLike"),
    ]
    """What the values of a column that is not used look like."""
    note: str | None
    """What you should know about it, in a sentence."""
    samples: list[str]
    """Up to five values that differ; none of protected people."""


class QueueList(Model):
    queues: list[Queue]
    """The first one has the highest priority."""
    total: int


class Readiness(Model):
    status: Literal["ready", "degraded", "not ready"]
    """`degraded`: jobs are accepted, but some part is missing; `not ready`: they cannot be stored."""
    checks: Checks
    reasons: Reasons


class ReferenceSourceList(Model):
    sources: list[ReferenceSource]
    """By name."""
    total: int


class Region(Model):
    """A region of a heat map, with its latest job."""

    id: UUID
    city_slug: Annotated[str | None, Field(alias="citySlug")]
    """The city for which it was requested; null if it was requested by bounds."""
    grid_step: Annotated[float, Field(alias="gridStep")]
    """The size of its cells, in degrees."""
    bounds: Bounds
    """The outer edges of its cells."""
    cells: int
    """The number of its cells."""
    job_id: Annotated[UUID | None, Field(alias="jobId")]
    """Null if the job is another user's, or deleted."""
    job_status: Annotated[
        Literal["pending", "processing", "completed", "failed", "cancelled"] | None, Field(alias="jobStatus")
    ]
    computed_at: Annotated[datetime | None, Field(alias="computedAt")]
    """Null until all cells are stored."""
    method: str | None
    """The formula of the scores."""
    constants: dict[str, Any] | None
    """The constants of that formula."""
    pois: int | None
    """Points of interest from which it was computed."""
    stale: bool | None = None
    """Whether points of interest have changed since it was computed. Only in lists of regions."""


class RegionPage(Model):
    """A page of the list of regions."""

    total: int
    """How many there are on all pages."""
    limit: int
    offset: int
    total_is_estimate: Annotated[bool, Field(alias="totalIsEstimate")]
    """Whether `total` is an estimate, because counting would take too long."""
    next_cursor: Annotated[str | None, Field(alias="nextCursor")]
    """The `cursor` of the next page; null on the last one."""
    regions: list[Region]
    """The newest first."""


class Report(Model):
    """A report as far as it is written."""

    id: UUID
    company: ReportedCompany
    status: Literal["writing", "complete", "partial", "failed"]
    """The status of a report."""
    problems: list[str]
    """Which sources could not be read, and why. A report with any costs no quota and is not reused."""
    model: str
    """The language model that wrote it, or `extractive` if it holds quotations only."""
    sections: list[Section]
    """All of them, in order."""
    sources: list[Source]
    confidence_score: Annotated[float, Field(alias="confidenceScore", ge=0.0, le=1.0)]
    """0 until the report is finished."""
    confidence: ReportConfidence
    dropped_claims: Annotated[int, Field(alias="droppedClaims")]
    """Claims that their quotations did not support."""
    usage: ReportUsage
    created_at: Annotated[datetime, Field(alias="createdAt")]
    completed_at: Annotated[datetime | None, Field(alias="completedAt")]


class ReportOverview(Model):
    """A report without its sections and sources."""

    id: UUID
    status: Literal["writing", "complete", "partial", "failed"]
    """The status of a report."""
    model: str
    """The language model that wrote it, or `extractive` if it holds quotations only."""
    confidence_score: Annotated[float | None, Field(alias="confidenceScore")]
    """0 to 1; null until the report is finished."""
    dropped_claims: Annotated[int, Field(alias="droppedClaims")]
    """Claims that their quotations did not support."""
    created_at: Annotated[datetime, Field(alias="createdAt")]
    completed_at: Annotated[datetime | None, Field(alias="completedAt")]


class ReportPage(Model):
    total: int
    """How many there are on all pages."""
    limit: int
    offset: int
    total_is_estimate: Annotated[bool, Field(alias="totalIsEstimate")]
    """Whether `total` is an estimate, because counting would take too long."""
    next_cursor: Annotated[str | None, Field(alias="nextCursor")]
    """The `cursor` of the next page; null on the last one."""
    reports: list[ReportOverview]


class ReportReused(Model):
    """A fresh report, which costs none of the quota."""

    success: Literal[True] = True
    job_id: Annotated[UUID | None, Field(alias="jobId")]
    """The job that wrote it; null if it belongs to another user."""
    is_new: Annotated[Literal[False], Field(alias="isNew")] = False
    status: Literal["completed"] = "completed"
    company_id: Annotated[UUID, Field(alias="companyId")]
    report_id: Annotated[UUID, Field(alias="reportId")]
    report_url: Annotated[str, Field(alias="reportUrl")]
    completed_at: Annotated[datetime, Field(alias="completedAt")]
    quota: ResearchQuota


class ResearchCreated(Model):
    """The job that writes the report."""

    job_id: Annotated[UUID | None, Field(alias="jobId")]
    """Null if that job belongs to another user."""
    is_new: Annotated[bool, Field(alias="isNew")]
    status: str
    """The status of the job, or `already in progress` if it belongs to another user."""
    success: Literal[True] = True
    poll_interval_ms: Annotated[int, Field(ge=0)]
    company_id: Annotated[UUID, Field(alias="companyId")]
    estimated_seconds: Annotated[int, Field(alias="estimatedSeconds")]
    """How long until it has probably finished."""
    quota: ResearchQuota


class ReviewPage(Model):
    total: int
    """How many there are on all pages."""
    limit: int
    offset: int
    total_is_estimate: Annotated[bool, Field(alias="totalIsEstimate")]
    """Whether `total` is an estimate, because counting would take too long."""
    next_cursor: Annotated[str | None, Field(alias="nextCursor")]
    """The `cursor` of the next page; null on the last one."""
    households: list[DoubtfulHousehold]
    by_reason: Annotated[dict[str, int], Field(alias="byReason")]
    """Households to be reviewed for each reason, whatever the query asks for."""


class ScoreFeature(Model):
    """A named part of a score."""

    name: str
    weight: float
    value: float | None
    """0 to 1; null if it is not known."""
    points: float
    """From 0 to 100."""
    why: str
    evidence: list[str]
    """URLs, or names of sources."""
    facts: list[UsedFact]
    """What it is computed from; none in scores of earlier versions."""


class Score(Model):
    """A score with its parts."""

    base_score: Annotated[float, Field(alias="baseScore", ge=0.0, le=100.0)]
    """The sum of the points of the features, without those of a model's opinion."""
    completeness: Annotated[float, Field(ge=0.0, le=1.0)]
    """Share of the weights whose features are known."""
    features: list[ScoreFeature]
    score: Annotated[float, Field(ge=0.0, le=100.0)]
    """With the points of the model's opinion."""
    ai: Opinion | None
    """Null if none was asked for."""
    job_id: Annotated[UUID | None, Field(alias="jobId")]
    """Null for jobs of other users."""
    computed_at: Annotated[datetime, Field(alias="computedAt")]


class StoredBusiness(Model):
    """A submitted business as it is stored, and its jobs."""

    id: UUID
    source: str
    """Where it comes from: `rest`, `csv`, a provider of places, or the name given to an import."""
    place_id: Annotated[str | None, Field(alias="placeId")]
    """Its id at the provider of places, such as `google:ChIJ…`."""
    external_id: Annotated[str | None, Field(alias="externalId")]
    """The sender's own id."""
    name: str
    website: str | None
    domain: str | None
    """The registered domain of the website."""
    phone: str | None
    category: str | None
    address: str | None
    city: str | None
    state: str | None
    zip_code: Annotated[str | None, Field(alias="zipCode")]
    country: str
    """ISO 3166-1 alpha-2, in lower case."""
    latitude: Annotated[float | None, Field(ge=-90.0, le=90.0)]
    """Degrees (WGS 84)."""
    longitude: Annotated[float | None, Field(ge=-180.0, le=180.0)]
    attribution: str | None
    """What to show with the data, as their provider demands."""
    excluded: bool
    """Whether an exclusion applies to it, so that its website is not visited."""
    website_status: Annotated[
        Literal[
            "ok",
            "redirected_offsite",
            "parked",
            "taken_over",
            "tls_error",
            "dns_error",
            "timeout",
            "blocked",
            "not_html",
            "robots_denied",
            "private_address",
            "gone",
            "server_error",
        ]
        | None,
        Field(alias="websiteStatus"),
    ]
    """Null until its website was validated."""
    website_checked_at: Annotated[datetime | None, Field(alias="websiteCheckedAt")]
    website_evidence: Annotated[dict[str, Any] | None, Field(alias="websiteEvidence")]
    """What the last validation found: `finalUrl`, `httpStatus`, `title`, `redirects`, `responseMs` …"""
    created_at: Annotated[datetime, Field(alias="createdAt")]
    updated_at: Annotated[datetime, Field(alias="updatedAt")]
    is_new: Annotated[bool, Field(alias="isNew")]
    jobs: list[BusinessJob]


class SubmittedFile(Model):
    """The result of sending a CSV file."""

    created: int
    updated: int
    unchanged: int
    excluded: int
    """Stored ones to which an exclusion applies."""
    duplicates: int
    """Rows of businesses that come again further down; the last one counts."""
    rejected: int
    total: int
    """Number of rows."""
    jobs: int
    errors: list[RowError]
    columns: list[Column]
    """What the columns are taken for."""


class TimelineEvent(Model):
    """Something that happened to a job."""

    at: datetime
    event: str
    attempt: int
    fence: int
    """Grows with each run of the job."""
    worker: TimelineWorker | None
    detail: Any
    """What else is known of it, such as an error."""


class TimelinePage(Model):
    total: int
    """How many there are on all pages."""
    limit: int
    offset: int
    total_is_estimate: Annotated[bool, Field(alias="totalIsEstimate")]
    """Whether `total` is an estimate, because counting would take too long."""
    next_cursor: Annotated[str | None, Field(alias="nextCursor")]
    """The `cursor` of the next page; null on the last one."""
    events: list[TimelineEvent]


class Upload(Model):
    """A file that is kept for a day, so that it can be looked at and imported."""

    id: UUID
    file_name: Annotated[str, Field(alias="fileName")]
    """Empty if it was sent without one."""
    received_bytes: Annotated[int, Field(alias="receivedBytes")]
    size_bytes: Annotated[int, Field(alias="sizeBytes")]
    """Unpacked and converted, as it counts against what you may store."""
    format: Literal["delimited", "geojson", "geojson-lines"] | None
    """How it is read; null if an option is needed first: see `problem`."""
    converted_from: Annotated[str | None, Field(alias="convertedFrom")]
    """The format that it was converted from, such as `spreadsheet`; null for text that is read as it is."""
    packing: str | None
    """`gzip`, `zip` or null."""
    encoding: str
    crs: str | None
    """The coordinate system that you named."""
    parts: list[UploadPart]
    """The sheets or layers that can be chosen."""
    part: str | None
    """The one that is read; `*` for all layers."""
    created_at: Annotated[datetime, Field(alias="createdAt")]
    expires_at: Annotated[datetime, Field(alias="expiresAt")]
    """When it is removed. Jobs that were made from it keep what they need."""


class UploadPage(Model):
    total: int
    """How many there are on all pages."""
    limit: int
    offset: int
    total_is_estimate: Annotated[bool, Field(alias="totalIsEstimate")]
    """Whether `total` is an estimate, because counting would take too long."""
    next_cursor: Annotated[str | None, Field(alias="nextCursor")]
    """The `cursor` of the next page; null on the last one."""
    uploads: list[Upload]


class UploadPreview(Model):
    """What an uploaded file is, and how its first rows would be stored."""

    upload: Upload
    kind: (
        Literal["voters", "parcels", "pois", "businesses", "companies", "households", "geocode-file", "reference"]
        | None
    )
    """What it would be imported as; null if the file cannot be read yet."""
    profile: (
        Literal[
            "north_carolina",
            "ohio",
            "florida",
            "california_county",
            "new_york",
            "pennsylvania",
            "united_kingdom",
            "generic",
        ]
        | None
    )
    """The recognised layout of a voter file."""
    delimiter: str | None
    """Of a table."""
    rows: int | None
    """Rows or features."""
    rows_are_exact: Annotated[bool, Field(alias="rowsAreExact")]
    """False for an estimate from the number of lines."""
    fields: list[str]
    """The fields that `mapping` may name."""
    columns: list[PreviewColumn]
    mapping: dict[str, Any]
    """What holds each field. Send it, or a changed one, as `mapping` with the import."""
    suggested_mapping: Annotated[SuggestedMapping | None, Field(alias="suggestedMapping")]
    """Your saved mapping for files with the same columns."""
    records: list[PreviewRecord]
    """The first 20 rows."""
    notes: list[str]
    """What was found in the file, in sentences."""
    warnings: list[str]
    """What may be wrong with the columns, in sentences."""
    problem: str | None
    """Why the file cannot be imported like this, and what to do; null if it can."""


class Wait(Model):
    """What a pending job waits for."""

    reason: Literal["due_later", "starting", "queue_paused", "limit_zero", "no_worker", "in_line"]
    message: str
    """A sentence for people."""
    position: int | None
    """About its place in line, from 1; null if it is not in line, or far behind."""
    seconds: float | None
    """About how long it will wait; null if that is unknown."""


class WebhookList(Model):
    webhooks: list[Webhook]
    total: int


class WebsiteCheck(Model):
    """One validation of a website."""

    at: datetime
    job_id: Annotated[UUID | None, Field(alias="jobId")]
    """Null for jobs of other users."""
    website_status: Annotated[
        Literal[
            "ok",
            "redirected_offsite",
            "parked",
            "taken_over",
            "tls_error",
            "dns_error",
            "timeout",
            "blocked",
            "not_html",
            "robots_denied",
            "private_address",
            "gone",
            "server_error",
        ],
        Field(alias="websiteStatus"),
    ]
    """
    The state of a website, or the outcome of fetching one page of it.

    A fetch returns any of these but PARKED, REDIRECTED_OFFSITE and TAKEN_OVER, which a validation derives from the
    page.
    """
    evidence: dict[str, Any]


class WorkerList(Model):
    workers: list[Worker]
    total: int


class BusinessImportArgs(Model):
    """Import businesses from an uploaded CSV file, and create the jobs that check their websites."""

    model_config = ConfigDict(
        extra="forbid",
    )
    dry_run: Annotated[bool, Field(alias="dryRun")] = False
    """Read, check and count the rows without writing anything."""
    max_errors: Annotated[int | None, Field(alias="maxErrors", ge=0, lt=2147483648)] = None
    """Fail as soon as more rows than this are rejected."""
    max_error_rate: Annotated[float | None, Field(alias="maxErrorRate", ge=0.0, le=1.0)] = None
    """Fail as soon as more than this share of at least 1,000 rows (at the end: of all) is rejected; 0.02 means 2 %."""
    source: Annotated[str, Field(max_length=100, pattern="^[^\\x00-\\x1f]*$")] = "csv"
    """External ids of a named source are its own; those of `csv` are those of the REST interface."""
    max_overwrite_rate: Annotated[float, Field(alias="maxOverwriteRate", ge=0.0, le=1.0)] = 0.05
    """Stop before anything is changed if a larger share of the records of another file would be overwritten."""
    allow_overwrite: Annotated[bool, Field(alias="allowOverwrite")] = False
    """Overwrite records of another file, however many."""
    mapping: dict[str, str | Mapping2 | Constant] | None = None
    """
    What holds each field, where the usual names of columns and properties do not tell: a column, several of which
    the values are joined by spaces, or a constant, such as
    `{"id": "Account No", "address": ["HOUSE_NUM", "STREET"], "state": {"constant": "NC"}}`; in requests also `@name` of
    a saved mapping.
    """
    date_order: Annotated[Literal["mdy", "dmy", "ymd"] | None, Field(alias="dateOrder")] = None
    """
    Order of day, month and year in dates; found from the values if it is not given. Dates with the year first, or
    with the month in letters, are read in any case.
    """
    visit: bool = True
    """Create the jobs that check the websites of new and changed businesses."""
    upload_id: Annotated[UUID, Field(alias="uploadId")]
    """The stored file. Uploads are made by the routes of imports, which also create the job."""
    file_name: Annotated[str, Field(alias="fileName")] = ""
    """As it was uploaded; shown in the title of the job."""
    source_derived_from: Annotated[str, Field(alias="sourceDerivedFrom", max_length=200)] = ""
    """What the source was derived from, unless the sender named it."""
    place: Annotated[str | None, Field(max_length=200)] = None
    """The county, city or state that the file is about, if it was found."""
    part: Part | None = None
    """The rows of the file that this job imports; null for all of them."""
    priority: Annotated[int, Field(ge=1, le=9)] = 5
    """Priority of the jobs that check the websites; 1 runs first."""


class ParcelImportArgs(Model):
    """Import land parcels with their geometry from uploaded GeoJSON or CSV."""

    model_config = ConfigDict(
        extra="forbid",
    )
    dry_run: Annotated[bool, Field(alias="dryRun")] = False
    """Read, check and count the rows without writing anything."""
    max_errors: Annotated[int | None, Field(alias="maxErrors", ge=0, lt=2147483648)] = None
    """Fail as soon as more rows than this are rejected."""
    max_error_rate: Annotated[float | None, Field(alias="maxErrorRate", ge=0.0, le=1.0)] = None
    """Fail as soon as more than this share of at least 1,000 rows (at the end: of all) is rejected; 0.02 means 2 %."""
    source: Annotated[str, Field(max_length=100, pattern="^[^\\x00-\\x1f]*$")] = ""
    """Namespace of the record ids: records of different sources are never merged."""
    max_overwrite_rate: Annotated[float, Field(alias="maxOverwriteRate", ge=0.0, le=1.0)] = 0.05
    """Stop before anything is changed if a larger share of the records of another file would be overwritten."""
    allow_overwrite: Annotated[bool, Field(alias="allowOverwrite")] = False
    """Overwrite records of another file, however many."""
    mapping: dict[str, str | Mapping2 | Constant] | None = None
    """
    What holds each field, where the usual names of columns and properties do not tell: a column, several of which
    the values are joined by spaces, or a constant, such as
    `{"id": "Account No", "address": ["HOUSE_NUM", "STREET"], "state": {"constant": "NC"}}`; in requests also `@name` of
    a saved mapping.
    """
    date_order: Annotated[Literal["mdy", "dmy", "ymd"] | None, Field(alias="dateOrder")] = None
    """
    Order of day, month and year in dates; found from the values if it is not given. Dates with the year first, or
    with the month in letters, are read in any case.
    """
    retire_missing: Annotated[bool, Field(alias="retireMissing")] = False
    """Retire the records of earlier versions of the file that this one no longer has, until a later one has them."""
    max_retire_rate: Annotated[float, Field(alias="maxRetireRate", ge=0.0, le=1.0)] = 0.2
    """Retire nothing and fail if more than this share of the records would be retired: the file may be cut off."""
    upload_id: Annotated[UUID, Field(alias="uploadId")]
    """The stored file. Uploads are made by the routes of imports, which also create the job."""
    file_name: Annotated[str, Field(alias="fileName")] = ""
    """As it was uploaded; shown in the title of the job."""
    source_derived_from: Annotated[str, Field(alias="sourceDerivedFrom", max_length=200)] = ""
    """What the source was derived from, unless the sender named it."""
    place: Annotated[str | None, Field(max_length=200)] = None
    """The county, city or state that the file is about, if it was found."""
    part: Part | None = None
    """The rows of the file that this job imports; null for all of them."""


class BusinessImportJob(Model):
    """Import businesses from an uploaded CSV file, and create the jobs that check their websites."""

    model_config = ConfigDict(
        extra="forbid",
    )
    type: Literal["business_import"] = "business_import"
    data: BusinessImportArgs | None = None
    priority: Annotated[int, Field(ge=1, le=9)] = 5
    """1 runs first."""
    dedupe_key: Annotated[str | None, Field(alias="dedupeKey", max_length=255, min_length=1)] = None
    """Under which only one of your jobs of this type may be active: another one is not created."""
    run_at: Annotated[datetime | None, Field(alias="runAt")] = None
    """The job waits until this time; one in the past is now."""


class ParcelImportJob(Model):
    """Import land parcels with their geometry from uploaded GeoJSON or CSV."""

    model_config = ConfigDict(
        extra="forbid",
    )
    type: Literal["parcel_import"] = "parcel_import"
    data: ParcelImportArgs | None = None
    priority: Annotated[int, Field(ge=1, le=9)] = 5
    """1 runs first."""
    dedupe_key: Annotated[str | None, Field(alias="dedupeKey", max_length=255, min_length=1)] = None
    """Under which only one of your jobs of this type may be active: another one is not created."""
    run_at: Annotated[datetime | None, Field(alias="runAt")] = None
    """The job waits until this time; one in the past is now."""


class CompanyEnrichmentResult(Model):
    """The result of a `company_enrichment` job. The fields are stored with the company."""

    company_id: UUID
    sources: dict[str, EnrichedSource]
    found: list[str]
    """The sources that had something."""


class DetectedSignal(Model):
    """A new signal of a company."""

    id: UUID
    company_id: UUID
    type: Literal["hiring", "funding", "leadership", "expansion", "technology", "site_change"]
    title: str
    evidence: SignalQuote
    occurred_on: date | None
    detected_at: datetime
    strength: float


class GeocodeFileResult(Model):
    """The result of a `geocode_file` job. The rows are in `/output.csv` of the job."""

    failed: int
    """Items without coordinates; `/errors` of the job says why."""
    geocoded: int
    by_provider: Annotated[dict[str, int], Field(alias="byProvider")]
    by_accuracy: Annotated[dict[str, int], Field(alias="byAccuracy")]
    shares: dict[str, float]
    """Accuracy to the percentage of all items; `none` are those without coordinates."""
    expected_error: Annotated[ExpectedError | None, Field(alias="expectedError")]
    """Null if nothing was found."""
    failures: dict[str, int]
    """Reason to the number of items."""
    confidence: list[int]
    """Numbers of items by confidence, in ten steps from 0 to 1."""
    agreement: GeocoderAgreement
    cross_check: Annotated[CrossCheck | None, Field(alias="crossCheck")] = None
    """Null unless the job was asked for one."""
    distance: KnownDistances | None
    """Null if no item had coordinates before."""
    cache: CacheHits
    seconds: float
    """Running time."""
    rows: int
    columns: list[ReportedColumn]
    """What the columns of the file were taken for."""
    warnings: list[str]
    """What may be wrong with the columns."""


class GeocodeHouseholdsResult(Model):
    """The result of a `geocode_households` job."""

    failed: int
    """Items without coordinates; `/errors` of the job says why."""
    geocoded: int
    by_provider: Annotated[dict[str, int], Field(alias="byProvider")]
    by_accuracy: Annotated[dict[str, int], Field(alias="byAccuracy")]
    shares: dict[str, float]
    """Accuracy to the percentage of all items; `none` are those without coordinates."""
    expected_error: Annotated[ExpectedError | None, Field(alias="expectedError")]
    """Null if nothing was found."""
    failures: dict[str, int]
    """Reason to the number of items."""
    confidence: list[int]
    """Numbers of items by confidence, in ten steps from 0 to 1."""
    agreement: GeocoderAgreement
    cross_check: Annotated[CrossCheck | None, Field(alias="crossCheck")] = None
    """Null unless the job was asked for one."""
    distance: KnownDistances | None
    """Null if no item had coordinates before."""
    cache: CacheHits
    seconds: float
    """Running time."""
    households: int
    doubts: dict[str, int]
    """Households that a person should look at, by the reason: see `GET /api/v1/households/review`."""


class HeatmapComputeResult(Model):
    """The result of a `heatmap_compute` job. The cells are at `/api/v1/heatmap`."""

    grid_step: Annotated[float, Field(alias="gridStep")]
    """In degrees."""
    bounds: RegionBounds
    cells: int
    method: str
    """The version of the scores."""
    pois: int
    """Points of interest from which they were computed."""
    attribution: str | None = None
    """Text that must be shown with the map."""
    tiles_fetched: Annotated[int | None, Field(alias="tilesFetched")] = None
    """Parts of the region whose points of interest were fetched anew."""
    warnings: list[str] | None = None
    """What may be incomplete, and why."""
    up_to_date: Annotated[bool, Field(alias="upToDate")] = False
    """Whether nothing had to be computed."""
    computed_at: Annotated[datetime | None, Field(alias="computedAt")] = None
    """When it was computed, if it was up to date."""


class RowProblemCount(Model):
    """How many rows have a problem of one code."""

    count: int
    rejected: bool
    """Whether such rows are left out."""
    samples: list[RowProblemSample]


class SignalDetectionResult(Model):
    """The result of a `signal_detection` job."""

    company_id: UUID
    signals: list[DetectedSignal]
    """Those that were not known before."""
    new_signals: int
    seen_before: int
    notifications: int
    """Messages to teams."""
    not_judged: list[UnjudgedPage]
    """Pages in other languages than English: the rules do not understand them."""
    sources: dict[str, AskedSource]


class VoterImportResult(Model):
    """The result of a `voter_import` job."""

    read: int
    valid: int
    inserted: int
    updated: int
    unchanged: int
    duplicate_in_file: Annotated[int, Field(alias="duplicateInFile")]
    rejected: int
    """Rows left out: `/rejected.csv` of the job has them."""
    disappeared: int | None = None
    """Records of earlier files that this one no longer has."""
    retired: int | None = None
    """Those of them that are no longer active."""
    summary: dict[str, RowProblemCount]
    """Code to the rows that have the problem."""
    source: str
    source_derived_from: Annotated[str | None, Field(alias="sourceDerivedFrom")] = None
    place: str | None = None
    overwrite: OverwrittenRecords | None = None
    dry_run: Annotated[bool, Field(alias="dryRun")]
    profile: str | None
    """The recognised layout of a voter file."""
    columns: list[ReportedColumn]
    warnings: list[str]
    """What may be wrong with the columns."""
    protected: int
    """People whose address is confidential."""
    households_created: Annotated[int, Field(alias="householdsCreated")]


class BusinessDetails(Model):
    """A business and all its contacts, highest confidence first."""

    id: UUID
    source: str
    """Where it comes from: `rest`, `csv`, a provider of places, or the name given to an import."""
    place_id: Annotated[str | None, Field(alias="placeId")]
    """Its id at the provider of places, such as `google:ChIJ…`."""
    external_id: Annotated[str | None, Field(alias="externalId")]
    """The sender's own id."""
    name: str
    website: str | None
    domain: str | None
    """The registered domain of the website."""
    phone: str | None
    category: str | None
    address: str | None
    city: str | None
    state: str | None
    zip_code: Annotated[str | None, Field(alias="zipCode")]
    country: str
    """ISO 3166-1 alpha-2, in lower case."""
    latitude: Annotated[float | None, Field(ge=-90.0, le=90.0)]
    """Degrees (WGS 84)."""
    longitude: Annotated[float | None, Field(ge=-180.0, le=180.0)]
    attribution: str | None
    """What to show with the data, as their provider demands."""
    excluded: bool
    """Whether an exclusion applies to it, so that its website is not visited."""
    website_status: Annotated[
        Literal[
            "ok",
            "redirected_offsite",
            "parked",
            "taken_over",
            "tls_error",
            "dns_error",
            "timeout",
            "blocked",
            "not_html",
            "robots_denied",
            "private_address",
            "gone",
            "server_error",
        ]
        | None,
        Field(alias="websiteStatus"),
    ]
    """Null until its website was validated."""
    website_checked_at: Annotated[datetime | None, Field(alias="websiteCheckedAt")]
    website_evidence: Annotated[dict[str, Any] | None, Field(alias="websiteEvidence")]
    """What the last validation found: `finalUrl`, `httpStatus`, `title`, `redirects`, `responseMs` …"""
    created_at: Annotated[datetime, Field(alias="createdAt")]
    updated_at: Annotated[datetime, Field(alias="updatedAt")]
    emails: list[EmailContact]
    socials: list[SocialContact]
    phones: list[PhoneContact]


class BusinessPage(Model):
    total: int
    """How many there are on all pages."""
    limit: int
    offset: int
    total_is_estimate: Annotated[bool, Field(alias="totalIsEstimate")]
    """Whether `total` is an estimate, because counting would take too long."""
    next_cursor: Annotated[str | None, Field(alias="nextCursor")]
    """The `cursor` of the next page; null on the last one."""
    businesses: list[ListedBusiness]


class Cells(Model):
    """The cells of heat maps whose centers lie in a rectangle."""

    grid_step: Annotated[float, Field(alias="gridStep")]
    """The size of the cells, in degrees."""
    bbox: tuple[float, float, float, float]
    """West, south, east and north, in degrees."""
    total: int
    """The number of cells."""
    cells: list[Cell]
    """Latitude and longitude of the center, in degrees, and the score, from 0 to 100."""
    regions: list[Region]
    """The computed regions that overlap with the rectangle; at most 200."""


class CheckPage(Model):
    total: int
    """How many there are on all pages."""
    limit: int
    offset: int
    total_is_estimate: Annotated[bool, Field(alias="totalIsEstimate")]
    """Whether `total` is an estimate, because counting would take too long."""
    next_cursor: Annotated[str | None, Field(alias="nextCursor")]
    """The `cursor` of the next page; null on the last one."""
    checks: list[WebsiteCheck]


class CompanyDetails(Model):
    """A company and what is known of it."""

    id: UUID
    external_id: Annotated[str | None, Field(alias="externalId")]
    """The client's own id."""
    name: str
    website: str | None
    registry_number: Annotated[str | None, Field(alias="registryNumber")]
    place_id: Annotated[str | None, Field(alias="placeId")]
    business_id: Annotated[UUID | None, Field(alias="businessId")]
    """The business that it was created for."""
    attributes: dict[str, Any]
    """Further facts that the client gave."""
    created_at: Annotated[datetime, Field(alias="createdAt")]
    updated_at: Annotated[datetime, Field(alias="updatedAt")]
    fields: dict[str, CompanyField]
    """By name, each with its sources."""
    score: Score | None
    """The latest one."""
    signals: list[Signal]
    """The newest ones."""
    latest_report: Annotated[ReportOverview | None, Field(alias="latestReport")]


class CompanyScore(Model):
    """The newest score of a company, with its parts."""

    base_score: Annotated[float, Field(alias="baseScore", ge=0.0, le=100.0)]
    """The sum of the points of the features, without those of a model's opinion."""
    completeness: Annotated[float, Field(ge=0.0, le=1.0)]
    """Share of the weights whose features are known."""
    features: list[ScoreFeature]
    score: Annotated[float, Field(ge=0.0, le=100.0)]
    """With the points of the model's opinion."""
    ai: Opinion | None
    """Null if none was asked for."""
    job_id: Annotated[UUID | None, Field(alias="jobId")]
    """Null for jobs of other users."""
    computed_at: Annotated[datetime, Field(alias="computedAt")]
    company_id: Annotated[UUID, Field(alias="companyId")]
    company_name: Annotated[str, Field(alias="companyName")]
    external_id: Annotated[str | None, Field(alias="externalId")]
    """The client's own id of the company."""


class DeliveryList(Model):
    deliveries: list[Delivery]


class Job(Model):
    """A job."""

    id: UUID
    type: str
    title: str
    """What the job does, for people."""
    queue: str
    priority: int
    """1 runs first."""
    status: Literal["pending", "processing", "completed", "failed", "cancelled"]
    total_items: Annotated[int | None, Field(alias="totalItems")]
    """Null until it is known."""
    processed_items: Annotated[int, Field(alias="processedItems")]
    """Including failed ones."""
    failed_items: Annotated[int, Field(alias="failedItems")]
    progress: int
    """Per cent."""
    attempt: int
    max_attempts: Annotated[int, Field(alias="maxAttempts")]
    data: dict[str, Any] | None
    """The arguments, as `GET /api/v1/kinds` describes them for the type. Null in a list if they are too long for it."""
    result: dict[str, Any] | None
    """
    As the schema `JobResults` describes it for the type, once the job has completed; null before. A job that failed
    or was cancelled may have a part of it.
    """
    truncated: bool
    """Whether `data` or `result` are cut, because they are too long for a list."""
    error: str | None
    error_log: Annotated[list[ItemError] | None, Field(alias="errorLog")]
    """The first errors of items; all of them are in `/api/v1/jobs/{id}/errors`. Null in lists."""
    created_by: Annotated[JobOwner, Field(alias="createdBy")]
    request_id: Annotated[str | None, Field(alias="requestId")]
    """The `X-Request-Id` of the request that created the job."""
    created_at: Annotated[datetime, Field(alias="createdAt")]
    started_at: Annotated[datetime | None, Field(alias="startedAt")]
    completed_at: Annotated[datetime | None, Field(alias="completedAt")]
    run_at: Annotated[datetime | None, Field(alias="runAt")]
    """When a deferred job becomes due."""
    cancel_requested: Annotated[bool, Field(alias="cancelRequested")]
    archived: bool
    """Whether it was archived long after its end. It can be read and deleted, and does not run again."""
    waits_for: Annotated[Wait | None, Field(alias="waitsFor")]
    """What a pending job waits for. Null once it runs, and in lists."""
    eta_seconds: Annotated[float | None, Field(alias="etaSeconds")]
    poll_interval_ms: Annotated[int, Field(ge=0)]


class JobPage(Model):
    total: int
    """How many there are on all pages."""
    limit: int
    offset: int
    total_is_estimate: Annotated[bool, Field(alias="totalIsEstimate")]
    """Whether `total` is an estimate, because counting would take too long."""
    next_cursor: Annotated[str | None, Field(alias="nextCursor")]
    """The `cursor` of the next page; null on the last one."""
    jobs: list[Job]
    incomplete: bool
    """Whether the search stopped early, so that older jobs may match: follow the cursor to continue it."""


class PlacesFound(Model):
    """The businesses that a search found, all of them stored."""

    success: Literal[True] = True
    provider: str
    """The one that responded."""
    attribution: str
    """What to show with the data, as the provider demands."""
    businesses: list[StoredBusiness]
    total: int
    jobs_enqueued: Annotated[int, Field(alias="jobsEnqueued")]
    """Jobs that visit the websites of businesses that are new or changed."""


class ScorePage(Model):
    total: int
    """How many there are on all pages."""
    limit: int
    offset: int
    total_is_estimate: Annotated[bool, Field(alias="totalIsEstimate")]
    """Whether `total` is an estimate, because counting would take too long."""
    next_cursor: Annotated[str | None, Field(alias="nextCursor")]
    """The `cursor` of the next page; null on the last one."""
    scores: list[CompanyScore]


class BusinessImportResult(Model):
    """The result of a `business_import` job."""

    read: int
    valid: int
    inserted: int
    updated: int
    unchanged: int
    duplicate_in_file: Annotated[int, Field(alias="duplicateInFile")]
    rejected: int
    """Rows left out: `/rejected.csv` of the job has them."""
    disappeared: int | None = None
    """Records of earlier files that this one no longer has."""
    retired: int | None = None
    """Those of them that are no longer active."""
    summary: dict[str, RowProblemCount]
    """Code to the rows that have the problem."""
    source: str
    source_derived_from: Annotated[str | None, Field(alias="sourceDerivedFrom")] = None
    place: str | None = None
    overwrite: OverwrittenRecords | None = None
    dry_run: Annotated[bool, Field(alias="dryRun")]
    profile: str | None
    """The recognised layout of a voter file."""
    columns: list[ReportedColumn]
    warnings: list[str]
    """What may be wrong with the columns."""
    excluded: int
    """Businesses that are not to be contacted."""
    jobs_created: Annotated[int, Field(alias="jobsCreated")]
    """Jobs that check their websites."""


class ParcelImportResult(Model):
    """The result of a `parcel_import` job."""

    read: int
    valid: int
    inserted: int
    updated: int
    unchanged: int
    duplicate_in_file: Annotated[int, Field(alias="duplicateInFile")]
    rejected: int
    """Rows left out: `/rejected.csv` of the job has them."""
    disappeared: int | None = None
    """Records of earlier files that this one no longer has."""
    retired: int | None = None
    """Those of them that are no longer active."""
    summary: dict[str, RowProblemCount]
    """Code to the rows that have the problem."""
    source: str
    source_derived_from: Annotated[str | None, Field(alias="sourceDerivedFrom")] = None
    place: str | None = None
    overwrite: OverwrittenRecords | None = None
    dry_run: Annotated[bool, Field(alias="dryRun")]
    profile: str | None
    """The recognised layout of a voter file."""
    columns: list[ReportedColumn]
    warnings: list[str]
    """What may be wrong with the columns."""
    protected: int
    """Parcels whose owner is confidential."""


class PoiImportResult(Model):
    """The result of a `poi_import` job."""

    read: int
    valid: int
    inserted: int
    updated: int
    unchanged: int
    duplicate_in_file: Annotated[int, Field(alias="duplicateInFile")]
    rejected: int
    """Rows left out: `/rejected.csv` of the job has them."""
    disappeared: int | None = None
    """Records of earlier files that this one no longer has."""
    retired: int | None = None
    """Those of them that are no longer active."""
    summary: dict[str, RowProblemCount]
    """Code to the rows that have the problem."""
    source: str
    source_derived_from: Annotated[str | None, Field(alias="sourceDerivedFrom")] = None
    place: str | None = None
    overwrite: OverwrittenRecords | None = None
    dry_run: Annotated[bool, Field(alias="dryRun")]
    profile: str | None
    """The recognised layout of a voter file."""
    columns: list[ReportedColumn]
    warnings: list[str]
    """What may be wrong with the columns."""


class ReferenceImportResult(Model):
    """The result of a `reference_import` job."""

    read: int
    valid: int
    inserted: int
    updated: int
    unchanged: int
    duplicate_in_file: Annotated[int, Field(alias="duplicateInFile")]
    rejected: int
    """Rows left out: `/rejected.csv` of the job has them."""
    disappeared: int | None = None
    """Records of earlier files that this one no longer has."""
    retired: int | None = None
    """Those of them that are no longer active."""
    summary: dict[str, RowProblemCount]
    """Code to the rows that have the problem."""
    source: str
    source_derived_from: Annotated[str | None, Field(alias="sourceDerivedFrom")] = None
    place: str | None = None
    overwrite: OverwrittenRecords | None = None
    dry_run: Annotated[bool, Field(alias="dryRun")]
    profile: str | None
    """The recognised layout of a voter file."""
    columns: list[ReportedColumn]
    warnings: list[str]
    """What may be wrong with the columns."""
    streets: int


JobRequest = (
    BusinessImportJob
    | CompanyEnrichmentJob
    | CompanyResearchJob
    | EmailScrapingJob
    | GeocodeFileJob
    | GeocodeHouseholdsJob
    | HeatmapComputeJob
    | LeadScoringJob
    | ParcelImportJob
    | PoiImportJob
    | ReferenceImportJob
    | SignalDetectionJob
    | SocialScrapingJob
    | VoterImportJob
    | WebsiteRevalidationJob
    | WebsiteValidationJob
)
